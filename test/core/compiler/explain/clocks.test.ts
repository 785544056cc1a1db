import { describe, expect, it } from 'vitest';
import { clocks } from '../../../../src/core/compiler/explain/clocks.ts';
import type { Sample } from '../../../../src/core/compiler/explain/samples.ts';

const START = Date.UTC(2026, 0, 5, 10);
const answered = (minute: number, target: Sample['target']): Sample => {
  const from = START + minute * 60_000;
  return { sources: new Map(), target, from, until: from + 20 };
};
const at = (minute: number, seconds = 0): string => new Date(START + minute * 60_000 + seconds * 1000).toISOString();

describe('the clock', () => {
  it('explains times of the moment of the answer, in their format', () => {
    const samples = [answered(1, at(1)), answered(2, at(2)), answered(3, null)];
    const [now] = clocks(samples);
    expect(now?.text).toBe('now("iso-ms")');
    expect(samples.map((sample) => now?.holds(sample))).toEqual([true, true, false]);
  });

  it('explains times a fixed distance ahead that show often enough', () => {
    const samples = [1, 2, 3].map((minute) => answered(minute, at(minute, 3600)));
    const texts = (some: readonly Sample[]): string[] => clocks(some).map(({ text }) => text);
    expect(texts(samples)).toEqual(['now("iso-ms")', 'addSeconds(now("iso-ms"), 3600)']);
    expect(texts(samples.slice(1))).toEqual(['now("iso-ms")']);
    expect(clocks(samples).map((clock) => clock.holds(samples[0]!))).toEqual([false, true]);
  });

  it('has nothing to say of what is no time', () => {
    expect(clocks([answered(1, 'tea'), answered(2, undefined)])).toEqual([]);
  });
});
