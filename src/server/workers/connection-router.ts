// Accepts connections for all workers. The first request of a connection says whose it is; the connection then belongs to that
// worker's process, so that nothing stands between a client and its worker any more.
import { createServer, type Server, type Socket } from 'node:net';
import { DEFAULT_EPISODE } from '../agent/cloned-api.ts';
import { proxyEpisode } from '../agent/call-address.ts';

/** Told of a connection, and of what was read from it: the head of its first request, and whatever came with it. */
export type Route = (socket: Socket, bytes: Buffer) => void;

/** Bytes of a head, as node:http limits them. */
const HEAD_BYTES_MAX = 16_384;
/** How long a client may take for its first request. */
const HEAD_MS = 60_000;

export function createConnectionRouter(route: Route): Server {
  return createServer({ noDelay: true }, (socket) => {
    let bytes: Buffer = Buffer.alloc(0);
    const drop = (): void => void socket.destroy();
    socket.once('error', drop);
    socket.setTimeout(HEAD_MS, drop);
    const read = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (!bytes.includes('\r\n\r\n') && bytes.length < HEAD_BYTES_MAX) return;
      socket.off('data', read);
      socket.setTimeout(0);
      socket.pause();
      route(socket, bytes);
    };
    socket.on('data', read);
  });
}

/** The episode that the first request on the agent plane is for. */
export function episodeOfHead(bytes: Buffer): string {
  const head = headOf(bytes);
  const path = /^\S+ \/(?:~|%7[eE])\/([^/?#\s]+)/.exec(head)?.[1];
  if (path !== undefined) return decoded(path);
  return proxyEpisode({
    episodeHeader: /\r\nmynah-episode:[ \t]*([^\r]*?)[ \t]*\r\n/i.exec(head)?.[1] ?? DEFAULT_EPISODE,
    proxyAuthorization: /\r\nproxy-authorization:[ \t]*([^\r]*?)[ \t]*\r\n/i.exec(head)?.[1],
  });
}

/** Will the connection become a WebSocket? */
export function isUpgrade(bytes: Buffer): boolean {
  return /\r\nupgrade:[ \t]*websocket/i.test(headOf(bytes));
}

function headOf(bytes: Buffer): string {
  return bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 2).toString('latin1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
