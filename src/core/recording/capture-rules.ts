// Which traffic is recorded, and which writes are let through to a server that must not be changed.

/** Hosts and paths: `api.example.com`, `*.example.com:8443`, `api.example.com/v1/*`. `*` stands for any text. */
export interface TrafficPattern {
  readonly host: string;
  /** Absent: every path. */
  readonly path?: string;
}

export interface CaptureRules {
  /** Empty: everything. */
  readonly include: readonly TrafficPattern[];
  /** Wins over `include`. */
  readonly exclude: readonly TrafficPattern[];
}

export interface WriteGuard {
  /** Hosts whose state must not be changed. */
  readonly readOnly: readonly TrafficPattern[];
  /** Requests that may pass all the same. */
  readonly allow: readonly { readonly method: string; readonly pattern: TrafficPattern }[];
}

export const CAPTURE_ALL: CaptureRules = { include: [], exclude: [] };
export const NO_WRITE_GUARD: WriteGuard = { readOnly: [], allow: [] };

/** Methods that are meant to change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** The pattern that a text like `HOST`, `HOST:PORT` or `HOST/PATH` means; undefined when it is none. */
export function parseTrafficPattern(text: string): TrafficPattern | undefined {
  const match = /^(?:https?:\/\/)?([\w.*-]+(?::(?:\d+|\*))?|\[[\da-fA-F:.]+\](?::\d+)?)(\/\S*)?$/.exec(text.trim());
  if (match === null) return undefined;
  const host = (match[1] as string).toLowerCase();
  return match[2] === undefined || match[2] === '/' ? { host } : { host, path: match[2] };
}

/**
 * @param host name with the port where it is not the scheme's own, for example `api.example.com` or `127.0.0.1:3000`
 * @param path with query; a pattern is matched against the path alone, and against both where it has a `?`
 */
export function matchesTraffic(pattern: TrafficPattern, host: string, path: string): boolean {
  const hostMatches =
    matchesGlob(pattern.host, host) || (!hasPort(pattern.host) && matchesGlob(pattern.host, withoutPort(host)));
  if (!hostMatches) return false;
  if (pattern.path === undefined) return true;
  return matchesGlob(pattern.path, pattern.path.includes('?') ? path : path.replace(/\?.*$/s, ''));
}

/** True when exchanges of this host and path are recorded. */
export function isCaptured({ include, exclude }: CaptureRules, host: string, path: string): boolean {
  if (exclude.some((pattern) => matchesTraffic(pattern, host, path))) return false;
  return include.length === 0 || include.some((pattern) => matchesTraffic(pattern, host, path));
}

/** True when nothing of this host is ever recorded, so that its connections need not be opened. */
export function isHostIgnored({ include, exclude }: CaptureRules, host: string): boolean {
  const anyPath = ({ host: pattern }: TrafficPattern) => matchesTraffic({ host: pattern }, host, '/');
  if (exclude.some((pattern) => pattern.path === undefined && anyPath(pattern))) return true;
  return include.length > 0 && !include.some(anyPath);
}

/** What of a request says whether it may change its server. */
export interface JudgedRequest {
  readonly method: string;
  /** The method that a header such as `x-http-method-override` asks for in its place. */
  readonly override?: string | undefined;
  /** It opens a WebSocket, on which anything may be sent. */
  readonly opensSocket?: boolean;
  readonly host: string;
  /** With query. */
  readonly path: string;
}

/** True for a request that may change its server. */
export function isWrite({ method, override, opensSocket = false }: JudgedRequest): boolean {
  return opensSocket || !isSafe(method) || (override !== undefined && !isSafe(override));
}

function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method.toUpperCase());
}

/** With `/search/../items` a server may mean another path than the one that is allowed. */
const DOT_SEGMENT = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\?]|%2f|%5c|$)/i;

/** Why a request must not reach its server; undefined when it may. */
export function writeRefusal({ readOnly, allow }: WriteGuard, request: JudgedRequest): string | undefined {
  const { method, host, path } = request;
  if (!isWrite(request) || !readOnly.some((pattern) => matchesTraffic(pattern, host, path))) return undefined;
  const asked = request.override !== undefined && !isSafe(request.override) ? request.override.toUpperCase() : method;
  const isAllowed = ({ method: allowed, pattern }: WriteGuard['allow'][number]) =>
    (allowed === asked || allowed === '*') && matchesTraffic(pattern, host, path);
  if (!DOT_SEGMENT.test(path.replace(/\?.*$/s, '')) && allow.some(isAllowed)) return undefined;
  const place = `${host}${path.replace(/\?.*$/s, '')}`;
  const what = request.opensSocket ? 'A WebSocket to' : asked;
  return `${what} ${place} could change a server that is recorded read-only; to let it pass: --allow ${asked} ${place}`;
}

/** Why a connection that cannot be looked into must not be opened; undefined when it may. */
export function tunnelRefusal({ readOnly }: WriteGuard, host: string): string | undefined {
  if (!readOnly.some(({ host: pattern }) => matchesTraffic({ host: pattern }, host, '/'))) return undefined;
  return `${host} is recorded read-only, and what goes over this connection could not be looked into`;
}

function hasPort(host: string): boolean {
  return /:(?:\d+|\*)$/.test(host);
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** `*` stands for any text. Linear: each literal is looked for once, from where the last one ended. */
function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return text === glob;
  const last = rest.pop() as string;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const literal of rest) {
    const found = text.indexOf(literal, at);
    if (found < 0 || found + literal.length > end) return false;
    at = found + literal.length;
  }
  return true;
}
