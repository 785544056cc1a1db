import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/core/recording/recording.ts';
import { createSessionBook, unusedName } from '../../../src/core/recording/session-book.ts';

function bookOf(earlier: readonly Session[], fresh: boolean) {
  const begun: Session[] = [];
  const book = createSessionBook({ earlier, defaultName: 'run', fresh, onNew: (session) => void begun.push(session) });
  return { book, begun };
}

describe('sessions', () => {
  it('begin with their first request, and go on in the world that others left unless they say otherwise', () => {
    const { book, begun } = bookOf([], false);
    expect([
      book.use('a', false),
      book.use(undefined, false),
      book.use('b', true),
      book.use('a', true),
      book.use('b', true),
    ]).toEqual(['a', 'run', 'b', 'a', 'b']);
    expect(begun).toEqual([
      { name: 'a', start: 'continues' },
      { name: 'run', start: 'continues' },
      { name: 'b', start: 'fresh' },
    ]);
  });

  it('of a run whose original was reset: the first one is fresh, later ones continue it', () => {
    const { book, begun } = bookOf([], true);
    book.use('a', false);
    book.use('b', false);
    expect(begun.map(({ start }) => start)).toEqual(['fresh', 'continues']);
  });

  it('of an earlier run go on under their name, but fresh ones get another', () => {
    const earlier: readonly Session[] = [
      { name: 'a', start: 'continues' },
      { name: 'a~2', start: 'fresh' },
    ];
    const { book, begun } = bookOf(earlier, false);
    expect([book.use('a', false), bookOf(earlier, false).book.use('a', true)]).toEqual(['a', 'a~3']);
    expect(begun).toEqual([]);
  });

  it('have names that are not taken', () => {
    expect(unusedName('a', new Set())).toBe('a');
    expect(unusedName('a', new Set(['a', 'a~2']))).toBe('a~3');
  });
});
