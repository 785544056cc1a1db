// Seeded draws. A service is built from one die, makes its ids with another and is driven by a third, so that each can be
// varied while the others stay.
import { drawBelow, drawText, openStream, type RandomStream } from '../../src/core/std/prng.ts';

export class Dice {
  private readonly stream: RandomStream;

  constructor(seed: number | string) {
    this.stream = openStream(seed, 'gym', 0);
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return drawBelow(this.stream, bound);
  }

  chance(share: number): boolean {
    return this.below(1_000_000) < share * 1_000_000;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** `count` elements in random order, fewer when there are fewer. */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    return Array.from({ length: Math.min(count, list.length) }, () => rest.splice(this.below(rest.length), 1)[0] as T);
  }

  /** An element with a probability in proportion to its weight. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    const total = list.reduce((sum, { weight }) => sum + weight, 0);
    let rest = (this.below(1_000_000) / 1_000_000) * total;
    return list.find(({ weight }) => (rest -= weight) < 0) ?? (list.at(-1) as T);
  }

  text(length: number, alphabet = '0123456789abcdef'): string {
    return drawText(this.stream, alphabet, length);
  }
}
