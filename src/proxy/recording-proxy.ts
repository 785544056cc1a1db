// The recording proxy: one listener that relays requests to their upstream and records them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import type { ErrorCode } from '../core/std/error-codes.ts';
import { ERROR_CODES } from '../core/std/error-codes.ts';
import { listen, listenerOrigin, trackConnections, type ListenAddress } from './listener.ts';
import { answerWithError, Relay, type Destination } from './relay.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import type { SessionBook } from './session-book.ts';

/** Bytes of request headers that are accepted; 431 beyond. */
const HEADER_BYTES_MAX = 64 * 1024;
/** A client must have sent its headers within this time. */
const HEADERS_TIMEOUT_MS = 60_000;
/** Time that clients have to finish their requests when the proxy ends; well under the ten seconds that are promised. */
const END_GRACE_MS = 5000;

export interface RecordingProxyOptions {
  readonly listen: ListenAddress;
  /** Origin of the one upstream. */
  readonly reverse: string;
  /** Make absolute URLs on the upstream lead to the recorder. */
  readonly rewriteLinks: boolean;
  readonly recorder: ExchangeRecorder;
  readonly sessions: SessionBook;
  readonly bodyMax: number;
  readonly requestBodyMax: number;
  /** Milliseconds to wait for an upstream: for its headers, and between two parts of a body. */
  readonly upstreamTimeoutMs: number;
}

export interface RecordingProxy {
  readonly address: AddressInfo;
  /** Ends within some seconds; exchanges that are under way then are recorded as cut off. */
  close(): Promise<void>;
}

/**
 * Starts the proxy; resolves once it accepts connections.
 * @throws MynahError ERR_PORT_IN_USE, ERR_USAGE
 */
export async function startRecordingProxy(options: RecordingProxyOptions): Promise<RecordingProxy> {
  const { upstreamTimeoutMs, recorder, bodyMax, requestBodyMax } = options;
  const dispatcher = new Agent({
    headersTimeout: upstreamTimeoutMs,
    bodyTimeout: upstreamTimeoutMs,
    connect: { timeout: upstreamTimeoutMs },
    maxHeaderSize: HEADER_BYTES_MAX,
    pipelining: 1,
  });
  const relay = new Relay({ dispatcher, recorder, bodyMax, requestBodyMax });
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: 0,
  });
  server.maxHeadersCount = 0;
  const connections = trackConnections(server);
  server.on('clientError', answerClientError);
  const address = await listen(server, options.listen);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const destination = reverseDestination(request, options, address);
    if ('code' in destination) answerWithError(request, response, destination.code, destination.message);
    else relay.relay(request, response, destination);
  });
  return {
    address,
    close: async () => {
      server.closeIdleConnections();
      await connections.endWithin(END_GRACE_MS);
      await dispatcher.destroy();
    },
  };
}

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

function reverseDestination(
  request: IncomingMessage,
  { reverse, rewriteLinks, sessions }: RecordingProxyOptions,
  address: AddressInfo,
): Destination | Refusal {
  const target = request.url ?? '/';
  if (!target.startsWith('/') && target !== '*') {
    return {
      code: 'ERR_REQUEST_MALFORMED',
      message: `this is a reverse proxy for ${reverse}: ask for a path, not for ${target}`,
    };
  }
  const own = request.headers.host ? `http://${request.headers.host}` : listenerOrigin(address);
  return {
    upstream: reverse,
    origin: reverse,
    target,
    host: new URL(reverse).host,
    session: sessions.use(single(request.headers['mynah-session']), request.headers['mynah-session-start'] === 'fresh'),
    ...(rewriteLinks ? { rewriting: { from: reverse, to: own } } : {}),
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined;
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
  const code = CLIENT_ERRORS[error.code ?? ''] ?? 'ERR_REQUEST_MALFORMED';
  const spec = ERROR_CODES[code];
  const body = `mynah: ${code}: ${error.message}\n`;
  const head = [
    `HTTP/1.1 ${'status' in spec ? spec.status : 400} ${spec.title.replace(/\.$/, '')}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `mynah-error: ${code}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
