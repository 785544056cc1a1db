// Random streams by name. A draw is a pure function of seed, stream name and counter, so a draw in one stream shifts nothing
// in another, and the state of a stream is one integer that the world keeps.
import { sha256 } from './hashing.ts';

/** Gives the numbers of one draw, in order. Mutable and short-lived; what lives on is the counter. */
export interface RandomStream {
  /** The next integer in 0 … 2^32 - 1. */
  next(): number;
}

/** The numbers of draw `counter` (0, 1, …) in the stream `name`. */
export function openStream(seed: number | string, name: string, counter: number): RandomStream {
  const digest = sha256(`${seed}\n${counter}\n${name}`);
  const view = new DataView(digest.buffer);
  let [a, b, c, count] = [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
  return {
    // sfc32: small, fast, passes PractRand; its state comes mixed out of the digest, so no warm-up is needed.
    next(): number {
      const sum = (((a + b) | 0) + count) | 0;
      count = (count + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return sum >>> 0;
    },
  };
}

/** An integer in 0 … bound - 1, every one equally likely. `bound` is 1 … 2^32. */
export function drawBelow(stream: RandomStream, bound: number): number {
  const fair = 0x100000000 - (0x100000000 % bound);
  for (;;) {
    const number = stream.next();
    if (number < fair) return number % bound;
  }
}

/** `length` characters out of `alphabet` (a text of single UTF-16 units, not empty). */
export function drawText(stream: RandomStream, alphabet: string, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += alphabet[drawBelow(stream, alphabet.length)];
  return text;
}

export function drawBytes(stream: RandomStream, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => drawBelow(stream, 256));
}
