// The recording proxy: one listener that relays requests to their upstream and records them. With `reverse` it stands in
// front of one server; without, clients name the server, in the request or by CONNECT.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ErrorCode } from '../core/std/error-codes.ts';
import { socketMessageBytesMax } from '../core/std/limits.ts';
import type { OriginParts } from '../core/recording/upstream-proxy.ts';
import type { TrafficPattern } from '../core/recording/capture-rules.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { declineUpgrade, isWebSocket } from './declined-upgrade.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import type { MessageRecorder } from './message-recorder.ts';
import { acceptHttp2 } from './http2-preface.ts';
import { createLoopGuard, hopsOf } from './loop-guard.ts';
import { listen, listenerOrigin, trackConnections, type ListenAddress } from './listener.ts';
import { answerWithError, writeRawError } from './error-answer.ts';
import { Relay, type Destination } from './relay.ts';
import { createRouter, portOf, type ArrivedRequest, type Refusal, type RoutingOptions } from './request-routing.ts';
import { createTunnels } from './tunnel.ts';
import { relayWebSocket } from './relay-upgrade.ts';
import { createUpstreams, type ClientCertificate } from './upstream.ts';

/** Bytes of headers that are accepted, of requests (431 beyond) and of responses (502 beyond). */
const HEADER_BYTES_MAX = 64 * 1024;
/** Milliseconds that a client may take, where nobody said how many. */
const CLIENT_TIMEOUT_MS = 60_000;
/** Milliseconds between two looks for clients that take too long. */
const CHECKING_INTERVAL_MS = 15_000;
/** Time that clients have to finish their requests when the proxy ends; well under the ten seconds that are promised. */
const END_GRACE_MS = 5000;

export interface RecordingProxyOptions extends Omit<RoutingOptions, 'isSelf' | 'ownOrigin'> {
  readonly listen: ListenAddress;
  /** Clients speak TLS with the listener itself; wants an authority. */
  readonly tls?: boolean;
  /** Signs for the hosts of CONNECT requests; without it they are refused. */
  readonly authority?: CertificateAuthority;
  readonly recorder: ExchangeRecorder;
  /** Keeps what goes over WebSockets. */
  readonly messages: MessageRecorder;
  /** Bytes of a request body that are passed on. */
  readonly requestBodyMax: number;
  /** Milliseconds to wait for an upstream: for its headers, and between two parts of a body. */
  readonly upstreamTimeoutMs: number;
  /** Milliseconds to wait for a client: for its headers, for its part of a TLS handshake, and between two parts of a body. */
  readonly clientTimeoutMs?: number;
  /** Hosts whose certificates are not checked. */
  readonly insecureUpstreams: readonly TrafficPattern[];
  /** PEM certificates to trust beside the well-known ones. */
  readonly upstreamCertificates: readonly string[];
  /** What servers are shown that ask who their client is. */
  readonly clientCertificates?: readonly ClientCertificate[];
  /** URL of the proxy that an origin is asked through; undefined for none. */
  readonly viaOf?: (origin: OriginParts) => string | undefined;
  /** Told of every request that was passed on and may have changed its server. */
  readonly onWrite?: (write: PassedWrite) => void;
  /** Told when a client did not accept the certificate for a host. */
  readonly onRejected: (host: string, reason: string) => void;
}

export interface PassedWrite {
  /** Id of the exchange; undefined when it is not recorded. */
  readonly exchange: string | undefined;
  readonly method: string;
  readonly origin: string;
  /** Path and query, secrets not replaced. */
  readonly target: string;
}

export interface RecordingProxy {
  readonly address: AddressInfo;
  /** Under which clients of this machine reach it. */
  readonly origin: string;
  /** Ends within some seconds; exchanges that are under way then are recorded as cut off. */
  close(): Promise<void>;
}

/**
 * Starts the proxy; resolves once it accepts connections.
 * @throws MynahError ERR_PORT_IN_USE, ERR_USAGE
 */
