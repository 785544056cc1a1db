// The cloned API on the wire: by base URL, by header, and as an HTTP(S) proxy with the original's host names. It answers
// from the clone alone and never opens a connection. Nothing here can reset, score or look inside an episode.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { requestBodyBytesMax } from '../../core/std/limits.ts';
import { declineUpgrade, isWebSocket } from '../../proxy/declined-upgrade.ts';
import { mapAnswer } from './answer-mapping.ts';
import { addressCall, type CallAddress, type CallRefusal } from './call-address.ts';
import { DEFAULT_EPISODE, type ClonedApi } from './cloned-api.ts';
import { readIncomingBody } from './incoming-body.ts';
import { addressedRequest } from './incoming-request.ts';
import { REFUSAL_STATUS, sendAnswer, sendRefusal } from './outgoing-answer.ts';
import { openRecordedSocket, refuseUpgrade } from './recorded-socket.ts';
import { answerToolRequest } from './tool-endpoint.ts';
import { openTunnel, type TunnelCertificates, type TunnelTarget } from './tunnel.ts';

export interface AgentPlaneOptions {
  readonly api: ClonedApi;
  /** For CONNECT; without them the plane is a proxy for plain HTTP only. */
  readonly certificates?: TunnelCertificates | undefined;
  /** Bytes of a request body; requestBodyBytesMax where it is absent. */
  readonly bodyBytesMax?: number | undefined;
  /** Told of failures that no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

/** Not listening yet. */
export function createAgentPlane(options: AgentPlaneOptions): Server {
  /** Streams and HTTP/2 sessions out of tunnels, with what they are for. */
  const tunnels = new WeakMap<object, TunnelTarget>();
  const tunnelOf = (request: IncomingMessage): TunnelTarget | undefined => {
    const { stream } = request as unknown as { readonly stream?: { readonly session?: Http2Session } };
    return tunnels.get(stream?.session ?? request.socket);
  };
  const server = createServer((request, response) => serve(request, response, options, tunnelOf(request)));
  const http2 = createHttp2Server();
  let opening: TunnelTarget | undefined;
  // Emitted while a stream is handed over below, hence for the tunnel that is being opened.
  http2.on('session', (session) => opening === undefined || tunnels.set(session, opening));
  http2.on('request', (request, response) => server.emit('request', request, response));
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    openTunnel(request, socket, head, options, (stream, target, protocol) => {
      if (protocol === 'h2') {
        opening = target;
        http2.emit('connection', stream);
        opening = undefined;
      } else {
        tunnels.set(stream, target);
        server.emit('connection', stream);
      }
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isWebSocket(request)) return declineUpgrade(server, request, socket, head);
    const address = addressOf(request, options.api, tunnelOf(request));
    if (typeof address === 'string') refuseUpgrade(socket, REFUSAL_STATUS[address]);
    else if (address.isForTools === true) refuseUpgrade(socket, 404);
    else openRecordedSocket(request, socket, head, address, options);
  });
  return server;
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AgentPlaneOptions,
  tunnel: TunnelTarget | undefined,
): void {
  answer(request, response, options, tunnel).catch((error: unknown) => {
    options.onFailure(error);
    if (!response.headersSent) sendRefusal(response, request.method ?? '', 503);
    else response.destroy();
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: AgentPlaneOptions,
  tunnel: TunnelTarget | undefined,
): Promise<void> {
  const method = request.method ?? 'GET';
  const bodyBytesMax = options.bodyBytesMax ?? requestBodyBytesMax;
  const address = addressOf(request, options.api, tunnel);
  const bytes = await readIncomingBody(request, bodyBytesMax);
  // Somebody who is gone has not asked.
  if (bytes === 'aborted') return void response.destroy();
  if (bytes === 'too-large') {
    response.shouldKeepAlive = false;
    return sendRefusal(response, method, 413);
  }
  if (typeof address === 'string') return sendRefusal(response, method, REFUSAL_STATUS[address]);
  if (address.isForTools === true)
    return sendAnswer(response, method, await answerToolRequest(request, bytes, address.episode, options.api));
  const answered = await options.api.answer(address.episode, addressedRequest(request, bytes, address, bodyBytesMax));
  if (answered.kind !== 'answer') return sendRefusal(response, method, REFUSAL_STATUS[answered.kind]);
  if (answered.response.status === 101) return sendRefusal(response, method, 426);
  const own = address.bases.find(({ service }) => service === address.service);
  sendAnswer(
    response,
    method,
    own === undefined ? answered.response : mapAnswer(answered.response, own, address.bases),
  );
}

function addressOf(
  request: IncomingMessage,
  { services }: ClonedApi,
  tunnel: TunnelTarget | undefined,
): CallAddress | CallRefusal {
  const url = request.url ?? '/';
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  if (tunnel?.service !== undefined) {
    // Browsers name no user to a proxy that does not ask for one, but every request can carry a header.
    const named = tunnel.episode === DEFAULT_EPISODE ? header('mynah-episode') : undefined;
    const target = url.startsWith('/') ? url : `/${url}`;
    return { episode: named ?? tunnel.episode, service: tunnel.service, target, bases: [] };
  }
  return addressCall(
    {
      url,
      host: request.headers.host ?? header(':authority'),
      episodeHeader: header('mynah-episode') ?? tunnel?.episode,
      proxyAuthorization: header('proxy-authorization'),
      referer: request.headers.referer,
    },
    services,
  );
}
