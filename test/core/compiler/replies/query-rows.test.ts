import { describe, expect, it } from 'vitest';
import {
  readPath,
  sameKeys,
  setScore,
  type Listing,
  type Row,
} from '../../../../src/core/compiler/replies/query-rows.ts';
import type { JsonObject } from '../../../../src/core/std/json.ts';
import { listing, row } from '../../../support/written-listing.ts';
import { analysed } from '../../../support/written-recording.ts';

const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
const evidence = analysed([
  { ask: 'GET /users', answer: [user(1), user(2)] },
  { ask: 'GET /users/1', answer: user(1) },
  { ask: 'GET /users/2', answer: user(2) },
]);

const read = (attributes: JsonObject, path: string): unknown => readPath(evidence, row('x', attributes), path);

describe('a path from a row', () => {
  it('leads through members', () => {
    expect(read({ a: { b: 1 } }, 'a.b')).toEqual([1]);
    expect(read({ a: { b: 1 } }, 'a.c')).toEqual([undefined]);
  });

  it('leads into lists, to all of their elements', () => {
    expect(read({ tags: ['red', 'big'] }, 'tags')).toEqual(['red', 'big']);
    expect(read({ parts: [{ n: 1 }, { n: 2 }] }, 'parts.n')).toEqual([1, 2]);
  });

  it('leads through refs to the entities behind them', () => {
    expect(read({ owner: { $ref: 'User', key: '2' } }, 'owner.login')).toEqual(['user2']);
    expect(read({ owners: [1, 2].map((id) => ({ $ref: 'User', key: String(id) })) }, 'owners.login')).toEqual([
      'user1',
      'user2',
    ]);
    expect(read({ owner: { $ref: 'User', key: '9' } }, 'owner.login')).toEqual([undefined]);
  });
});

describe('rows beside what a list showed', () => {
  const rows: Row[] = ['a', 'b', 'c'].map((key, at) => row(key, {}, at));
  const shows = (...shown: string[]): Listing => listing(rows, shown);

  it('are the same when keys and order are', () => {
    expect([sameKeys(rows, ['a', 'b', 'c']), sameKeys(rows, ['a', 'c', 'b']), sameKeys(rows, ['a', 'b'])]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('score best when they are exactly what is shown, worse the more they are, worst when one is lost', () => {
    const exact = setScore(shows('a', 'b'), rows.slice(0, 2));
    const more = setScore(shows('a', 'b'), rows);
    const lost = setScore(shows('a', 'b'), rows.slice(1));
    expect(exact).toBe(1);
    expect(more).toBeLessThan(exact);
    expect(lost).toBeLessThan(0);
  });
});
