// The cloned API on the wire: by base URL, by header, and as an HTTP(S) proxy with the original's host names. It answers
// from the clone alone and never opens a connection. Nothing here can reset, score or look inside an episode.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { requestBodyBytesMax } from '../../core/std/limits.ts';
import { mapAnswer } from './answer-mapping.ts';
import { addressCall, type CallAddress, type CallRefusal } from './call-address.ts';
import type { ClonedAnswer, ClonedApi } from './cloned-api.ts';
import { readIncomingBody } from './incoming-body.ts';
import { addressedRequest } from './incoming-request.ts';
import { sendAnswer, sendRefusal, type RefusalStatus } from './outgoing-answer.ts';
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

const REFUSAL_STATUS: Readonly<Record<CallRefusal | Exclude<ClonedAnswer['kind'], 'answer'>, RefusalStatus>> = {
  malformed: 400,
  'no-episode': 404,
  finished: 410,
  unreachable: 502,
  unavailable: 503,
};

/** Not listening yet. */
export function createAgentPlane(options: AgentPlaneOptions): Server {
  /** Streams out of tunnels, with what they are for. */
  const tunnels = new WeakMap<Socket, TunnelTarget>();
  const server = createServer((request, response) => {
    serve(request, response, options, tunnels.get(request.socket));
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    openTunnel(request, socket, head, options, (stream, target) => {
      tunnels.set(stream, target);
      server.emit('connection', stream);
    });
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
  if (tunnel?.service !== undefined) {
    const { episode, service } = tunnel;
    return { episode, service, target: url.startsWith('/') ? url : `/${url}`, bases: [] };
  }
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  return addressCall(
    {
      url,
      host: request.headers.host,
      episodeHeader: header('mynah-episode') ?? tunnel?.episode,
      proxyAuthorization: header('proxy-authorization'),
    },
    services,
  );
}
