import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareRows,
  compareValues,
  fitOrder,
  keysFor,
  ordered,
  saysDown,
  type SortRule,
} from '../../../../src/core/compiler/replies/query-order.ts';
import type { Listing, Row } from '../../../../src/core/compiler/replies/query-rows.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { iso, mistakes, ok, toy, type MakeToy } from '../../../support/toy-recording.ts';
import { collection, walk, type Item, type Walk } from '../../../support/toy-services.ts';
import { listing, rowsOf } from '../../../support/written-listing.ts';

const read = (row: Row, path: string): readonly (Json | undefined)[] => [row.attributes[path]];
const rows = rowsOf({
  n1: { title: 'pear', size: 7, made: '2026-01-01' },
  n2: { title: 'apple', size: 12, made: '2026-01-01' },
  n3: { title: 'fig', size: 3, made: '2026-01-02' },
  n4: { title: 'lime', size: 7, made: '2026-01-03' },
  n5: { title: 'cherry', size: 9, made: '2026-01-03' },
});
const shows = (keys: string, params: Record<string, string> = {}): Listing => listing(rows, keys.split(' '), params);
const fit = (names: string[], ...listings: Listing[]): SortRule => fitOrder(listings, names, read);

describe('the order of lists', () => {
  it('is that of insertion where nothing speaks against it, whatever else fits short lists by chance', () => {
    const short = rowsOf({ a: { x: 1, y: 'b', z: 3 }, b: { x: 2, y: 'c', z: 5 }, c: { x: 3, y: 'd', z: 9 } });
    expect(fitOrder([listing(short, ['a', 'b', 'c'])], [], read).base).toEqual([]);
  });

  it('may be the reverse of insertion', () => {
    expect(fit([], shows('n5 n4 n3 n2 n1')).base).toEqual([{ path: '$rank', descending: true }]);
  });

  it('is by an attribute that every list agrees with', () => {
    expect(fit([], shows('n2 n5 n3 n4 n1'), shows('n5 n4 n1')).base).toEqual([{ path: 'title', descending: false }]);
  });

  it('of equal times falls back to insertion', () => {
    expect(fit([], shows('n5 n4 n3 n2 n1')).base).toEqual([{ path: '$rank', descending: true }]);
    const rule = fit([], shows('n4 n5 n3 n1 n2'));
    expect(ordered(shows(''), rule, read).map(({ life }) => life.key)).toEqual(['n4', 'n5', 'n3', 'n1', 'n2']);
  });
});

describe('a sort parameter', () => {
  it('may name the attribute, and another one the direction', () => {
    const lists = [
      shows('n1 n2 n3 n4 n5'),
      shows('n3 n1 n4 n5 n2', { sort: 'size', dir: 'asc' }),
      shows('n2 n5 n3 n4 n1', { sort: 'title', dir: 'asc' }),
      shows('n1 n4 n3 n5 n2', { sort: 'title', dir: 'desc' }),
    ];
    expect(fit(['sort', 'dir'], ...lists).parameter).toMatchObject({ by: 'sort', direction: 'dir', open: true });
  });

  it('may use a word of its own for an attribute', () => {
    const lists = [
      shows('n1 n2 n3 n4 n5'),
      shows('n3 n1 n4 n5 n2', { order: 'weight' }),
      shows('n3 n5 n2', { order: 'weight' }),
    ];
    expect(fit(['order'], ...lists).parameter).toEqual({
      by: 'order',
      direction: undefined,
      fields: { weight: 'size' },
      open: false,
      descendingDefault: false,
    });
  });

  it('goes by what a reference stands for', () => {
    const referring = rows.map((each, at) => ({
      ...each,
      attributes: { ...each.attributes, owner: { $ref: 'Owner', key: String(9 - at) } },
    }));
    const readBehind: typeof read = (each, path) =>
      path === 'owner.id' ? [Number((each.attributes['owner'] as { key: string }).key)] : read(each, path);
    const lists = ['n5 n4 n3 n2 n1', 'n4 n3 n2', 'n5 n3 n1'].map((shown) => ({
      ...shows(shown, { sort: 'owner,id:desc' }),
      rows: referring,
    }));
    const rule = fitOrder([shows('n1 n2 n3 n4 n5'), shows('n1 n3 n5'), ...lists], ['sort'], readBehind);
    expect(rule.parameter?.fields).toEqual({ owner: 'owner.id' });
  });

  it('is none where it was never sent', () => {
    expect(fit([], shows('n1 n2 n3')).parameter).toBeUndefined();
  });

  it('takes several attributes, each with its direction', () => {
    const rule: SortRule = {
      base: [],
      parameter: { by: 'sort', direction: undefined, fields: {}, open: true, descendingDefault: false },
    };
    expect(keysFor(shows('', { sort: '-made,size' }), rule)).toEqual([
      { path: 'made', descending: true },
      { path: 'size', descending: false },
    ]);
    expect(keysFor(shows('', { sort: 'size:desc' }), rule)).toEqual([{ path: 'size', descending: true }]);
    expect(keysFor(shows(''), rule)).toEqual([]);
  });

  it('leaves ties to the order of the list without it', () => {
    const rule: SortRule = {
      base: [{ path: '$rank', descending: true }],
      parameter: { by: 'sort', direction: undefined, fields: { size: 'size' }, open: false, descendingDefault: false },
    };
    expect(ordered(shows('', { sort: 'size' }), rule, read).map(({ life }) => life.key)).toEqual([
      'n3',
      'n4',
      'n1',
      'n5',
      'n2',
    ]);
  });
});

