import { describe, expect, it } from 'vitest';
import { JsonComparison, type JsonMoment } from '../../../src/core/fidelity/compare-json.ts';
import { Correspondence } from '../../../src/core/fidelity/correspondence.ts';
import { parseJson, type Json } from '../../../src/core/std/json.ts';

const AROUND = Date.UTC(2026, 0, 5, 9);
const ID = ['id_Zj69Oo3ZlqnK', 'id_m4Qx7rT1yu0P', 'id_b8Wd2nF6ks3L'] as const;
const OTHER = ['id_q0PaX81LmVb2', 'id_77aa88bb99cc', 'id_5tGb6yHn7uJm'] as const;

function compare(expected: Json, actual: Json, more: Partial<JsonMoment> = {}) {
  const comparison = new JsonComparison({ correspondence: new Correspondence(), aroundMs: AROUND, ...more });
  return { agree: comparison.agree(expected, actual, '$'), differences: comparison.differences };
}

describe('JSON values agree', () => {
  it('up to made-up ids and times, wherever they stand', () => {
    const expected = { id: ID[0], at: '2026-01-05T09:00:00Z', link: `/x/${ID[0]}`, list: [{ owner: ID[0], n: 2 }] };
    const actual = {
      id: OTHER[0],
      at: '2026-01-05T09:00:03Z',
      link: `/x/${OTHER[0]}`,
      list: [{ owner: OTHER[0], n: 2 }],
    };
    expect(compare(expected, actual)).toEqual({ agree: true, differences: [] });
  });

  it('up to large ids that are numbers, but not small ones', () => {
    expect(compare({ id: 81234567, ref_id: 81234567 }, { id: 99999999, ref_id: 99999999 }).agree).toBe(true);
    expect(compare({ id: 81234567, ref_id: 81234567 }, { id: 99999999, ref_id: 99999998 }).agree).toBe(false);
    expect(compare({ id: 57 }, { id: 56 }).agree).toBe(false);
    expect(compare({ bytes: 81234567 }, { bytes: 99999999 }).agree).toBe(false);
  });

  it('in ids without a digit, where an id stands', () => {
    const [there, here] = ['price_YvdYevrZQyfwrnqx', 'price_VtHsMilalrVOnvBk'];
    expect(compare({ id: there, url: `/p/${there}` }, { id: here, url: `/p/${here}` }).agree).toBe(true);
    expect(compare({ name: 'createdByUserName' }, { name: 'updatedByUserName' }).agree).toBe(false);
  });

  it('in number, however it is written', () => {
    expect(compare(parseJson('[1.0, 1e2]'), parseJson('[1, 100]')).agree).toBe(true);
  });

  it('with keys that are made up', () => {
    expect(
      compare({ [ID[0]]: { n: 1 }, [ID[1]]: { n: 2 } }, { [OTHER[0]]: { n: 1 }, [OTHER[1]]: { n: 2 } }).agree,
    ).toBe(true);
  });

  it('in whatever order the members of objects stand', () => {
    expect(compare({ a: 1, b: 2 }, { b: 2, a: 1 }).agree).toBe(true);
  });
});

describe('every difference is named', () => {
  it('with its path and both values', () => {
    const { agree, differences } = compare(
      { name: 'a', tags: ['x', 'y'], gone: 1, deep: { state: 'open' } },
      { name: 'b', tags: ['x'], deep: { state: 'shut' }, more: null },
    );
    expect(agree).toBe(false);
    expect(differences).toEqual([
      { path: '$.gone', expected: '1', actual: 'nothing' },
      { path: '$.more', expected: 'nothing', actual: 'null' },
      { path: '$.name', expected: '"a"', actual: '"b"' },
      { path: '$.tags', expected: '2 elements', actual: '1 elements' },
      { path: '$.deep.state', expected: '"open"', actual: '"shut"' },
    ]);
  });

  it.each<[Json, Json]>([
    [1, '1'],
    [null, 0],
    [false, null],
    [[], {}],
    ['', null],
  ])('%j is not %j', (expected, actual) => expect(compare(expected, actual).agree).toBe(false));

  it('shortened, and only so many', () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`k${i}`, 'x'.repeat(500)]));
    const { differences } = compare(many, Object.fromEntries(Object.keys(many).map((key) => [key, 1])));
    expect(differences.length).toBeLessThanOrEqual(20);
    expect(differences[0]?.expected.length).toBeLessThanOrEqual(120);
  });
});

describe('moments of one object', () => {
  const at = (ms: number) => new Date(AROUND + ms).toISOString();

  it('keep their order', () => {
    const created = { created_at: at(0), updated_at: at(0) };
    expect(compare(created, { created_at: at(5000), updated_at: at(5000) }).agree).toBe(true);
    expect(compare(created, { created_at: at(5000), updated_at: at(9000) }).agree).toBe(false);
    const updated = { created_at: at(0), updated_at: at(700) };
    expect(compare(updated, { created_at: at(5000), updated_at: at(9000) }).agree).toBe(true);
    expect(compare(updated, { created_at: at(9000), updated_at: at(5000) }).agree).toBe(false);
  });
});

describe('lists', () => {
  const expected = {
    items: [
      { id: ID[1], n: 1 },
      { id: ID[0], n: 2 },
    ],
  };
  const actual = {
    items: [
      { id: OTHER[0], n: 2 },
      { id: OTHER[1], n: 1 },
    ],
  };

  it('agree in order', () => {
    expect(compare(expected, actual).agree).toBe(false);
  });

  it('agree in any order where the original sorts by ids that it made up', () => {
    expect(compare(expected, actual, { unordered: new Set(['$.items']) })).toEqual({ agree: true, differences: [] });
    const wrong = {
      items: [
        { id: OTHER[0], n: 2 },
        { id: OTHER[1], n: 3 },
      ],
    };
    expect(compare(expected, wrong, { unordered: new Set(['$.items']) }).agree).toBe(false);
  });
});

describe('what a client of the clone holds', () => {
  it('is known also where the answer was wrong', () => {
    const correspondence = new Correspondence();
    const comparison = new JsonComparison({ correspondence, aroundMs: AROUND, noun: 'issues' });
    comparison.agree({ id: 57, key: ID[0], state: 'open' }, { id: 56, key: `${OTHER[0]}x`, state: 'shut' }, '$');
    expect(correspondence.heldFor(ID[0])).toBe(`${OTHER[0]}x`);
    expect(correspondence.heldNumber('issues', '57')).toBe('56');
    expect(correspondence.heldFor('open')).toBeUndefined();
  });
});
