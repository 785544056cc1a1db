// Upgrades: WebSocket connections are passed through, and their handshake is recorded; other upgrades are declined, which a
// server may always do, and the request is served as if none had been asked for.
import type { ClientRequest, IncomingMessage, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'http-proxy';
import { writeRawError } from './error-answer.ts';
import type { ExchangeRecorder, WireExchange } from './exchange-recorder.ts';
import type { Destination } from './relay.ts';
import { upstreamFailure } from './upstream-failure.ts';
import type { Upstreams } from './upstream.ts';
import { headerPairs, recordedRequestHeaders } from './wire-headers.ts';

const NO_BODY = { bytes: Buffer.alloc(0), length: 0 };

/** Passes a WebSocket through to where the destination says. */
export function relayWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  destination: Destination,
  { recorder, upstreams }: { readonly recorder: ExchangeRecorder; readonly upstreams: Upstreams },
): void {
  const { upstream, target, host, session, origin } = destination;
  const begun = session === undefined ? undefined : recorder.begin(session);
  const requestHeaders = recordedRequestHeaders(headerPairs(request.rawHeaders), host);
  const record = (outcome: Pick<WireExchange, 'response' | 'error'>) => {
    if (!begun) return;
    void recorder.finish(begun, { origin, method: 'GET', target, requestHeaders, requestBody: NO_BODY, ...outcome });
  };
  const answered = (answer: IncomingMessage) =>
    record({ response: { status: answer.statusCode ?? 101, headers: headerPairs(answer.rawHeaders), body: NO_BODY } });

  const passed = Object.entries(request.headers).filter(([name]) => !/^(?:mynah|proxy)-/.test(name));
  request.headers = { ...Object.fromEntries(passed), host };
  request.url = target;
  const tls = upstreams.tlsOptionsFor(upstream);
  const proxy = createProxyServer({
    target: upstream,
    secure: tls.rejectUnauthorized,
    ...(tls.ca ? { ca: tls.ca.join('\n') } : {}),
  });
  proxy.on('proxyReqWs', (asked: ClientRequest) => {
    asked.once('upgrade', answered);
    asked.once('response', answered);
  });
  proxy.ws(request, socket as Socket, head, {}, (error) => {
    const { code, message } = upstreamFailure(error, upstream);
    record({ error: { code, message } });
    if (socket.writable) writeRawError(socket, code, message);
  });
}

/** Gives a connection back to the HTTP server as if the request on it had asked for no upgrade. */
export function declineUpgrade(server: HttpServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] as string;
    if (!/^(?:upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[i + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