describe('a direction', () => {
  it('is down by the usual words', () => {
    expect(['desc', 'DESC', 'descending', '-1', 'true'].map(saysDown)).toEqual(Array(5).fill(true));
    expect(['asc', '', 'up', null, undefined].map(saysDown)).toEqual(Array(5).fill(false));
  });
});

describe('the comparison of values', () => {
  it('orders numbers by size, text by code unit, and nothing last', () => {
    expect(compareValues(9, 10)).toBeLessThan(0);
    expect(compareValues('b', 'Z')).toBeGreaterThan(0);
    expect(compareValues(null, 1)).toBeGreaterThan(0);
    expect(compareValues(undefined, null)).toBe(0);
  });

  it('is an order: antisymmetric, and transitive over one kind', () => {
    const value = fc.oneof(fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('never leaves two rows tied', () => {
    expect(compareRows(rows[0]!, rows[3]!, [{ path: 'size', descending: false }], read)).toBeLessThan(0);
    expect(compareRows(rows[0]!, rows[3]!, [{ path: 'size', descending: true }], read)).toBeLessThan(0);
  });
});

describe('a clone', () => {
  const sorted = (items: readonly Item[], by: string, down: boolean): Item[] =>
    items
      .map((item, at) => ({ item, at }))
      .sort((a, b) => {
        const [x, y] = [a.item[by], b.item[by]];
        const sign = x < y ? -1 : x > y ? 1 : 0;
        return (down ? -sign : sign) || a.at - b.at;
      })
      .map(({ item }) => item);

  it('lists the newest first, things of one second in order of insertion', () => {
    const second = (now: number): string => `${iso(now).slice(0, 19)}Z`;
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes', {
        make: (body, { now }) => ({ ...body, created_at: second(now) }),
      });
      return toy({ ...handlers, 'GET /notes': () => ok(sorted([...items.values()], 'created_at', true)) });
    };
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({ title: dice.word() }),
      change: (dice) => ({ title: dice.word() }),
    };
    expect(mistakes(makeToy, walk(plan, 71, 100), walk(plan, 72, 60), undefined, { stepMs: 250 })).toEqual([]);
  });

  it('sorts by what it is asked for, up or down', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'GET /notes': ({ query }) =>
          ok(
            query['sort'] === undefined
              ? [...items.values()]
              : sorted([...items.values()], query['sort'], query['direction'] === 'desc'),
          ),
      });
    };
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({ title: dice.word(), size: Math.floor(dice.throw() * 30) }),
      query: (dice) =>
        dice.pick([
          '',
          `?sort=${dice.pick(['title', 'size'])}`,
          `?sort=${dice.pick(['title', 'size'])}&direction=${dice.pick(['asc', 'desc'])}`,
        ]),
    };
    expect(mistakes(makeToy, walk(plan, 73, 160), walk(plan, 74, 60))).toEqual([]);
  });
});
