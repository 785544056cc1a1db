// Collects a body while it streams by: short ones in memory, longer ones into the recording as they come, and of the
// longest only length and hash.
import { createHash, type Hash } from 'node:crypto';
import type { BodySpool, SpooledBody } from './body-spool.ts';

export interface CollectedBody {
  /** The whole body as it went by; undefined when it was too long to be held. */
  readonly bytes?: Buffer | undefined;
  /** The body where it was stored as it came. */
  readonly spooled?: SpooledBody;
  /** How often what kind of secret was replaced in it while it was stored. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Why the body is not kept; undefined when it is. */
  readonly reason?: string;
  /** Bytes that went by. */
  readonly length: number;
  /** Hash of all bytes that went by, hexadecimal; only where they were not held. */
  readonly sha256?: string;
}

export interface BodyCollectorOptions {
  /** Bytes that are held in memory. */
  readonly heldMax: number;
  /** Bytes that are kept at all. */
  readonly bodyMax: number;
  /** Begins to store a body that cannot be held; undefined when that would be in vain. */
  readonly spool: () => BodySpool | undefined;
}

/** Chunks that are held as they came; of a body that comes in drops, each would cost many times its bytes. */
const SINGLE_CHUNKS_MAX = 256;

export class BodyCollector {
  readonly #options: BodyCollectorOptions;
  readonly #chunks: Buffer[] = [];
  /** Chunks after those that are one already. */
  readonly #latest: Buffer[] = [];
  #length = 0;
  #hash: Hash | undefined;
  #spool: BodySpool | undefined;

  constructor(options: BodyCollectorOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Takes what comes next.
   * @returns false when the source is to wait; `room` is then called once
   */
  add(chunk: Buffer, room: () => void): boolean {
    const { heldMax, bodyMax } = this.#options;
    this.#length += chunk.length;
    if (this.#length > bodyMax) this.#spool?.abandon(tooLong(bodyMax));
    if (this.#hash !== undefined) {
      this.#hash.update(chunk);
      return this.#spool?.push(chunk, room) ?? true;
    }
    this.#latest.push(chunk);
    if (this.#latest.length >= SINGLE_CHUNKS_MAX) this.#chunks.push(Buffer.concat(this.#latest.splice(0)));
    return this.#length > Math.min(heldMax, bodyMax) ? this.#letGo(room) : true;
  }

  /** What there is of the body; resolves once what was stored as it came is committed. */
  async collected(): Promise<CollectedBody> {
    const length = this.#length;
    if (this.#hash === undefined) {
      const chunks = [...this.#chunks, ...this.#latest];
      return { bytes: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), length };
    }
    const sha256 = this.#hash.copy().digest('hex');
    const spool = this.#spool;
    if (spool === undefined) return { reason: tooLong(this.#options.bodyMax), length, sha256 };
    const result = await spool.end();
    return 'body' in result
      ? { spooled: result.body, counts: spool.counts, length, sha256 }
      : { reason: result.reason, length, sha256 };
  }

  #letGo(room: () => void): boolean {
    const chunks = [...this.#chunks.splice(0), ...this.#latest.splice(0)];
    this.#hash = createHash('sha256');
    if (this.#length <= this.#options.bodyMax) this.#spool = this.#options.spool();
    let hasRoom = true;
    for (const chunk of chunks) {
      this.#hash.update(chunk);
      hasRoom = this.#spool?.push(chunk, room) ?? true;
    }
    return hasRoom;
  }
}

function tooLong(bodyMax: number): string {
  return `it is over ${bodyMax} bytes`;
}
