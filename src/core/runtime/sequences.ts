// How far the generators of a world have come: last value or count of draws, by generator and scope. Immutable; the hash of
// all of it follows each change without looking at the rest.
import { PersistentMap } from '../std/persistent-map.ts';
import { addHash, hashText, subtractHash, ZERO_HASH, type Hash } from './world-hash.ts';

export class Sequences {
  static readonly NONE = new Sequences(PersistentMap.empty<number>(), ZERO_HASH);
  /** Sum of the hashes of its entries. */
  readonly hash: Hash;
  readonly #values: PersistentMap<number>;

  private constructor(values: PersistentMap<number>, hash: Hash) {
    this.#values = values;
    this.hash = hash;
  }

  get(stream: string): number | undefined {
    return this.#values.get(stream);
  }

  with(stream: string, value: number): Sequences {
    const before = this.#values.get(stream);
    const rest = before === undefined ? this.hash : subtractHash(this.hash, hashEntry(stream, before));
    return new Sequences(this.#values.set(stream, value), addHash(rest, hashEntry(stream, value)));
  }
}

function hashEntry(stream: string, value: number): Hash {
  return hashText(`${stream}\n${value}`);
}
