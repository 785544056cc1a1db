// Collects the bytes of a body while they stream by, within a limit; beyond it only length and hash are kept.
import { createHash, type Hash } from 'node:crypto';

export interface CollectedBody {
  /** The whole body, or undefined when it was over the limit. */
  readonly bytes: Buffer | undefined;
  /** Bytes that went by. */
  readonly length: number;
  /** Hash of all bytes that went by, hexadecimal; only where they were not kept. */
  readonly sha256?: string;
}

export class BodyCollector {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #hash: Hash | undefined;

  /** @param limit bytes that are kept at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#hash === undefined) {
      this.#chunks.push(chunk);
      if (this.#length > this.#limit) this.#keepOnlyHash();
    } else {
      this.#hash.update(chunk);
    }
  }

  collected(): CollectedBody {
    if (this.#hash) return { bytes: undefined, length: this.#length, sha256: this.#hash.copy().digest('hex') };
    return { bytes: this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks), length: this.#length };
  }

  #keepOnlyHash(): void {
    this.#hash = createHash('sha256');
    for (const chunk of this.#chunks) this.#hash.update(chunk);
    this.#chunks = [];
  }
}

/** A body that is not kept, with the hash of the bytes that there are. */
export function withoutBytes(body: CollectedBody): CollectedBody & { readonly sha256: string } {
  const sha256 =
    body.sha256 ??
    createHash('sha256')
      .update(body.bytes ?? '')
      .digest('hex');
  return { bytes: undefined, length: body.length, sha256 };
}
