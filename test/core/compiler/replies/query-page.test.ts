import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitPage,
  isPageParameter,
  pageOf,
  placeOf,
  type PageRule,
} from '../../../../src/core/compiler/replies/query-page.ts';
import { pageOf as pageAtRuntime } from '../../../../src/core/runtime/paging.ts';
import type { Listing } from '../../../../src/core/compiler/replies/query-rows.ts';
import { mistakes, ok, toy, type MakeToy, type ToyAnswer } from '../../../support/toy-recording.ts';
import { collection, walk, type Item, type Walk } from '../../../support/toy-services.ts';
import { listing, rowsOf } from '../../../support/written-listing.ts';

const rows = rowsOf(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`n${at + 1}`, { size: at }])));
const asked = (params: Record<string, string>, from: number, to: number): Listing =>
  listing(
    rows,
    rows.slice(from, to).map(({ life }) => life.key),
    params,
  );
const fit = (names: string[], ...listings: Listing[]): PageRule['model'] | undefined => fitPage(listings, names)?.model;

describe('parameters of paging', () => {
  it('are told by their names', () => {
    const names = [
      'page',
      'per_page',
      'limit',
      'offset',
      '_start',
      '_end',
      'cursor',
      'starting_after',
      'sort',
      '_order',
      'direction',
      'page[number]',
      'page[size]',
    ];
    expect(names.filter((name) => !isPageParameter(name))).toEqual([]);
    expect(['state', 'q', 'owner', 'pages_read', 'filter[state]'].filter(isPageParameter)).toEqual([]);
  });
});

describe('the place of a page among all', () => {
  const styles: PageRule['model'][] = [
    { style: 'page', at: 'page', first: 0, size: 'size', sizeDefault: 5 },
    { style: 'page', at: 'page', size: 'size', sizeDefault: 4, sizeMax: 6 },
    { style: 'offset', at: 'skip', size: 'size', sizeDefault: 5 },
  ];
  const told = ['size', 'page', 'pages', 'offset', 'last', 'next', 'previous'];

  it('is what the runtime tells of it', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...styles),
        fc.nat(30),
        fc.option(fc.nat(9), { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        (model, count, at, size) => {
          const params = {
            ...(at === undefined ? {} : { [model.at ?? '']: String(at) }),
            ...(size === undefined ? {} : { size: String(size) }),
          };
          const all = rowsOf(Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, {}])));
          const list = pageAtRuntime(all as never, model, params);
          const expected = Object.fromEntries(told.flatMap((name) => (name in list ? [[name, list[name]]] : [])));
          expect(placeOf(listing(all, [], params), { model })).toEqual(expected);
        },
      ),
    ));

  it('is not told of lists by cursor, and of those that nothing divides', () => {
    expect(placeOf(asked({}, 0, 12), undefined)).toEqual({});
    expect(
      placeOf(asked({ after: 'n1' }, 1, 3), { model: { style: 'after', at: 'after', cursor: 'id', sizeDefault: 2 } }),
    ).toEqual({});
    expect(placeOf(asked({}, 0, 12), { model: { style: 'page', at: 'page' } })).toEqual({});
  });
});

describe('paging', () => {
  it('is by number and size, the first page being the first that was asked for', () => {
    expect(
      fit(
        ['page', 'per_page'],
        asked({ page: '1', per_page: '5' }, 0, 5),
        asked({ page: '2', per_page: '5' }, 5, 10),
        asked({ page: '3', per_page: '5' }, 10, 12),
      ),
    ).toMatchObject({ style: 'page', at: 'page', size: 'per_page', first: 1 });
    expect(
      fit(['page', 'size'], asked({ page: '0', size: '4' }, 0, 4), asked({ page: '1', size: '4' }, 4, 8)),
    ).toMatchObject({
      style: 'page',
      first: 0,
    });
  });

  it('stops at a size of its own where none is asked for', () => {
    expect(fit(['page'], asked({}, 0, 5), asked({ page: '2' }, 5, 10), asked({ page: '3' }, 10, 12))).toMatchObject({
      style: 'page',
      sizeDefault: 5,
    });
  });

  it('is by offset', () => {
    expect(
      fit(['offset', 'limit'], asked({ offset: '3', limit: '4' }, 3, 7), asked({ limit: '2' }, 0, 2)),
    ).toMatchObject({
      style: 'offset',
      at: 'offset',
      size: 'limit',
    });
  });

  it('is by range', () => {
    expect(
      fit(['_start', '_end'], asked({ _start: '3', _end: '7' }, 3, 7), asked({ _start: '1', _end: '3' }, 1, 3)),
    ).toEqual({
      style: 'range',
      at: '_start',
      size: '_end',
    });
  });

  it('is by the last element seen', () => {
    expect(
      fit(
        ['starting_after', 'limit'],
        asked({ limit: '3' }, 0, 3),
        asked({ starting_after: 'n3', limit: '3' }, 3, 6),
        asked({ starting_after: 'n6', limit: '3' }, 6, 9),
      ),
    ).toMatchObject({ style: 'after', at: 'starting_after', size: 'limit', cursor: 'id' });
  });

  it('is by the first element seen too, beside the last', () => {
    expect(
      fit(
        ['starting_after', 'ending_before', 'limit'],
        asked({ limit: '3' }, 0, 3),
        asked({ starting_after: 'n3', limit: '3' }, 3, 6),
        asked({ starting_after: 'n6', limit: '3' }, 6, 9),
        asked({ ending_before: 'n6', limit: '3' }, 2, 5),
        asked({ ending_before: 'n3', limit: '3' }, 0, 2),
      ),
    ).toMatchObject({ style: 'after', also: { style: 'before', at: 'ending_before', size: 'limit', cursor: 'id' } });
  });

  it('is none where every list is whole', () => {
    expect(fit(['page'], asked({}, 0, 12), asked({ page: '1' }, 0, 12))).toBeUndefined();
  });
});

