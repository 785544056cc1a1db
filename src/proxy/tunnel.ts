// CONNECT: a client opens a connection through the proxy. TLS in it is opened with a certificate for the host, plain HTTP
// is served as it is, and what is neither, or must not be looked into, is passed through.
import { createServer as createHttp2Server, type Http2Session } from 'node:http2';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { isHostIgnored, tunnelRefusal, type CaptureRules, type WriteGuard } from '../core/recording/capture-rules.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { writeRawError } from './error-answer.ts';
import { endWhenIdle, isPreface } from './http2-preface.ts';
import { proxyUser, type Tunnel } from './request-routing.ts';

/** First byte of a TLS record that begins a handshake. */
const TLS_HANDSHAKE = 0x16;

/** Many clients say nothing when they do not trust a certificate. */
const HUNG_UP = 'it closed the connection as soon as it had seen the certificate';

export interface TunnelOptions {
  readonly authority: CertificateAuthority;
  readonly capture: CaptureRules;
  readonly guard: WriteGuard;
  /** Serves the requests of opened connections. */
  readonly http: HttpServer;
  /** Hosts whose traffic goes to another origin. */
  readonly upstreams: ReadonlyMap<string, string>;
  readonly isSelf: (hostname: string, port: number) => boolean;
  /** Takes one request from the budget; a connection that is not looked into counts as one. */
  readonly spend?: () => boolean;
  /** Milliseconds that a client may take for its part of the handshake, or to begin at all. */
  readonly clientTimeoutMs: number;
  /** Told when a client did not accept the certificate. */
  readonly onRejected: (host: string, reason: string) => void;
}

export interface Tunnels {
  /** Handles a CONNECT request. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Serves a connection to the proxy's own listener, with a certificate for the name that the client asks for. */
  openListener(socket: Socket, host: string): void;
  /** The tunnel that a request came through. */
  tunnelOf(request: IncomingMessage): Tunnel | undefined;
  /** Ends what carries no exchange at once, and tells HTTP/2 connections to end when theirs are done. */
  close(): void;
}

