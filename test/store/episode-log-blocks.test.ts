import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinLine } from '../../src/core/episode/log-line.ts';
import { episodesIn, linesIn, packBlocks, unpackBlock, type PlacedLine } from '../../src/store/episode-log-blocks.ts';

const line = fc.oneof(
  fc.record({ text: fc.string() }),
  fc.record({
    text: fc.constant('{"body":{"text":""}}'),
    body: fc.string({ maxLength: 200 }),
    bodyAt: fc.constant(16),
  }),
);
const placed = fc.array(fc.record({ episode: fc.integer({ min: 1, max: 4 }), line }), { maxLength: 30 });

describe('blocks of log lines', () => {
  it('give back every line of every episode in order', () => {
    fc.assert(
      fc.property(placed, (lines: readonly PlacedLine[]) => {
        const blocks = packBlocks(lines);
        expect(blocks.flatMap(unpackBlock)).toEqual(lines);
        for (const episode of [1, 2, 3, 4]) {
          const own = lines.filter((one) => one.episode === episode).map((one) => joinLine(one.line));
          expect(blocks.flatMap((block) => linesIn(block, episode))).toEqual(own);
          expect(blocks.some((block) => episodesIn(block).has(episode))).toBe(own.length > 0);
        }
      }),
    );
  });

  it('are of bounded length, but for a line that is longer', () => {
    const long = { episode: 1, line: { text: 'x'.repeat(20_000) } };
    const longer = { episode: 2, line: { text: 'x'.repeat(100_000) } };
    expect(packBlocks([long, long, longer, long]).map(({ text }) => text.length)).toEqual([
      20_000, 20_000, 100_000, 20_000,
    ]);
    expect(packBlocks([])).toEqual([]);
  });
});
