import { describe, expect, it } from 'vitest';
import { drawBelow, drawBytes, drawText, openStream } from '../../../src/core/std/prng.ts';

function numbers(seed: number | string, name: string, counter: number): readonly number[] {
  const stream = openStream(seed, name, counter);
  return Array.from({ length: 8 }, () => stream.next());
}

describe('a random stream', () => {
  it('gives the same numbers for the same seed, name and counter', () => {
    expect(numbers(1, 'issue.id', 3)).toEqual(numbers(1, 'issue.id', 3));
  });

  it('gives other numbers when any of them differs', () => {
    const seen = [
      numbers(1, 'a', 0),
      numbers(2, 'a', 0),
      numbers(1, 'b', 0),
      numbers(1, 'a', 1),
      numbers(1, '0\na', 1),
      numbers('1\n1', 'a', 1),
    ];
    expect(new Set(seen.map(String)).size).toBe(seen.length);
  });

  it('never changes between versions: logs of old episodes depend on it', () => {
    expect(drawText(openStream(42, 'note.token', 0), '0123456789abcdef', 12)).toBe('ff3b3b712e98');
  });

  it('draws every number below the bound about equally often', () => {
    const stream = openStream(7, 'dice', 0);
    const counts = new Array<number>(6).fill(0);
    for (let index = 0; index < 60_000; index += 1) {
      const face = drawBelow(stream, 6);
      counts[face] = (counts[face] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('draws from the whole range and from a range of one', () => {
    const stream = openStream(7, 'range', 0);
    expect(Math.max(...Array.from({ length: 1000 }, () => drawBelow(stream, 2 ** 32)))).toBeGreaterThan(2 ** 31);
    expect(drawBelow(stream, 1)).toBe(0);
  });

  it('draws texts and bytes of the length asked for', () => {
    const stream = openStream(7, 'text', 0);
    expect(drawText(stream, 'ab', 40)).toMatch(/^[ab]{40}$/);
    expect(drawText(stream, 'ab', 0)).toBe('');
    expect(drawBytes(stream, 16)).toHaveLength(16);
  });
});
