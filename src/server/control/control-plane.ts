// The trainer's door: an HTTP server whose calls make, step, judge and read episodes. JSON in and out.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { compileRouter } from '../../core/model/router.ts';
import { MynahError } from '../../core/std/errors.ts';
import { printJson } from '../../core/std/json.ts';
import { controlBodyBytesMax, openEnvSessionsMax } from '../../core/std/limits.ts';
import { declineUpgrade, isWebSocket } from '../../proxy/declined-upgrade.ts';
import { readIncomingBody } from '../agent/incoming-body.ts';
import { refuseUpgrade } from '../agent/recorded-socket.ts';
import { parseCallBody } from './call-body.ts';
import type { Reply } from './call.ts';
import { CALLS } from './calls.ts';
import type { EpisodeRegistry } from './episode-registry.ts';
import { createOpenEnvSockets } from './openenv/openenv-socket.ts';
import { OpenEnvSessions } from './openenv/openenv-sessions.ts';
import { problemOf } from './problem.ts';

export interface ControlPlaneOptions {
  readonly registry: EpisodeRegistry;
  /** Where the agent plane listens; a wildcard host stands for whatever name the trainer used. */
  readonly agent: () => { readonly host: string; readonly port: number };
  /** Wanted from every caller, where there is one. */
  readonly token?: string | undefined;
  /** OpenEnv sessions at once; openEnvSessionsMax where it is absent. */
  readonly sessionsMax?: number | undefined;
  /** Told of failures that no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

/** Callers that only ask whether the server is there need no token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/health']);

/** OpenEnv over WebSocket: sessions, and JSON-RPC alone. */
const SOCKET_PATHS: ReadonlySet<string> = new Set(['/ws', '/mcp']);

/** The calls by path, as the router of the core knows routes. */
const router = compileRouter(
  Object.keys(CALLS).map((id) => {
    const [method = '', path = ''] = id.split(' ');
    return { id, method, path, cases: [] };
  }),
);

/** Not listening yet. */
export function createControlPlane(options: ControlPlaneOptions): Server {
  const sessions = new OpenEnvSessions(options.sessionsMax ?? openEnvSessionsMax);
  const server = createServer((request, response) => {
    answer(request, options, sessions).then(
      (reply) => send(request, response, reply),
      (error: unknown) => {
        if (!(error instanceof MynahError)) options.onFailure(error);
        const { status, body } = problemOf(error);
        send(request, response, { status, type: 'application/problem+json', text: printJson(body) });
      },
    );
  });
  const sockets = createOpenEnvSockets({ ...options, sessions });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isWebSocket(request)) return declineUpgrade(server, request, socket, head);
    const refusal = upgradeRefusal(request, options);
    if (refusal === undefined) sockets.accept(request, socket, head, agentRoot(request, options));
    else refuseUpgrade(socket, refusal);
  });
  return server;
}

/** Status for an upgrade that is not let in. */
function upgradeRefusal(request: IncomingMessage, options: ControlPlaneOptions): number | undefined {
  try {
    return SOCKET_PATHS.has(admit(request, options).path) ? undefined : 404;
  } catch (error) {
    return problemOf(error).status;
  }
}

async function answer(
  request: IncomingMessage,
  options: ControlPlaneOptions,
  sessions: OpenEnvSessions,
): Promise<Reply> {
  const { path, query } = admit(request, options);
  const found = router.match(request.method ?? 'GET', path);
  if (found.route === undefined) throw noSuchCall(request.method ?? '', path, found.allowed);
  const bytes = await readIncomingBody(request, controlBodyBytesMax);
  if (bytes === 'too-large')
    throw new MynahError('ERR_BODY_TOO_LARGE', `the body of a call may have ${controlBodyBytesMax} bytes`);
  if (bytes === 'aborted') throw new MynahError('ERR_CALL_INVALID', 'the body of the call did not end');
  const run = CALLS[found.route.id] as (typeof CALLS)[string];
  return run({
    registry: options.registry,
    agentRoot: agentRoot(request, options),
    params: found.params,
    query,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    headers: Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ),
    get body() {
      return parseCallBody(bytes);
    },
    sessions,
  });
}

/** Checks who calls, and gives the path without the token that may stand before it. */
function admit(
  request: IncomingMessage,
  { token }: ControlPlaneOptions,
): { readonly path: string; readonly query: URLSearchParams } {
  const [path = '', search = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  if (token === undefined) {
    refuseOtherSites(request);
    return { path, query };
  }
  const [, prefixed, rest] = /^\/t\/([^/]+)(\/.*)$/s.exec(path) ?? [];
  if (prefixed !== undefined && isSame(prefixed, token)) return { path: rest ?? '/', query };
  const bearer = /^bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined && isSame(bearer.trim(), token)) return { path, query };
  if (OPEN_PATHS.has(path)) return { path, query };
  throw new MynahError(
    'ERR_CALL_UNAUTHORIZED',
    'send the token as "authorization: Bearer TOKEN", or begin the path with /t/TOKEN/',
  );
}

/** Without a token, a page of another site must not be able to call through its visitor's browser. */
function refuseOtherSites({ headers }: IncomingMessage): void {
  const { host = '', origin } = headers;
  const isForeignHost = !/^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host);
  if (isForeignHost || (origin !== undefined && origin !== `http://${host}`)) {
    throw new MynahError(
      'ERR_CALL_FORBIDDEN',
      'call from this machine by 127.0.0.1 or localhost, or start the server with --token',
    );
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}

function agentRoot({ headers }: IncomingMessage, { agent }: ControlPlaneOptions): string {
  const { host, port } = agent();
  const isWildcard = host === '0.0.0.0' || host === '::';
  const name = isWildcard
    ? (headers.host ?? 'localhost').replace(/:\d+$/, '')
    : host.includes(':')
      ? `[${host}]`
      : host;
  return `http://${name}:${port}`;
}

function noSuchCall(method: string, path: string, allowed: readonly string[]): MynahError {
  return allowed.length === 0
    ? new MynahError('ERR_CALL_UNKNOWN', `there is nothing at ${path}; the calls are ${Object.keys(CALLS).join(', ')}`)
    : new MynahError('ERR_CALL_METHOD', `${path} has no ${method}, only ${allowed.join(', ')}`);
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const [type, text] =
    'json' in reply
      ? ['application/json', printJson(reply.json)]
      : 'text' in reply
        ? [reply.type, reply.text]
        : ['', ''];
  const bytes = Buffer.from(text, 'utf8');
  const isEmpty = type === '';
  const headers = {
    ...(isEmpty ? {} : { 'content-type': type, 'content-length': String(bytes.length) }),
    ...('headers' in reply ? reply.headers : {}),
  };
  // What is left of a body that was not read would be taken for the next request.
  if (!request.complete) response.shouldKeepAlive = false;
  response.writeHead(reply.status, { ...headers, 'cache-control': 'no-store' });
  response.end(isEmpty ? undefined : bytes);
}
