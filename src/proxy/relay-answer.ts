// The way back of one exchange: passes an upstream's answer on to the client as it comes, keeps what is recorded of it,
// and holds its last byte until it is told that the exchange is safe.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Arrivals, Header, InterimResponse } from '../core/exchange/exchange.ts';
import { headerValue } from '../core/exchange/exchange.ts';
import { tellingReason } from '../core/exchange/reason-phrases.ts';
import { interimAnswersMax } from '../core/std/limits.ts';
import { arrivalTimes, type ArrivalTimes } from './arrival-times.ts';
import type { BodyCollector, CollectedBody } from './body-collector.ts';
import { breakOff } from './error-answer.ts';
import { FlowValve } from './flow-valve.ts';
import {
  bodyRewriting,
  rewriteHeader,
  rewriteStream,
  rewriteWhole,
  type BodyRewriting,
  type BodyStream,
  type LinkRewriting,
} from './link-rewriting.ts';
import { headerObject, headerPairs, passedOn, type FlatHeaders } from './wire-headers.ts';

/** An answer as far as it was received. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: CollectedBody;
  readonly trailers: readonly Header[];
  readonly reason: string | undefined;
  readonly interim: readonly InterimResponse[];
  readonly arrivals: Arrivals | undefined;
}

/** How an answer is recorded. */
export interface AnswerRecording {
  /** Collects the body of an answer with these headers. */
  collect(headers: readonly Header[]): BodyCollector;
  /** Milliseconds since the exchange began. */
  elapsed(): number;
}

const NOTHING: CollectedBody = { bytes: Buffer.alloc(0), length: 0 };
const NONE: ReadonlySet<string> = new Set();
const REWRITTEN_BODY: ReadonlySet<string> = new Set(['content-encoding', 'content-length']);

export class AnswerRelay {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #rewriting: LinkRewriting | undefined;
  readonly #recording: AnswerRecording | undefined;
  readonly #onUnfit: (error: Error) => void;
  #body: BodyCollector | undefined;
  #arrivals: ArrivalTimes | undefined;
  #status = 0;
  #statusText = '';
  readonly #interim: InterimResponse[] = [];
  #flat: FlatHeaders = [];
  #headers: readonly Header[] = [];
  #trailers: readonly Header[] = [];
  #valve: FlowValve | undefined;
  #mode: BodyRewriting = 'none';
  #stream: BodyStream | undefined;
  #streamDone: Promise<Error | undefined> | undefined;
  /** Declared length of the body that goes out; undefined when its end is marked otherwise. */
  #outgoingLength: number | undefined;
  #sent = 0;
  /** What is not yet released: the end of a body of declared length, or a whole body that is to be rewritten. */
  #held: Buffer[] = [];
  #head: 'waits' | 'sent' | 'unfit' = 'waits';
  #isFull = false;

