// A body that is too long to be held: content encodings undone, redacted and stored as it comes.
import type { Header } from '../core/exchange/exchange.ts';
import { headerValue } from '../core/exchange/exchange.ts';
import type { BodyRedaction } from '../core/recording/redaction-stream.ts';
import { contentDecoder, contentEncodings, type ContentDecoder } from './content-encoding.ts';

/** A body that is in the recording. */
export interface SpooledBody {
  readonly sha256: string;
  readonly length: number;
}

/** Where the bytes go. */
export interface BodySink {
  write(bytes: Buffer): Promise<void>;
  end(): Promise<SpooledBody>;
  discard(): void;
}

export interface BodySpoolOptions {
  readonly headers: readonly Header[];
  readonly sink: BodySink;
  readonly redaction: BodyRedaction;
  /** Bytes, encodings undone, beyond which the body is not kept after all. */
  readonly bodyMax: number;
  /** Changes decoded text (one character a byte) before it is redacted. */
  readonly rewriting?: { push(text: string): string; end(): string };
}

/** What became of a body: it is in the recording, or why it is not. */
export type SpoolResult = { readonly body: SpooledBody } | { readonly reason: string };

/** Bytes that wait for the disk, beyond which the source is held back. */
const WAITING_MAX = 1024 * 1024;

export class BodySpool {
  readonly #options: BodySpoolOptions;
  readonly #decoder: ContentDecoder | undefined;
  #reason: string | undefined;
  #decodedLength = 0;
  #waiting = 0;
  #written: Promise<void> = Promise.resolve();
  #room: (() => void) | undefined;

  constructor(options: BodySpoolOptions) {
    this.#options = options;
    const encodings = contentEncodings(headerValue(options.headers, 'content-encoding'));
    this.#decoder = contentDecoder(encodings, (bytes) => this.#decoded(bytes));
    if (this.#decoder === undefined) this.#giveUp('its content encoding is unknown');
  }

  /** How often what kind of secret was replaced in it so far. */
  get counts(): Readonly<Record<string, number>> {
    return this.#options.redaction.counts();
  }

  /**
   * Takes what comes next.
   * @returns false when the source is to wait; `room` is then called once
   */
  push(chunk: Buffer, room: () => void): boolean {
    if (this.#reason !== undefined) return true;
    this.#waiting += chunk.length;
    const decoder = this.#decoder as ContentDecoder;
    this.#written = this.#written
      .then(() => (this.#reason === undefined ? decoder.push(chunk) : undefined))
      .catch((error: Error) => this.#giveUp(error.message))
      .then(() => this.#taken(chunk.length));
    if (this.#waiting <= WAITING_MAX) return true;
    this.#room = room;
    return false;
  }

  /** Ends the body: resolves once it is committed, or is known not to be kept; never rejects. */
  async end(): Promise<SpoolResult> {
    const { sink, redaction, rewriting } = this.#options;
    await this.#written;
    try {
      if (this.#reason === undefined) await this.#decoder?.end();
      if (this.#reason === undefined) {
        const last = rewriting ? redaction.push(rewriting.end()) : '';
        await sink.write(Buffer.from(last + redaction.end(), 'latin1'));
        return { body: await sink.end() };
      }
    } catch (error) {
      this.#giveUp((error as Error).message);
    }
    return { reason: this.#reason as string };
  }

  /** Keeps nothing of the body after all. */
  abandon(reason: string): void {
    this.#giveUp(reason);
  }

  async #decoded(bytes: Buffer): Promise<void> {
    const { sink, redaction, rewriting, bodyMax } = this.#options;
    this.#decodedLength += bytes.length;
    if (this.#decodedLength > bodyMax) throw new Error(`it is over ${bodyMax} bytes`);
    const text = bytes.toString('latin1');
    const redacted = redaction.push(rewriting ? rewriting.push(text) : text);
    if (redacted !== '') await sink.write(Buffer.from(redacted, 'latin1'));
  }

  #taken(length: number): void {
    this.#waiting -= length;
    if (this.#waiting > WAITING_MAX / 2) return;
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }

  #giveUp(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#options.sink.discard();
  }
}
