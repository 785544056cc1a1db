// Requests to upstreams over HTTP/2, for clients that speak it: by ALPN under TLS, and with prior knowledge without. Servers
// that do not speak it are asked over HTTP/1.1. undici's own HTTP/2 sends one streamed request at a time over a connection and
// loses trailers' order and interim answers, which gRPC and browsers want.
import { connect as connectHttp2, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Dispatcher, buildConnector } from 'undici';
import type { FlatHeaders } from './wire-headers.ts';
import { headerObject, passedOn } from './wire-headers.ts';

export interface Http2Options {
  /** Opens connections; offers HTTP/2 where it opens TLS. */
  readonly connector: buildConnector.connector;
  /** Asked instead where an origin speaks HTTP/1.1 only. */
  readonly http1: Dispatcher;
  /** Milliseconds to wait for a connection, for headers, and between two parts of a body. */
  readonly timeoutMs: number;
  /** Bytes of response headers that are accepted. */
  readonly headerBytesMax: number;
}

/** What a request is sent with. Headers are a flat list with `host` in it. */
export interface Http2Request {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly string[];
  readonly body: Buffer | Readable | null;
  /** What follows the body, once that has ended; HTTP/1.1 upstreams are not told (RFC 9110, 6.5.1 permits it). */
  readonly trailers: () => FlatHeaders;
}

/** Milliseconds that a connection is kept without a request. */
const IDLE_MS = 60_000;
/** Bytes of an answer that an upstream may send before they are taken, of one stream and of all. */
const STREAM_WINDOW = 256 * 1024;
const SESSION_WINDOW = 4 * 1024 * 1024;

type Handler = Dispatcher.DispatchHandler;

/** Sends requests over HTTP/2 where it can, in the manner of undici's dispatchers. */
export class Http2Dispatcher {
  readonly #options: Http2Options;
  /** By origin; a session that is undefined stands for an origin that speaks HTTP/1.1 only. */
  readonly #sessions = new Map<string, Promise<ClientHttp2Session | undefined>>();

  constructor(options: Http2Options) {
    this.#options = options;
  }

  dispatch(request: Http2Request, handler: Handler): void {
    this.#sessionFor(request.origin).then(
      (session) => {
        if (session) new Http2Exchange(session, this.#options.timeoutMs, request, handler).start();
        else
          this.#options.http1.dispatch(
            { ...request, headers: http1Headers(request), method: request.method as 'GET' },
            handler,
          );
      },
      (error: Error) => handler.onResponseError?.(IDLE_FLOW, error),
    );
  }

  destroy(): void {
    for (const session of this.#sessions.values())
      session.then(
        (each) => each?.destroy(),
        () => undefined,
      );
  }

  async #sessionFor(origin: string): Promise<ClientHttp2Session | undefined> {
    const known = this.#sessions.get(origin);
    const session = await known;
    if (known && !(session?.closed || session?.destroyed)) return session;
    // Somebody else may have begun one meanwhile.
    const other = this.#sessions.get(origin);
    if (other && other !== known) return other;
    const opening = this.#open(origin);
    this.#sessions.set(origin, opening);
    opening.catch(() => this.#sessions.delete(origin));
    return opening;
  }

  async #open(origin: string): Promise<ClientHttp2Session | undefined> {
    const socket = await connected(this.#options.connector, new URL(origin));
    const isSecure = origin.startsWith('https:');
    if (isSecure && (socket as { alpnProtocol?: string | false }).alpnProtocol !== 'h2') {
      socket.destroy();
      return undefined;
    }
    const session = connectHttp2(origin, {
      createConnection: () => socket,
      settings: {
        enablePush: false,
        initialWindowSize: STREAM_WINDOW,
        maxHeaderListSize: this.#options.headerBytesMax,
      },
    });
    session.on('error', () => undefined);
    session.setTimeout(IDLE_MS, () => session.close());
    // Without TLS nobody has said that the server speaks HTTP/2: its settings do.
    const speaks = isSecure || (await sendsSettings(session, this.#options.timeoutMs));
    if (!speaks) {
      session.destroy();
      return undefined;
    }
    session.setLocalWindowSize(SESSION_WINDOW);
    return session;
  }
}

function connected(connector: buildConnector.connector, { protocol, hostname, port, host }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connector({ protocol, hostname, port, host }, (error, socket) => {
      if (error) reject(error);
      else resolve(socket as Socket);
    });
  });
}

function sendsSettings(session: ClientHttp2Session, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    session.once('remoteSettings', () => resolve(true));
    session.once('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
    session.once('remoteSettings', () => clearTimeout(timer));
  });
}

/** HTTP/1.1 has no word for the trailers that an HTTP/2 client takes as a matter of course. */
function http1Headers({ headers }: Http2Request): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (headers[i] !== 'te') kept.push(headers[i] as string, headers[i + 1] as string);
  return kept;
}

