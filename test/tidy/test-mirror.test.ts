// Tests mirror src both ways, so that the test of a file and the file of a test are found without searching.
import { describe, expect, it } from 'vitest';
import { hasCode, sourceFiles } from '../support/source-tree.ts';

/** Files that are tested through others, each with the reason. This list may only shrink. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {};

/** Folders of test/ that cross modules and mirror nothing. */
const CROSSING = ['contract', 'determinism', 'simulation', 'e2e', 'tidy', 'docs', 'support', 'examples', 'fixtures'];

const src = sourceFiles('src', /\.ts$/);
const tests = sourceFiles('test', /\.test\.ts$/);
const testPaths = new Set(tests.map(({ path }) => path));

/** Tests that may cover a file: its own, or the one of the noun that its name continues (`router-trie` by `router`). */
function candidates(path: string): readonly string[] {
  const stem = path.replace(/^src\//, 'test/').replace(/\.ts$/, '');
  const folder = stem.slice(0, stem.lastIndexOf('/') + 1);
  const words = stem.slice(folder.length).split('-');
  return words.map((_word, index) => `${folder}${words.slice(0, words.length - index).join('-')}.test.ts`);
}

const untested = src.filter((file) => hasCode(file) && !candidates(file.path).some((test) => testPaths.has(test)));

describe('the mirror of src and test', () => {
  it('has a test for every file of src that holds code', () => {
    expect(untested.map(({ path }) => path).filter((path) => !(path in TESTED_ELSEWHERE))).toEqual([]);
  });

  it('makes no exception that is not needed', () => {
    const needed = new Set(untested.map(({ path }) => path));
    expect(Object.keys(TESTED_ELSEWHERE).filter((path) => !needed.has(path))).toEqual([]);
  });

  it('has a file of src for every test that does not cross modules', () => {
    const sources = new Set(src.map(({ path }) => path));
    const folders = new Set(src.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
    const orphans = tests.filter(({ path }) => {
      if (CROSSING.includes(path.split('/')[1] ?? '')) return false;
      const source = path.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '');
      // A test may also be that of a folder (compiler.test.ts of compiler/), or of a noun that names go on from (drift-check.ts).
      return (
        !sources.has(`${source}.ts`) &&
        !folders.has(source) &&
        !src.some(({ path: each }) => each.startsWith(`${source}-`))
      );
    });
    expect(orphans.map(({ path }) => path)).toEqual([]);
  });
});