export function createTunnels(options: TunnelOptions): Tunnels {
  const bySocket = new WeakMap<object, OpenTunnel>();
  /** Tunnels that wait for their first byte, or are passed through. */
  const unserved = new Set<Socket>();
  const http2Sessions = new Set<Http2Session>();
  const http2 = createHttp2Server();
  let opening: OpenTunnel | undefined;
  http2.on('session', (session) => {
    // Emitted while the connection is handed over below, hence by the tunnel that is being opened.
    if (opening) bySocket.set(session, opening);
    endWhenIdle(session, options.clientTimeoutMs);
    http2Sessions.add(session);
    session.once('close', () => http2Sessions.delete(session));
  });
  http2.on('request', (request, response) => options.http.emit('request', request, response));

  function serve(socket: TLSSocket | Socket, tunnel: OpenTunnel, protocol: string | false | null): void {
    socket.on('error', () => socket.destroy());
    if (protocol === 'h2') {
      opening = tunnel;
      http2.emit('connection', socket);
      opening = undefined;
      return;
    }
    bySocket.set(socket, tunnel);
    options.http.emit('connection', socket);
  }

  async function openTls(socket: Socket, host: string, tunnel: OpenTunnel): Promise<void> {
    const { authority } = options;
    // HTTP servers let clients close their half first; in TLS that means that they have gone.
    socket.allowHalfOpen = false;
    const leaf = await authority.leafFor(host);
    const server = createTlsServer({
      cert: leaf.certificate,
      key: leaf.key,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: options.clientTimeoutMs,
      SNICallback: (name, done) => {
        authority.contextFor(name).then(
          (context) => done(null, context),
          (error: Error) => done(error),
        );
      },
    });
    const rejected = (reason: string) => options.onRejected(host, reason);
    server.once('secureConnection', (secure) => {
      // In TLS 1.3 the client judges the certificate after the server has done its part.
      secure.once('error', (error: NodeJS.ErrnoException) => {
        if (isCertificateAlert(error)) rejected(error.message);
      });
      secure.once('close', (hadError: boolean) => {
        if (!tunnel.used && !hadError) rejected(HUNG_UP);
      });
      serve(secure, tunnel, secure.alpnProtocol);
    });
    server.once('tlsClientError', (error: NodeJS.ErrnoException) => {
      if (isCertificateAlert(error)) rejected(error.message);
      else if (error.code === 'ECONNRESET') rejected(HUNG_UP);
      socket.destroy();
    });
    server.emit('connection', socket);
  }

  return {
    open: (request, duplex, head) => {
      const socket = duplex as Socket;
      socket.on('error', () => socket.destroy());
      const authority = parseAuthority(request.url ?? '');
      if (authority === undefined)
        return writeRawError(socket, 'ERR_REQUEST_MALFORMED', `CONNECT wants HOST:PORT, not "${request.url ?? ''}"`);
      const { host, port } = authority;
      const session = proxyUser(request.headers);
      const named = port === 443 ? host : `${host}:${port}`;
      const mapped = options.upstreams.has(named) || options.upstreams.has(host);
      if (!mapped && options.isSelf(host, port))
        return writeRawError(socket, 'ERR_PROXY_LOOP', `${named} is this recorder itself`);
      const isIgnored = isHostIgnored(options.capture, named);
      const refused = tunnelRefusal(options.guard, named);
      if (isIgnored && refused !== undefined) return writeRawError(socket, 'ERR_WRITE_REFUSED', refused);
      if (isIgnored && options.spend?.() === false)
        return writeRawError(socket, 'ERR_BUDGET_SPENT', 'the budget of this recording is spent');
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      unserved.add(socket);
      socket.once('close', () => unserved.delete(socket));
      if (isIgnored) return passThrough(socket, host, port);
      const silence = setTimeout(() => socket.destroy(), options.clientTimeoutMs).unref();
      socket.once('close', () => clearTimeout(silence));
      socket.once('readable', () => {
        clearTimeout(silence);
        const first = socket.read() as Buffer | null;
        if (first === null) return void socket.destroy();
        socket.unshift(first);
        const isTls = first[0] === TLS_HANDSHAKE;
        const urlHost = host.includes(':') ? `[${host}]` : host;
        if (!isTls && !/^[A-Z]{3,20} /.test(first.toString('latin1', 0, 24))) {
          if (refused !== undefined || options.spend?.() === false) return void socket.destroy();
          return passThrough(socket, host, port);
        }
        unserved.delete(socket);
        const { origin } = new URL(`${isTls ? 'https' : 'http'}://${urlHost}:${port}`);
        const tunnel: OpenTunnel = { origin, session, used: false };
        if (isTls) openTls(socket, host, tunnel).catch(() => socket.destroy());
        else serve(socket, tunnel, isPreface(first) ? 'h2' : false);
      });
    },
    openListener: (socket, host) => {
      socket.on('error', () => socket.destroy());
      const tunnel: OpenTunnel = { origin: '', session: undefined, used: false, isListener: true };
      openTls(socket, host, tunnel).catch(() => socket.destroy());
    },
    tunnelOf: (request) => {
      const { stream } = request as unknown as { stream?: { session?: Http2Session } };
      const tunnel = bySocket.get(stream?.session ?? request.socket);
      if (tunnel) tunnel.used = true;
      return tunnel?.isListener ? undefined : tunnel;
    },
    close: () => {
      for (const socket of unserved) socket.destroy();
      for (const session of http2Sessions) session.close();
    },
  };
}

/** A tunnel whose requests are served here. */
interface OpenTunnel extends Tunnel {
  /** A request has come through it. */
  used: boolean;
  /** It leads nowhere: the client speaks TLS with the proxy itself. */
  readonly isListener?: boolean;
}

function isCertificateAlert({ code, message }: NodeJS.ErrnoException): boolean {
  return /alert (?:unknown|bad|unsupported|certificate)|ALERT_(?:UNKNOWN_CA|BAD_CERT|CERTIFICATE)/i.test(
    `${code} ${message}`,
  );
}

/** Relays bytes both ways without looking at them. */
function passThrough(socket: Socket, host: string, port: number): void {
  const upstream = connect(port, host);
  const end = () => {
    socket.destroy();
    upstream.destroy();
  };
  upstream.on('error', end).on('close', end);
  socket.on('error', end).on('close', end);
  socket.pipe(upstream);
  upstream.pipe(socket);
}

function parseAuthority(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65535) return undefined;
  return { host: (match[1] ?? (match[2] as string)).toLowerCase(), port };
}
