// HTTP/2 without TLS, with prior knowledge, on a listener for HTTP/1.1: such connections begin with a line that no HTTP/1.1
// request has.
import type { Server as HttpServer } from 'node:http';
import { createServer as createHttp2Server, type Http2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** How a client begins that speaks HTTP/2 at once (RFC 9113, 3.4). */
const PREFACE = 'PRI * HTTP/2.0';

/**
 * Serves connections that begin with HTTP/2, and hands all others to the server as before; requests of both are its own.
 * @param silenceMs milliseconds that a client may take to begin
 */
export function acceptHttp2(server: HttpServer, silenceMs: number): { readonly close: () => void } {
  // The first is the server's own; others only want to know.
  const [serveHttp1] = server.listeners('connection') as [(socket: Socket) => void];
  const sessions = new Set<Http2Session>();
  const http2 = createHttp2Server();
  http2.on('request', (request, response) => server.emit('request', request, response));
  http2.on('session', (session) => {
    endWhenIdle(session, silenceMs);
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.off('connection', serveHttp1);
  server.on('connection', (socket: Socket) => {
    const silence = setTimeout(() => socket.destroy(), silenceMs).unref();
    const ignored = () => undefined;
    socket.on('error', ignored);
    socket.once('close', () => clearTimeout(silence));
    socket.once('readable', () => {
      clearTimeout(silence);
      const first = socket.read() as Buffer | null;
      // A client that closes without a word.
      if (first === null) return void socket.destroy();
      socket.unshift(first);
      socket.off('error', ignored);
      if (isPreface(first)) http2.emit('connection', socket);
      else serveHttp1.call(server, socket);
    });
  });
  return {
    /** Tells clients to end when their requests are done. */
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

/** Ends a client's connection on which nothing has been asked for a while; a request that is not whole is none. */
export function endWhenIdle(session: Http2Session, idleMs: number): void {
  let underWay = 0;
  session.on('stream', (stream) => {
    underWay++;
    stream.once('close', () => underWay--);
  });
  session.setTimeout(idleMs, () => {
    // It would wait for the rest of a request that has begun, if it were closed; a client is told which it has not taken.
    if (underWay === 0) session.destroy();
  });
}

/** True when a connection begins with HTTP/2. */
export function isPreface(first: Buffer): boolean {
  const beginning = first.toString('latin1', 0, PREFACE.length);
  return beginning.startsWith('PRI ') && PREFACE.startsWith(beginning);
}
