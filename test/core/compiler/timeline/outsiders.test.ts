import { describe, expect, it } from 'vitest';
import { analysed, type Line } from '../../../support/written-recording.ts';

const note = (id: number) => ({ id, text: `text ${id}` });
const list = (...ids: readonly number[]): Line => ({ ask: 'GET /notes', answer: ids.map(note) });
const make = (id: number): Line => ({
  ask: 'POST /notes',
  body: { text: `text ${id}` },
  status: 201,
  answer: note(id),
});

/** Keys of notes that are believed to have been there from the beginning. */
const seeds = (lines: readonly Line[]): readonly string[] =>
  analysed(lines)
    .timeline.lives.filter(({ origin }) => origin === 'seed')
    .map(({ key }) => key);

describe('what a list shows', () => {
  it('was not there from the beginning when the same list did not show it before', () => {
    expect(seeds([list(3), make(5), list(3, 5), list(3, 5, 9)])).toEqual(['3']);
    expect(seeds([list(), list(9)])).toEqual([]);
  });

  it('was there from the beginning when nobody asked for just that list before', () => {
    expect(seeds([list(3), { ask: 'GET /notes?all=yes', answer: [note(3), note(9)] }])).toEqual(['3', '9']);
  });

  it('may have been cut off before, where the list was as long as it ever is', () => {
    expect(seeds([list(3, 4), { ask: 'DELETE /notes/3', status: 204 }, list(4, 9)])).toEqual(['3', '4', '9']);
  });

  it('may have been brought there by what was written to it', () => {
    const open: Line = { ask: 'PATCH /notes/9', body: { open: true }, status: 204 };
    const get: Line = { ask: 'GET /notes/3', answer: note(3) };
    expect(seeds([get, list(3), open, list(3, 9)])).toEqual(['3', '9']);
    expect(seeds([get, list(3), list(3, 9)])).toEqual(['3']);
  });
});

describe('of several clients, what one was not shown', () => {
  const as = (token: string, line: Line): Line => ({ ...line, headers: { authorization: `Bearer ${token}` } });

  it('may be hidden from it', () => {
    expect(seeds([as('a', list(3)), as('b', list(3, 9)), as('a', list(3))])).toEqual(['3', '9']);
  });

  it('was not there where they are shown the same', () => {
    expect(seeds([as('a', list(3)), as('b', list(3)), as('b', list(3, 9))])).toEqual(['3']);
  });
});