export async function startRecordingProxy(options: RecordingProxyOptions): Promise<RecordingProxy> {
  const { recorder, requestBodyMax, clientTimeoutMs = CLIENT_TIMEOUT_MS } = options;
  let isSelf: (hostname: string, port: number) => boolean = () => false;
  const upstreams = createUpstreams({
    timeoutMs: options.upstreamTimeoutMs,
    headerBytesMax: HEADER_BYTES_MAX,
    insecure: options.insecureUpstreams,
    extraCertificates: options.upstreamCertificates,
    clientCertificates: options.clientCertificates ?? [],
    viaOf: (origin) => {
      const via = options.viaOf?.(origin);
      // A shell that was told of this recorder names it as its proxy.
      return via !== undefined && isSelf(new URL(via).hostname, portOf(new URL(via))) ? undefined : via;
    },
  });
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: clientTimeoutMs,
    // A body may take as long as it goes on coming.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(CHECKING_INTERVAL_MS, clientTimeoutMs),
  });
  server.maxHeadersCount = 0;
  server.on('clientError', answerClientError);
  const door = options.tls ? createTcpServer({ allowHalfOpen: true }) : server;
  const connections = trackConnections(door);
  // Clients of a forward proxy speak HTTP/2 within their tunnels.
  const http2 = options.reverse === undefined ? undefined : acceptHttp2(server, clientTimeoutMs);
  const address = await listen(door, options.listen);
  // Node looks for requests that take too long once a server listens; this one is given its connections.
  if (door !== server) server.emit('listening');
  const ownOrigin = listenerOrigin(address, options.tls);

  isSelf = selfTest(address);
  const route = createRouter({ ...options, isSelf, ownOrigin });
  const tunnels =
    options.authority &&
    createTunnels({ ...options, authority: options.authority, http: server, isSelf, clientTimeoutMs });
  const loops = createLoopGuard();
  const relay = new Relay({ upstreams, recorder, requestBodyMax, clientTimeoutMs, loops });
  const arrived = (request: IncomingMessage): ArrivedRequest => ({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    tunnel: tunnels?.tunnelOf(request),
    opensSocket: isWebSocket(request),
    isSecure: (request.socket as Partial<TLSSocket>).encrypted === true,
  });
  const passedOn = ({ method = 'GET' }: IncomingMessage, to: Destination, exchange: string | undefined) => {
    if (to.isWrite) options.onWrite?.({ exchange, method, origin: to.origin, target: to.target });
  };

  const routed = (request: IncomingMessage): Destination | Refusal => {
    if (!loops.hasPassed(hopsOf(request))) return route(arrived(request));
    return { code: 'ERR_PROXY_LOOP', message: `${request.url} has passed this recorder before; its server is no end` };
  };
  const serve = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) => {
    const destination = routed(request);
    if ('code' in destination) answerWithError(request, response, destination.code, destination.message);
    else passedOn(request, destination, relay.relay(request, response, destination, awaitsContinue));
  };
  const inOrder = pipelineOrder();
  server.on('request', (request, response) => inOrder(request, response, () => serve(request, response, false)));
  server.on('checkContinue', (request, response) => inOrder(request, response, () => serve(request, response, true)));
  server.on('connect', (options.reverse === undefined ? tunnels?.open : undefined) ?? refuseTunnel);
  if (door !== server) door.on('connection', (socket: Socket) => tunnels?.openListener(socket, address.address));
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    if (!isWebSocket(request)) return declineUpgrade(server, request, socket, head);
    const destination = routed(request);
    if ('code' in destination) return writeRawError(socket, destination.code, destination.message);
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const id = relayWebSocket(request, socket, head, destination, {
      recorder,
      messages: options.messages,
      upstreams,
      messageMax: socketMessageBytesMax,
      timeoutMs: options.upstreamTimeoutMs,
      loops,
    });
    passedOn(request, destination, id);
  });
  return {
    address,
    origin: ownOrigin,
    close: async () => {
      tunnels?.close();
      http2?.close();
      for (const socket of upgraded) socket.destroy();
      if (door === server) server.closeIdleConnections();
      // It never listened, which it says.
      else server.close(() => undefined);
      await connections.endWithin(END_GRACE_MS);
      await upstreams.close();
    },
  };
}

type InOrder = (request: IncomingMessage, response: ServerResponse, serve: () => void) => void;

/** Requests that a client sends before it has its earlier answers are passed on one after the other: they may be writes. */
function pipelineOrder(): InOrder {
  const latest = new WeakMap<Socket, ServerResponse>();
  return (request, response, serve) => {
    if (request.httpVersionMajor !== 1) return serve();
    const before = latest.get(request.socket);
    latest.set(request.socket, response);
    if (before === undefined || before.closed) return serve();
    before.once('close', () => {
      if (!request.socket.destroyed) serve();
    });
  };
}

/** Tells whether a host and port lead back to the listener. */
function selfTest({ port: ownPort, address }: AddressInfo): (hostname: string, port: number) => boolean {
  const own = new Set(['localhost', '0.0.0.0', '::', '::1', address]);
  for (const addresses of Object.values(networkInterfaces())) for (const each of addresses ?? []) own.add(each.address);
  return (hostname, port) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    return port === ownPort && (own.has(host) || host.startsWith('127.'));
  };
}

function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  writeRawError(socket, 'ERR_REQUEST_MALFORMED', 'this is a reverse proxy; it opens no tunnels');
}

const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'ERR_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'ERR_REQUEST_TIMEOUT',
};

/** What a client sent is not HTTP: it is told so, as far as it still listens. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  writeRawError(socket, CLIENT_ERRORS[error.code ?? ''] ?? 'ERR_REQUEST_MALFORMED', error.message);
}