  /** @param onUnfit told when the client's version of HTTP has no way to say what the upstream said; nothing was sent then */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    rewriting: LinkRewriting | undefined,
    recording: AnswerRecording | undefined,
    onUnfit: (error: Error) => void,
  ) {
    this.#request = request;
    this.#response = response;
    this.#rewriting = rewriting;
    this.#recording = recording;
    this.#onUnfit = onUnfit;
    response.sendDate = false;
  }

  /** True once the client was given a part of the answer. */
  get begun(): boolean {
    return this.#response.headersSent;
  }

  /** What there is of the answer; undefined before its head has come. */
  async received(): Promise<ReceivedAnswer | undefined> {
    if (this.#status === 0) return undefined;
    return {
      status: this.#status,
      headers: this.#headers,
      body: (await this.#body?.collected()) ?? NOTHING,
      trailers: this.#trailers,
      reason: tellingReason(this.#status, this.#statusText),
      interim: this.#interim,
      arrivals: this.#arrivals?.times,
    };
  }

  /** Passes an interim answer on; of those, clients act on 103 only. */
  early(status: number, flat: FlatHeaders): void {
    // An upstream may send any number of them.
    if (this.#recording && this.#interim.length < interimAnswersMax)
      this.#interim.push({ status, headers: headerPairs(flat) });
    if (status !== 103 || this.#request.httpVersion === '1.0') return;
    const links = headerPairs(this.#forClient(flat)).filter(([name]) => name === 'link');
    try {
      if (links.length > 0) this.#response.writeEarlyHints({ link: links.map(([, value]) => value) });
    } catch {
      // Links that are written in another way than Node takes; a hint may be left out.
    }
  }

  begin(status: number, statusText: string, flat: FlatHeaders, controller: Dispatcher.DispatchController): void {
    this.#status = status;
    this.#statusText = statusText;
    this.#flat = flat;
    this.#valve = new FlowValve(
      () => controller.pause(),
      () => controller.resume(),
    );
    this.#headers = headerPairs(flat);
    this.#body = this.#recording?.collect(this.#headers);
    this.#arrivals = this.#recording && arrivalTimes(this.#headers, this.#recording.elapsed);
    const length = headerValue(this.#headers, 'content-length');
    const hasBody = this.#request.method !== 'HEAD' && status !== 204 && status !== 304;
    this.#outgoingLength = hasBody && length !== undefined ? Number(length) : undefined;
    if (this.#rewriting && hasBody)
      this.#mode = bodyRewriting(status, (name) => headerValue(this.#headers, name), this.#outgoingLength);
    if (this.#mode === 'stream') this.#beginStream(this.#rewriting as LinkRewriting);
    // An empty answer is read whole with its head; otherwise the head may go first, together with what comes in this turn.
    if (this.#mode === 'whole' || !hasBody || this.#outgoingLength === 0) return;
    setImmediate(() => {
      if (this.#head !== 'waits' || this.#response.destroyed) return;
      if (!this.#sendHead(this.#flat)) return;
      // Node's own way to flush the head of HTTP/1.1 writes it as UTF-8.
      if (this.#request.httpVersionMajor === 1) this.#response.write('', 'latin1');
      else this.#response.flushHeaders();
    });
  }

  push(chunk: Buffer): void {
    this.#arrivals?.add(chunk);
    this.#keep(chunk);
    if (this.#mode === 'whole') this.#held.push(chunk);
    else if (this.#stream) this.#stream.push(chunk);
    else this.#release(chunk);
  }

  /** Keeps a chunk for the recording; the upstream waits while the disk does not keep up. */
  #keep(chunk: Buffer): void {
    let open: (() => void) | undefined;
    if (this.#body?.add(chunk, () => open?.()) === false) open = this.#valve?.close();
  }

  /** Ends the answer: `commit` has resolved before the client can have read the last byte. */
  async end(trailers: FlatHeaders, commit: () => Promise<void>): Promise<void> {
    this.#trailers = headerPairs(trailers);
    this.#stream?.end();
    const [broken] = await Promise.all([this.#streamDone, commit()]);
    if (this.#response.destroyed) return;
    if (broken) return breakOff(this.#response);
    if (this.#mode === 'whole') this.#rewriteHeld();
    if (!this.#sendHead(this.#flat)) return;
    if (this.#trailers.length > 0 && this.#outgoingLength === undefined) {
      const forClient = this.#forClient(trailers);
      this.#response.addTrailers(
        this.#request.httpVersionMajor === 2 ? headerObject(forClient) : (headerPairs(forClient) as [string, string][]),
      );
    }
    this.#response.end(this.#held.length > 0 ? Buffer.concat(this.#held) : undefined);
  }

  #beginStream(rewriting: LinkRewriting): void {
    this.#outgoingLength = undefined;
    this.#streamDone = new Promise((resolve) => {
      this.#stream = rewriteStream(
        headerValue(this.#headers, 'content-encoding'),
        rewriting,
        (chunk) => this.#release(chunk),
        resolve,
      );
    });
  }

  /** Lets a chunk go to the client, but not the one that completes a body of declared length. */
  #release(chunk: Buffer): void {
    this.#sent += chunk.length;
    if (this.#outgoingLength !== undefined && this.#sent >= this.#outgoingLength) {
      this.#held.push(chunk);
      return;
    }
    if (!this.#sendHead(this.#flat)) return;
    if (this.#response.write(chunk) || this.#response.destroyed || this.#isFull) return;
    this.#isFull = true;
    const open = this.#valve?.close();
    this.#response.once('drain', () => {
      this.#isFull = false;
      open?.();
    });
  }

  #rewriteHeld(): void {
    const bytes = Buffer.concat(this.#held);
    const rewritten = rewriteWhole(
      bytes,
      headerValue(this.#headers, 'content-encoding'),
      this.#rewriting as LinkRewriting,
    );
    if (rewritten === undefined) return;
    this.#held = [rewritten];
    this.#flat = [...passedOn(this.#flat, REWRITTEN_BODY), 'content-length', String(rewritten.length)];
  }

  /** Headers or trailers as the client is given them: without those of one connection, links leading to the recorder. */
  #forClient(flat: FlatHeaders, without: ReadonlySet<string> = NONE): string[] {
    const rewriting = this.#rewriting;
    return passedOn(flat, without, (name, value) => (rewriting ? rewriteHeader(name, value, rewriting) : undefined));
  }

  /** @returns false when the client cannot be given it */
  #sendHead(flat: FlatHeaders): boolean {
    if (this.#head !== 'waits') return this.#head === 'sent';
    try {
      this.#writeHead(this.#forClient(flat, this.#mode === 'stream' ? REWRITTEN_BODY : NONE));
      this.#head = 'sent';
    } catch (error) {
      this.#head = 'unfit';
      for (const name of this.#response.getHeaderNames()) this.#response.removeHeader(name);
      this.#onUnfit(error as Error);
    }
    return this.#head === 'sent';
  }

  #writeHead(headers: string[]): void {
    if (this.#request.httpVersionMajor !== 1) {
      this.#response.writeHead(this.#status, headerObject(headers));
      return;
    }
    // Connections are kept without saying so, as HTTP/1.1 permits, unless the upstream says so.
    if (this.#response.shouldKeepAlive && headerValue(this.#headers, 'connection') === undefined) {
      this.#response.removeHeader('connection');
    }
    // It comes as text; on the wire it is the bytes that the upstream sent.
    this.#response.writeHead(this.#status, Buffer.from(this.#statusText).toString('latin1'), headers);
  }
}
