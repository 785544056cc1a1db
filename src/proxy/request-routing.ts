// Where a request goes: to the one upstream of a reverse proxy, or to the host that the client of a forward proxy named.
import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '../core/std/error-codes.ts';
import {
  isCaptured,
  isWrite,
  matchesTraffic,
  writeRefusal,
  type CaptureRules,
  type JudgedRequest,
  type TrafficPattern,
  type WriteGuard,
} from '../core/recording/capture-rules.ts';
import { signsHost } from '../core/recording/signed-host.ts';
import type { LinkRewriting } from './link-rewriting.ts';
import type { Destination } from './relay.ts';
import type { SessionBook } from '../core/recording/session-book.ts';

/** A connection that a client opened through the proxy with CONNECT. */
export interface Tunnel {
  /** Origin that the client believes to talk to. */
  readonly origin: string;
  /** Session that the proxy user named. */
  readonly session: string | undefined;
}

/** The parts of a request that say where it goes. */
export interface ArrivedRequest {
  readonly method: string;
  /** As in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly tunnel: Tunnel | undefined;
  /** It asks for a WebSocket. */
  readonly opensSocket?: boolean;
  /** It came over TLS. */
  readonly isSecure?: boolean;
}

/** Why a request is answered by the proxy itself. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface RoutingOptions {
  /** Origin of the one upstream of a reverse proxy. */
  readonly reverse?: string;
  /** Make absolute URLs on the upstream lead to the recorder. */
  readonly rewriteLinks: boolean;
  /** Hosts whose traffic goes to another origin. */
  readonly upstreams: ReadonlyMap<string, string>;
  readonly capture: CaptureRules;
  readonly guard: WriteGuard;
  /** Upstreams of a reverse proxy that are asked under the host that the client named. */
  readonly keepHost?: readonly TrafficPattern[];
  /** Takes one request from the budget; false when none is left. */
  readonly spend?: () => boolean;
  /** Other reverse proxies of this recorder: links to their upstreams lead to them. */
  readonly neighbours?: () => readonly LinkRewriting[];
  readonly sessions: SessionBook;
  /** Would asking this host and port be asking the proxy itself? */
  readonly isSelf: (hostname: string, port: number) => boolean;
  /** Origin of the listener, for clients that name none. */
  readonly ownOrigin: string;
}

export type Router = (request: ArrivedRequest) => Destination | Refusal;

export function createRouter(options: RoutingOptions): Router {
  const { reverse, capture, guard, isSelf } = options;
  return (request) => {
    const asked = reverse === undefined ? forwardTarget(request) : reverseTarget(request, reverse);
    if ('code' in asked) return asked;
    const { origin, target } = asked;
    const url = new URL(origin);
    const upstream = options.upstreams.get(url.host) ?? options.upstreams.get(url.hostname) ?? origin;
    const upstreamUrl = new URL(upstream);
    if (isSelf(upstreamUrl.hostname, portOf(upstreamUrl))) {
      return {
        code: 'ERR_PROXY_LOOP',
        message: `${upstream} is this recorder itself; name the server to record with --reverse or --upstream`,
      };
    }
    const judged = judgedRequest(request, url.host, target);
    // The host's own name, and the server that stands in for it.
    const refused = writeRefusal(guard, judged) ?? writeRefusal(guard, { ...judged, host: upstreamUrl.host });
    if (refused !== undefined) return { code: 'ERR_WRITE_REFUSED', message: refused };
    if (options.spend?.() === false)
      return { code: 'ERR_BUDGET_SPENT', message: 'the budget of this recording is spent; --budget sets a larger one' };
    return {
      upstream,
      origin,
      target,
      host: hostFor(request, options, url, upstreamUrl),
      ...(isWrite(judged) ? { isWrite: true } : {}),
      session: isCaptured(capture, url.host, target) ? sessionOf(request, options.sessions) : undefined,
      ...linkRewriting(options, request, origin, upstream),
    };
  };
}

