// Files stay small enough to be read at once.
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-tree.ts';

const LINES_MAX = 500;
const MEDIAN_MAX = 200;

describe('source files', () => {
  const files = [...sourceFiles('src', /\.ts$/), ...sourceFiles('test', /\.ts$/)];

  it(`have at most ${LINES_MAX} lines`, () => {
    expect(
      files.filter(({ lineCount }) => lineCount > LINES_MAX).map(({ path, lineCount }) => `${path}: ${lineCount}`),
    ).toEqual([]);
  });

  it(`are typically under ${MEDIAN_MAX} lines`, () => {
    const counts = sourceFiles('src', /\.ts$/)
      .map(({ lineCount }) => lineCount)
      .sort((a, b) => a - b);
    expect(counts[Math.floor(counts.length / 2)]).toBeLessThan(MEDIAN_MAX);
  });

  it('begin with a comment that says what they are', () => {
    const mute = sourceFiles('src', /\.ts$/).filter(({ text }) => !text.startsWith('//') && !text.startsWith('/*'));
    expect(mute.map(({ path }) => path)).toEqual([]);
  });
});
