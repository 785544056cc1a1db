// Relays one request to its upstream and the answer back, streaming both ways with back-pressure, while it is recorded.
// The last byte of an answer is released only after the exchange is committed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Header } from '../core/exchange/exchange.ts';
import { headerValue } from '../core/exchange/exchange.ts';
import type { ErrorCode } from '../core/std/error-codes.ts';
import { drippedBodyBytesMax } from '../core/std/limits.ts';
import { AnswerRelay } from './relay-answer.ts';
import { arrivalTimes, type ArrivalTimes } from './arrival-times.ts';
import type { BodyCollector } from './body-collector.ts';
import { answerWithError, breakOff, discardRest } from './error-answer.ts';
import type { BegunExchange, ExchangeRecorder, WireExchange } from './exchange-recorder.ts';
import { FlowValve } from './flow-valve.ts';
import type { LinkRewriting } from './link-rewriting.ts';
import { HOPS_HEADER, hopsOf, type LoopGuard } from './loop-guard.ts';
import type { Upstreams } from './upstream.ts';
import { upstreamFailure } from './upstream-failure.ts';
import {
  flatHeaders,
  headerPairs,
  passedOn,
  recordedRequestHeaders,
  wholeCookie,
  type FlatHeaders,
} from './wire-headers.ts';

/** Where a request goes and how it is recorded. */
export interface Destination {
  /** Origin that is asked, for example `http://127.0.0.1:3000`. */
  readonly upstream: string;
  /** Origin that the recording names. */
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
  /** Host header for the upstream. */
  readonly host: string;
  /** Session to record in; undefined when the exchange is not recorded. */
  readonly session: string | undefined;
  /** The request may change its server. */
  readonly isWrite?: boolean;
  /** Set where absolute URLs on the upstream must lead to the recorder. */
  readonly rewriting?: LinkRewriting;
  /** Record the answer as the client sees it, not as the upstream sent it. */
  readonly recordRewritten?: boolean;
}

export interface RelayOptions {
  readonly upstreams: Upstreams;
  readonly recorder: ExchangeRecorder;
  /** Bytes of a request body that are passed on; 413 beyond. */
  readonly requestBodyMax: number;
  /** Milliseconds that a client may be silent within a body, or all but silent; 408 beyond. */
  readonly clientTimeoutMs: number;
  readonly loops: LoopGuard;
}

/** Bodies of declared length up to this many bytes are read before the upstream is asked: one write instead of a stream. */
const WHOLE_REQUEST_MAX = 64 * 1024;

/** Set by the relay or by undici itself. */
const SET_OTHERWISE: ReadonlySet<string> = new Set(['expect', 'host', 'content-length', HOPS_HEADER]);

/** Relays requests until they end; one call per request. */
export class Relay {
  readonly #options: RelayOptions;
  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /**
   * @param awaitsContinue the client sends its body only when it is told to
   * @returns the id of the exchange, undefined when it is not recorded
   */
  relay(
    request: IncomingMessage,
    response: ServerResponse,
    destination: Destination,
    awaitsContinue = false,
  ): string | undefined {
    const begun = destination.session === undefined ? undefined : this.#options.recorder.begin(destination.session);
    new RelayedExchange(this.#options, request, response, destination, begun).start(awaitsContinue);
    return begun?.id;
  }
}

/** One request on its way. */
class RelayedExchange {
  readonly #options: RelayOptions;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #destination: Destination;
  readonly #begun: BegunExchange | undefined;
  readonly #rawHeaders: FlatHeaders;
  readonly #requestHeaders: readonly Header[];
  /** Absent when the exchange is not recorded. */
  readonly #requestBody: BodyCollector | undefined;
  readonly #requestArrivals: ArrivalTimes | undefined;
  #requestLength = 0;
  /** A request without a body is whole at once, although nobody reads to its end. */
  #mayBeCut = false;
  readonly #answer: AnswerRelay;
  #controller: Dispatcher.DispatchController | undefined;
  /** Runs while the client is to send more of its body. */
  #silence: NodeJS.Timeout | undefined;
  /** Bytes of the body that came since it began to run: a client that sends drop after drop says nothing, either. */
  #sinceSilence = 0;
  #over = false;