function judgedRequest({ method, headers, opensSocket = false }: ArrivedRequest, host: string, path: string) {
  const override = OVERRIDES.map((name) => single(headers[name])).find((value) => value !== undefined);
  return { method, override, opensSocket, host, path } satisfies JudgedRequest;
}

/** Headers by which clients ask for another method than they could send. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const;

/** A reverse proxy asks under the upstream's own name, unless what the client signed says otherwise. */
function hostFor(request: ArrivedRequest, { reverse, keepHost = [] }: RoutingOptions, url: URL, upstream: URL): string {
  if (reverse === undefined) return request.headers.host ?? url.host;
  const named = hostNamed(request);
  const isKept =
    keepHost.some((pattern) => matchesTraffic(pattern, url.host, request.url)) ||
    signsHost(single(request.headers.authorization), single(request.headers['signature-input']), request.url);
  return (isKept ? named : undefined) ?? upstream.host;
}

function hostNamed({ headers }: ArrivedRequest): string | undefined {
  return headers.host ?? single(headers[':authority']);
}

function linkRewriting(
  { reverse, rewriteLinks, ownOrigin, neighbours }: RoutingOptions,
  request: ArrivedRequest,
  origin: string,
  upstream: string,
) {
  if (!rewriteLinks) return {};
  if (reverse !== undefined) {
    const named = hostNamed(request);
    const own = named ? `${request.isSecure ? 'https' : 'http'}://${named}` : ownOrigin;
    const others = neighbours?.() ?? [];
    return { rewriting: { from: reverse, to: own, ...(others.length > 0 ? { others } : {}) } };
  }
  // Another server stands in for the host: client and recording see the host's own URLs.
  return upstream === origin ? {} : { rewriting: { from: upstream, to: origin }, recordRewritten: true };
}

interface Asked {
  readonly origin: string;
  readonly target: string;
}

function reverseTarget({ url }: ArrivedRequest, reverse: string): Asked | Refusal {
  if (url.startsWith('/')) return { origin: reverse, target: url };
  // Some clients of a reverse proxy write the whole URL; what counts is the path.
  if (URL.canParse(url) && /^https?:/.test(url)) return { origin: reverse, target: pathAndQuery(url) };
  return {
    code: 'ERR_REQUEST_MALFORMED',
    message: `this is a reverse proxy for ${reverse}: ask for a path, not for ${url}`,
  };
}

function forwardTarget({ url, tunnel }: ArrivedRequest): Asked | Refusal {
  if (tunnel && url.startsWith('/')) return { origin: tunnel.origin, target: url };
  // Some clients name a WebSocket by its own scheme.
  const http = url.replace(/^ws(s?):/i, 'http$1:');
  if (/^https?:\/\//i.test(http) && URL.canParse(http))
    return { origin: new URL(http).origin, target: pathAndQuery(http) };
  return {
    code: 'ERR_REQUEST_MALFORMED',
    message: `this is a recording proxy, not a web server: set it as HTTP proxy of your client (mynah ca env prints how), or start it with --reverse URL`,
  };
}

/** Path and query exactly as they were sent; URL parsing would normalise them. */
function pathAndQuery(url: string): string {
  const rest = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function sessionOf({ headers, tunnel }: ArrivedRequest, sessions: SessionBook): string {
  const named = single(headers['mynah-session']) ?? proxyUser(headers) ?? tunnel?.session;
  return sessions.use(named, single(headers['mynah-session-start']) === 'fresh');
}

/** The user name that a client gave the proxy names the session. */
export function proxyUser(headers: IncomingHttpHeaders): string | undefined {
  const encoded = /^basic\s+(\S+)/i.exec(headers['proxy-authorization'] ?? '')?.[1];
  const user = encoded && Buffer.from(encoded, 'base64').toString('utf8').replace(/:.*$/s, '');
  return user || undefined;
}

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

function single(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined;
}
