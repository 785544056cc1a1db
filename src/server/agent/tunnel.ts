// CONNECT on the agent plane: the client believes to talk to the original, by TLS on a certificate of Mynah's authority or
// plain. The other end of the tunnel is this process; nothing leaves it.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Service } from '../../core/model/clone-model.ts';
import { isPreface } from '../../proxy/http2-preface.ts';
import { findService, proxyEpisode } from './call-address.ts';
import type { ClonedApi } from './cloned-api.ts';

/** Certificates for the original's host names; a certificate authority has them. */
export interface TunnelCertificates {
  /** PEM texts. */
  leafFor(host: string): Promise<{ readonly certificate: string; readonly key: string }>;
}

/** For whom the requests inside a tunnel are. */
export interface TunnelTarget {
  readonly episode: string;
  /** Absent in a tunnel to the agent plane itself: clients take even base URLs through their proxy. */
  readonly service: Service | undefined;
}

export interface TunnelOptions {
  readonly api: ClonedApi;
  readonly certificates?: TunnelCertificates | undefined;
  /** Told of failures that no client is told of. */
  readonly onFailure: (error: unknown) => void;
}

/** What the client speaks inside its tunnel: by ALPN, or by how it begins. */
export type TunnelProtocol = 'h2' | 'http/1.1';

/** First byte of a TLS handshake record. */
const TLS_HANDSHAKE = 0x16;
/** How long a client may take for its handshake. */
const TLS_TIMEOUT_MS = 30_000;

/**
 * Answers a CONNECT.
 *
 * @param head what the client sent behind its request already
 * @param accept takes the decrypted stream
 */
export function openTunnel(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  options: TunnelOptions,
  accept: (stream: Socket, target: TunnelTarget, protocol: TunnelProtocol) => void,
): void {
  // A client that resets its tunnel is no failure of this server.
  socket.on('error', () => socket.destroy());
  const authority = request.url ?? '';
  const scheme = authority.endsWith(':80') ? 'http' : 'https';
  const service = findService(options.api.services, `${scheme}://${authority.replace(/:(443|80)$/, '')}`);
  if (service === undefined && !isSelf(authority, socket)) {
    socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    return;
  }
  const header = request.headers['mynah-episode'];
  const episode = proxyEpisode({
    episodeHeader: Array.isArray(header) ? header.join(', ') : header,
    proxyAuthorization: request.headers['proxy-authorization'],
  });
  const target = { episode, service };
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) socket.unshift(head);
  const host = authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  socket.once('readable', () => {
    // The client speaks first, and its first byte tells TLS from plain HTTP.
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return void socket.destroy();
    socket.unshift(chunk);
    const isHttp2 = isPreface(chunk);
    // Only plain HTTP/1.1 has a use for a client that has closed its half; others have gone.
    if (isHttp2 || chunk[0] === TLS_HANDSHAKE) socket.allowHalfOpen = false;
    if (chunk[0] === TLS_HANDSHAKE)
      void acceptTls(socket, host, options, (stream, protocol) => accept(stream, target, protocol));
    else accept(socket, target, isHttp2 ? 'h2' : 'http/1.1');
  });
}

async function acceptTls(
  socket: Socket,
  host: string,
  { certificates, onFailure }: TunnelOptions,
  accept: (stream: Socket, protocol: TunnelProtocol) => void,
): Promise<void> {
  if (certificates === undefined) return void socket.destroy();
  try {
    const { certificate, key } = await certificates.leafFor(host);
    const protocols = { ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: TLS_TIMEOUT_MS };
    const server = createTlsServer({ cert: certificate, key, ...protocols });
    server.once('secureConnection', (stream) => {
      stream.on('error', () => stream.destroy());
      accept(stream, stream.alpnProtocol === 'h2' ? 'h2' : 'http/1.1');
    });
    // A client that does not trust the certificate ends the handshake.
    server.once('tlsClientError', () => socket.destroy());
    server.emit('connection', socket);
  } catch (error) {
    onFailure(error);
    socket.destroy();
  }
}

/** Is this the address at which the client reached us? */
function isSelf(authority: string, { localAddress, localPort }: Socket): boolean {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(authority) ?? [];
  const address = (localAddress ?? '').replace(/^::ffff:/, '');
  return Number(port) === localPort && ['localhost', '127.0.0.1', address, `[${address}]`].includes(host);
}