describe('a page', () => {
  const keys = (params: Record<string, string>, model: PageRule['model']): string =>
    pageOf(asked(params, 0, 0), { model })
      .map(({ life }) => life.key)
      .join(' ');

  it('is a slice of the rows', () => {
    expect(keys({ page: '3' }, { style: 'page', at: 'page', first: 1, sizeDefault: 5 })).toBe('n11 n12');
    expect(keys({ page: '9' }, { style: 'page', at: 'page', first: 1, sizeDefault: 5 })).toBe('');
    expect(keys({ skip: '10' }, { style: 'offset', at: 'skip' })).toBe('n11 n12');
    expect(keys({ from: '2', to: '4' }, { style: 'range', at: 'from', size: 'to' })).toBe('n3 n4');
    expect(keys({ until: 'n3' }, { style: 'before', at: 'until', cursor: 'id' })).toBe('n1 n2');
    expect(keys({ after: 'n10' }, { style: 'after', at: 'after', cursor: 'id' })).toBe('n11 n12');
  });

  it('is everything without a rule, and never larger than the most', () => {
    expect(pageOf(asked({}, 0, 0), undefined)).toHaveLength(12);
    expect(keys({ limit: '99' }, { style: 'offset', size: 'limit', sizeMax: 3 })).toBe('n1 n2 n3');
  });
});

describe('a clone', () => {
  const paged =
    (answer: (items: readonly Item[], query: Item) => ToyAnswer): MakeToy =>
    () => {
      const { items, handlers } = collection('/notes');
      return toy({ ...handlers, 'GET /notes': ({ query }) => answer([...items.values()], query) });
    };
  const plan = (query: Walk['query']): Walk => ({
    path: '/notes',
    create: (dice) => ({ title: dice.word() }),
    ...(query === undefined ? {} : { query }),
    deletions: 0.05,
  });
  const number = (value: unknown, otherwise: number): number => (value === undefined ? otherwise : Number(value));

  it('serves numbered pages with a total', () => {
    const makeToy = paged((items, query) => {
      const [page, size] = [number(query['page'], 1), number(query['per_page'], 4)];
      return ok({ items: items.slice((page - 1) * size, page * size), total: items.length, page, per_page: size });
    });
    const pages = plan((dice) =>
      dice.pick([
        '',
        '?page=1',
        '?page=2',
        '?page=3',
        `?page=1&per_page=${dice.pick([2, 3, 7])}`,
        `?page=2&per_page=${dice.pick([2, 3])}`,
      ]),
    );
    expect(mistakes(makeToy, walk(pages, 81, 140), walk(pages, 82, 60))).toEqual([]);
  });

  it('serves numbers of pages, of their elements and of this one', () => {
    const makeToy = paged((items, query) => {
      const [page, size] = [number(query['page'], 0), number(query['size'], 3)];
      const totalPages = Math.ceil(items.length / size);
      return ok({
        content: items.slice(page * size, (page + 1) * size),
        page: { size, number: page, totalElements: items.length, totalPages },
      });
    });
    const pages = plan((dice) =>
      dice.pick(['', '?page=1', '?page=2', `?page=${dice.pick([0, 1])}&size=${dice.pick([2, 5])}`]),
    );
    expect(mistakes(makeToy, walk(pages, 87, 200), walk(pages, 88, 60))).toEqual([]);
  });

  it('serves offsets and limits, and says whether there is more', () => {
    const makeToy = paged((items, query) => {
      const [from, size] = [number(query['offset'], 0), number(query['limit'], 3)];
      return ok({ data: items.slice(from, from + size), has_more: from + size < items.length });
    });
    const offsets = plan((dice) =>
      dice.pick([
        '',
        `?limit=${dice.pick([2, 5, 9])}`,
        `?offset=${dice.pick([1, 3, 6])}`,
        `?offset=${dice.pick([2, 4])}&limit=${dice.pick([1, 2, 6])}`,
      ]),
    );
    expect(mistakes(makeToy, walk(offsets, 83, 140), walk(offsets, 84, 60))).toEqual([]);
  });

  it('serves what follows the last element seen', () => {
    const makeToy = paged((items, query) => {
      const at =
        query['starting_after'] === undefined
          ? 0
          : items.findIndex(({ id }) => String(id) === query['starting_after']) + 1;
      return ok({ data: items.slice(at, at + number(query['limit'], 3)) });
    });
    const cursors = plan((dice) =>
      dice.pick([
        '',
        '?limit=2',
        `?starting_after=${dice.pick([1, 2, 3])}`,
        `?limit=4&starting_after=${dice.pick([1, 2, 3])}`,
      ]),
    );
    const lesson = { ...cursors, deletions: 0 };
    expect(mistakes(makeToy, walk(lesson, 85, 140), walk(lesson, 86, 60))).toEqual([]);
  });
});
