import { expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { listingSites } from '../../../../src/core/compiler/entities/listings.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import { collectSites } from '../../../../src/core/compiler/entities/sites.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

function listings(lines: readonly Line[]): string[] {
  const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
  return [...listingSites(collectSites(calls, inferRoutes(calls)), calls)];
}

const shelf = (query: string, titles: readonly string[], more: object = {}): Line => ({
  ask: `GET /shelves/1${query}`,
  answer: { id: 1, books: titles.map((title) => ({ title })), ...more },
});

it('the answer of a thing whose lists follow the query tells of the query', () => {
  const lines = [shelf('', ['a', 'b']), shelf('?first=a', ['a']), shelf('', ['a', 'b']), shelf('?first=b', ['b'])];
  expect(listings(lines)).toEqual(['GET /shelves/{shelve} 200 $']);
});

it('what is shown on demand, or changed in between, tells of the thing', () => {
  const bare = (query: string): Line => ({ ask: `GET /shelves/1${query}`, answer: { id: 1 } });
  expect(listings([shelf('', ['a']), bare('?books=no'), shelf('', ['a']), bare('?books=no')])).toEqual([]);
  const write: Line = { ask: 'POST /books', body: {}, status: 201, answer: {} };
  expect(
    listings([shelf('', ['a']), write, shelf('?q=1', ['b']), write, shelf('', ['c']), write, shelf('?q=1', [])]),
  ).toEqual([]);
});
