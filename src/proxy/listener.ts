// Listening on an address, and ending within a given time whatever the clients do. Shared by every listener of Mynah.
import type { AddressInfo, Server, Socket } from 'node:net';
import { MynahError } from '../core/std/errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT` or a bare port, which stands on 127.0.0.1. Port 0 lets the system choose.
 * @throws MynahError ERR_USAGE
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) {
    throw new MynahError(
      'ERR_USAGE',
      `"${text}" is not an address to listen on; write HOST:PORT, for example 127.0.0.1:8080`,
    );
  }
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
}

/** The URL of a plain listener at an address. */
export function listenerUrl({ host, port }: ListenAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The origin under which a listener is reached from its own machine, for example `http://127.0.0.1:8080`. */
export function listenerOrigin({ address, port }: AddressInfo, isSecure = false): string {
  const url = listenerUrl({ host: address, port });
  return isSecure ? url.replace(/^http/, 'https') : url;
}

/** Connections that may wait to be accepted: thousands of clients may connect in one moment. The system may cap it. */
const BACKLOG = 8192;

/**
 * Resolves with the address once the server accepts connections.
 * @throws MynahError ERR_PORT_IN_USE, ERR_USAGE (an address that is not this machine's, or not permitted)
 */
export function listen(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const where = `${host}:${port}`;
      reject(
        error.code === 'EADDRINUSE'
          ? new MynahError(
              'ERR_PORT_IN_USE',
              `${where} is taken by another process; choose another address with --listen`,
              { host, port },
            )
          : new MynahError(
              'ERR_USAGE',
              `cannot listen on ${where}: ${error.message}; choose another address with --listen`,
              { host, port },
            ),
      );
    };
    server.once('error', fail);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', fail);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Remembers the open connections of a server, so that it can be ended although clients keep theirs. */
export function trackConnections(server: Server): { readonly endWithin: (ms: number) => Promise<void> } {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // One whose upgrade was declined comes again.
    if (open.has(socket)) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    /** Accepts no more; resolves when every connection is closed, by force after `ms` milliseconds. */
    endWithin: async (ms) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const timer = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, ms);
      await closed;
      // A server says that it is closed before its last connections do.
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      clearTimeout(timer);
    },
  };
}