/** How an answer is held back; before there is one, nothing is. */
const IDLE_FLOW: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  rawHeaders: null,
  rawTrailers: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** One request on its way. */
class Http2Exchange {
  readonly #session: ClientHttp2Session;
  readonly #timeoutMs: number;
  readonly #request: Http2Request;
  readonly #handler: Handler;
  #isOver = false;
  #hasAnswer = false;

  constructor(session: ClientHttp2Session, timeoutMs: number, request: Http2Request, handler: Handler) {
    this.#session = session;
    this.#timeoutMs = timeoutMs;
    this.#request = request;
    this.#handler = handler;
  }

  start(): void {
    const { body } = this.#request;
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(http2Headers(this.#request), {
        endStream: body === null,
        waitForTrailers: body !== null,
      });
      stream.once('wantTrailers', () => this.#sendTrailers(stream));
    } catch (error) {
      return this.#handler.onResponseError?.(IDLE_FLOW, error as Error);
    }
    const flow: Mutable<Dispatcher.DispatchController> = {
      ...IDLE_FLOW,
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      abort: () => {
        this.#isOver = true;
        cutOff(stream);
      },
    };
    this.#handler.onRequestStart?.(flow, undefined);
    if (this.#isOver) return;
    this.#hear(stream, flow);
    if (body !== null) sendBody(stream, body);
  }

  /** What the client said may be nothing that HTTP/2 takes, and the stream may be gone. */
  #sendTrailers(stream: ClientHttp2Stream): void {
    try {
      stream.sendTrailers(headerObject(passedOn(this.#request.trailers(), new Set())));
    } catch (error) {
      stream.destroy(error as Error);
    }
  }

  #hear(stream: ClientHttp2Stream, flow: Mutable<Dispatcher.DispatchController>): void {
    const handler = this.#handler;
    const answered = (headers: { ':status'?: number | undefined }, flat: FlatHeaders) => {
      flow.rawHeaders = withoutPseudo(flat) as unknown as Buffer[];
      handler.onResponseStart?.(flow, Number(headers[':status']), {}, '');
    };
    const fail = (error: Error) => {
      if (this.#isOver) return;
      this.#isOver = true;
      handler.onResponseError?.(flow, error);
    };
    // The third argument, the headers as they came, is older than its documentation.
    stream.on('headers', (headers, _flags, flat?: FlatHeaders) => {
      if (!this.#isOver) answered(headers, flat ?? []);
    });
    stream.once('response', (headers, _flags, flat?: FlatHeaders) => {
      this.#hasAnswer = true;
      if (!this.#isOver) answered(headers, flat ?? []);
    });
    stream.once('trailers', (_headers, _flags, flat?: FlatHeaders) => {
      flow.rawTrailers = withoutPseudo(flat ?? []) as unknown as Buffer[];
    });
    stream.on('data', (chunk: Buffer) => {
      if (!this.#isOver) handler.onResponseData?.(flow, chunk);
    });
    stream.once('end', () => {
      // A stream that is reset ends, too.
      if (this.#isOver || !this.#hasAnswer || stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
      this.#isOver = true;
      handler.onResponseEnd?.(flow, {});
    });
    stream.once('error', fail);
    stream.once('close', () => fail(new Error(`the stream was closed with code ${stream.rstCode}`)));
    stream.setTimeout(this.#timeoutMs);
    stream.on('timeout', () => {
      // A client that reads slowly is not the upstream's fault.
      if (stream.isPaused()) return;
      fail(Object.assign(new Error('nothing came in time'), { code: 'ETIMEDOUT' }));
      cutOff(stream);
    });
  }
}

/** Lets go of a request. A stream that is closed ends first: half a body would look whole. */
function cutOff(stream: ClientHttp2Stream): void {
  stream.on('error', () => undefined).destroy(new Error('the request is let go of'));
}

function sendBody(stream: ClientHttp2Stream, body: Buffer | Readable): void {
  if (Buffer.isBuffer(body)) {
    stream.end(body);
    return;
  }
  body.pipe(stream);
  body.once('close', () => {
    if (!body.readableEnded) cutOff(stream);
  });
  // An answer that is whole before the request is: what still comes is not wanted.
  stream.once('close', () => body.destroy());
}

function http2Headers({ origin, path, method, headers }: Http2Request) {
  const { host, ...named } = headerObject(headers);
  return {
    ...named,
    ':method': method,
    ':path': path,
    ':scheme': origin.startsWith('https:') ? 'https' : 'http',
    ':authority': String(host ?? new URL(origin).host),
  };
}

function withoutPseudo(flat: FlatHeaders): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2)
    if (!(flat[i] as string).startsWith(':')) kept.push(flat[i] as string, flat[i + 1] as string);
  return kept;
}