  constructor(
    options: RelayOptions,
    request: IncomingMessage,
    response: ServerResponse,
    destination: Destination,
    begun: BegunExchange | undefined,
  ) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    this.#destination = destination;
    this.#begun = begun;
    this.#rawHeaders = wholeCookie(request.rawHeaders);
    this.#requestHeaders = headerPairs(this.#rawHeaders);
    const { recorder } = options;
    const elapsed = begun && (() => recorder.elapsed(begun));
    const rewriting = destination.recordRewritten ? destination.rewriting : undefined;
    this.#requestBody = begun && recorder.collect({ direction: 'request', headers: this.#requestHeaders });
    this.#requestArrivals = elapsed && arrivalTimes(this.#requestHeaders, elapsed);
    this.#answer = new AnswerRelay(
      request,
      response,
      destination.rewriting,
      elapsed && { collect: (headers) => recorder.collect({ direction: 'response', headers, rewriting }), elapsed },
      (error) => this.#answerIsUnfit(error),
    );
  }

  start(awaitsContinue: boolean): void {
    // Of no effect where the exchange is over.
    this.#response.once('close', () => this.#clientClosed());
    const length = this.#declaredLength();
    if (length !== undefined && length > this.#options.requestBodyMax) return this.#refuseTooLarge();
    if (awaitsContinue) this.#response.writeContinue();
    this.#mayBeCut = this.#hasBody(length);
    if (!this.#mayBeCut) return this.#ask(null);
    this.#awaitBody();
    if (length !== undefined && length <= WHOLE_REQUEST_MAX) this.#askWithWholeBody();
    else this.#ask(this.#streamedBody());
  }

  #hasBody(declaredLength: number | undefined): boolean {
    if (declaredLength !== undefined) return declaredLength > 0;
    const { stream } = this.#request as { stream?: { endAfterHeaders?: boolean } };
    return stream
      ? stream.endAfterHeaders === false
      : headerValue(this.#requestHeaders, 'transfer-encoding') !== undefined;
  }

  #declaredLength(): number | undefined {
    const text = headerValue(this.#requestHeaders, 'content-length');
    return text === undefined ? undefined : Number(text);
  }

  /** A client that has begun a body has to go on with it, but where its server answers meanwhile: then they are talking. */
  #awaitBody(): void {
    const request = this.#request;
    const { clientTimeoutMs } = this.#options;
    this.#silence = setTimeout(() => {
      if (this.#over || request.complete || this.#answer.begun || isCall(this.#requestHeaders)) return;
      // Whoever does not take what has come is not waiting for the client.
      if (request.isPaused()) return this.#noteProgress();
      const came = this.#sinceSilence === 0 ? 'nothing' : `no more than ${this.#sinceSilence} bytes`;
      const message = `${came} of the request body came in ${clientTimeoutMs} ms (--client-timeout)`;
      // There is no rest to be read of what does not come.
      this.#response.once('finish', () => request.destroy());
      void this.#endWith('ERR_REQUEST_TIMEOUT', message);
    }, clientTimeoutMs).unref();
  }

  #askWithWholeBody(): void {
    const chunks: Buffer[] = [];
    this.#request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      this.#keep(chunk);
    });
    this.#request.once('end', () => this.#ask(Buffer.concat(chunks)));
  }

  /** The body as it comes; the client is held back while the upstream takes none of it. */
  #streamedBody(): Readable {
    const request = this.#request;
    const valve = new FlowValve(
      () => request.pause(),
      () => request.resume(),
    );
    let hasRoom: (() => void) | undefined;
    const body = new Readable({
      read: () => {
        hasRoom?.();
        hasRoom = undefined;
      },
    });
    request.on('data', (chunk: Buffer) => {
      // The upstream has answered or gone: the rest is read, so that the connection stays of use, and thrown away.
      if (body.destroyed) return;
      this.#keep(chunk, valve);
      if (this.#requestLength > this.#options.requestBodyMax) {
        this.#refuseTooLarge();
        body.destroy();
      } else if (!body.push(chunk)) {
        hasRoom ??= valve.close();
      }
    });
    request.once('end', () => {
      if (!body.destroyed) body.push(null);
    });
    return body;
  }

  /** Keeps a chunk for the recording; the client waits while the disk does not keep up. */
  #keep(chunk: Buffer, valve?: FlowValve): void {
    this.#requestLength += chunk.length;
    this.#sinceSilence += chunk.length;
    if (this.#sinceSilence > drippedBodyBytesMax) this.#noteProgress();
    this.#requestArrivals?.add(chunk);
    let open: (() => void) | undefined;
    if (this.#requestBody?.add(chunk, () => open?.()) === false) open = valve?.close();
  }

  /** The client goes on with its body: it has all the time again. */
  #noteProgress(): void {
    this.#sinceSilence = 0;
    this.#silence?.refresh();
  }

  #ask(body: Buffer | Readable | null): void {
    if (this.#over) return;
    const { upstream, target, host, rewriting } = this.#destination;
    const headers = passedOn(this.#rawHeaders, SET_OTHERWISE, (name, value) =>
      rewriting && (name === 'origin' || name === 'referer') && value.startsWith(rewriting.to)
        ? rewriting.from + value.slice(rewriting.to.length)
        : undefined,
    );
    const length = this.#declaredLength();
    headers.unshift('host', host);
    const method = this.#request.method ?? 'GET';
    const { hops, leave } = this.#options.loops.enter(`${method} ${upstream}${target}`, hopsOf(this.#request));
    this.#response.once('close', leave);
    if (hops !== undefined) headers.push(HOPS_HEADER, hops);
    if (body !== null && length !== undefined) headers.push('content-length', String(length));
    const { upstreams } = this.#options;
    if (this.#request.httpVersionMajor === 2) {
      // It says of a client that it takes trailers, which gRPC servers insist on.
      if (this.#request.headers.te !== undefined) headers.push('te', 'trailers');
      const trailers = () => this.#request.rawTrailers;
      const asked = { origin: upstream, path: target, method, headers, body, trailers };
      upstreams.http2For(upstream).dispatch(asked, this.#heard());
    } else {
      const asked = { origin: upstream, path: target, method: method as Dispatcher.HttpMethod, headers, body };
      upstreams.dispatcherFor(upstream).dispatch(asked, this.#heard());
    }
  }

  /** What happens as the answer comes. */
  #heard(): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller) => {
        this.#controller = controller;
        if (this.#over) controller.abort(new Error('the client has gone'));
      },
      onResponseStart: (controller, status, _headers, statusText) => {
        const flat = flatHeaders(controller.rawHeaders);
        if (status < 200) this.#answer.early(status, flat);
        else this.#answer.begin(status, statusText ?? '', flat, controller);
      },
      onResponseData: (_controller, chunk) => this.#answer.push(chunk),
      onResponseEnd: (controller) => void this.#finish(flatHeaders(controller.rawTrailers)),
      onResponseError: (_controller, error) => void this.#fail(error),
    };
  }

  async #finish(trailers: readonly string[]): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#answer.end(trailers, () => this.#record());
    // An upstream may answer before it has read all that the client still sends.
    discardRest(this.#request);
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#over) return;
    if (this.#request.destroyed && !this.#request.complete) return this.#clientClosed();
    const { code, message } = upstreamFailure(error, this.#destination.upstream);
    await this.#endWith(code, message);
  }

  /** Some of what HTTP/1.1 servers say has no form in HTTP/2. */
  #answerIsUnfit({ message: detail }: Error): void {
    const message = `${this.#destination.upstream} sent an answer that cannot be passed on (${detail})`;
    if (this.#over) answerWithError(this.#request, this.#response, 'ERR_UPSTREAM_MALFORMED', message);
    else void this.#endWith('ERR_UPSTREAM_MALFORMED', message);
  }

  #refuseTooLarge(): void {
    const limit = this.#options.requestBodyMax;
    void this.#endWith(
      'ERR_REQUEST_TOO_LARGE',
      `the request body is over the limit of ${limit} bytes (--request-body-max)`,
    );
  }

  #clientClosed(): void {
    clearTimeout(this.#silence);
    void this.#endWith('ERR_CLIENT_CLOSED', 'the client closed the connection before it had the whole answer');
  }

  /** Ends the exchange with an error: recorded, told to the client as far as that still can be, upstream let go. */
  async #endWith(code: ErrorCode, message: string): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error(message));
    await this.#record({ code, message });
    if (this.#answer.begun) {
      breakOff(this.#response);
      return;
    }
    answerWithError(this.#request, this.#response, code, message);
  }

  async #record(error?: { readonly code: ErrorCode; readonly message: string }): Promise<void> {
    if (this.#begun === undefined || this.#requestBody === undefined) return;
    const { origin, target, host, rewriting, recordRewritten } = this.#destination;
    const isRequestCut = this.#mayBeCut && !this.#request.complete && !error;
    const requestBody = await this.#requestBody.collected();
    const received = await this.#answer.received();
    const wire: WireExchange = {
      origin,
      method: this.#request.method ?? 'GET',
      target,
      httpVersion: this.#request.httpVersionMajor === 2 ? '2' : this.#request.httpVersion,
      requestHeaders: recordedRequestHeaders(this.#requestHeaders, host),
      requestBody,
      requestArrivals: this.#requestArrivals?.times,
      requestTrailers: headerPairs(this.#request.rawTrailers),
      isRequestCut,
      ...(received ? { response: received } : {}),
      ...(error ? { error } : {}),
      ...(rewriting && recordRewritten ? { rewriting } : {}),
    };
    await this.#options.recorder.finish(this.#begun, wire);
  }
}

/** A gRPC call may be silent for as long as it likes. */
function isCall(headers: readonly Header[]): boolean {
  return headerValue(headers, 'content-type')?.toLowerCase().startsWith('application/grpc') ?? false;
}
