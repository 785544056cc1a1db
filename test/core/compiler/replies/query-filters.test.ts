import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, fitFilters, passes } from '../../../../src/core/compiler/replies/query-filters.ts';
import type { Filter, FilterOperator } from '../../../../src/core/model/clone-model.ts';
import { ok, mistakes, toy, type Dice, type MakeToy } from '../../../support/toy-recording.ts';
import { collection, walk, type Item, type Walk } from '../../../support/toy-services.ts';
import { listing, row, rowsOf } from '../../../support/written-listing.ts';
import { analysed } from '../../../support/written-recording.ts';

const evidence = analysed([]);
const rows = rowsOf({
  n1: { state: 'open', size: 3, tags: ['red'], owner: null, title: 'Buy milk' },
  n2: { state: 'closed', size: 9, tags: ['red', 'big'], owner: 'ada', title: 'Pay tax' },
  n3: { state: 'open', size: 12, tags: [], owner: 'bob', title: 'Sell bike' },
  n4: { state: 'blocked', size: 7, tags: ['big'], owner: 'ada', title: 'milk again' },
});
const asked = (params: Record<string, string>, ...shown: string[]): ReturnType<typeof listing> =>
  listing(rows, shown, params);
const fit = (names: string[], ...listings: ReturnType<typeof listing>[]): Filter[] =>
  fitFilters(listings, names, evidence);

describe('a filter', () => {
  it('is found by the attribute that equals the parameter in everything shown', () => {
    expect(fit(['state'], asked({ state: 'open' }, 'n1', 'n3'), asked({ state: 'closed' }, 'n2'))).toEqual([
      { param: 'state', operator: 'eq', attributes: ['state'] },
    ]);
  });

  it('has a default where lists without the parameter show less than everything', () => {
    expect(fit(['state'], asked({ state: 'closed' }, 'n2'), asked({}, 'n1', 'n3'), asked({}, 'n1', 'n3'))).toEqual([
      { param: 'state', operator: 'eq', attributes: ['state'], default: 'open' },
    ]);
  });

  it('knows the word that switches it off', () => {
    const lists = [
      asked({ state: 'all' }, 'n1', 'n2', 'n3', 'n4'),
      asked({ state: 'closed' }, 'n2'),
      asked({ state: 'open' }, 'n1', 'n3'),
    ];
    expect(fit(['state'], ...lists)).toEqual([{ param: 'state', operator: 'eq', attributes: ['state'], any: ['all'] }]);
  });

  it('knows the words for no value and for any value', () => {
    const lists = [
      asked({ owner: 'none' }, 'n1'),
      asked({ owner: '*' }, 'n2', 'n3', 'n4'),
      asked({ owner: 'ada' }, 'n2', 'n4'),
      asked({ owner: 'bob' }, 'n3'),
    ];
    expect(fit(['owner'], ...lists)).toEqual([
      { param: 'owner', operator: 'eq', attributes: ['owner'], none: ['none'], some: ['*'] },
    ]);
  });

  it('knows the words that stand for a condition on another attribute', () => {
    const jobs = rowsOf({
      j1: { phase: 'queued', over: false },
      j2: { phase: 'lost', over: true },
      j3: { phase: 'running', over: false },
      j4: { phase: 'done', over: true },
    });
    const jobsAsked = (params: Record<string, string>, ...shown: string[]): ReturnType<typeof listing> =>
      listing(jobs, shown, params);
    const lists = [
      jobsAsked({ phase: 'active' }, 'j1', 'j3'),
      jobsAsked({ phase: 'active' }, 'j1', 'j3'),
      jobsAsked({ phase: 'ended' }, 'j2', 'j4'),
      jobsAsked({ phase: 'ended' }, 'j2', 'j4'),
      jobsAsked({ phase: 'lost' }, 'j2'),
      jobsAsked({}, 'j1', 'j3'),
      jobsAsked({}, 'j1', 'j3'),
    ];
    expect(fit(['phase'], ...lists)).toEqual([
      {
        param: 'phase',
        operator: 'eq',
        attributes: ['phase'],
        words: { active: { attribute: 'over', equals: false }, ended: { attribute: 'over', equals: true } },
        default: 'active',
      },
    ]);
  });

  it('tells operands that begin with a sign from those without', () => {
    const lists = [
      asked({ title: '~milk' }, 'n1', 'n4'),
      asked({ title: '~i' }, 'n1', 'n3', 'n4'),
      asked({ title: 'Pay tax' }, 'n2'),
      asked({ title: 'milk' }),
    ];
    expect(fit(['title'], ...lists)).toEqual([
      { param: 'title', operator: 'contains-ci', attributes: ['title'], marker: '~' },
      { param: 'title', operator: 'eq', attributes: ['title'] },
    ]);
  });

  it('is not judged by what paging left out', () => {
    const cut = { ...asked({ state: 'closed', offset: '4' }), isCut: true };
    expect(
      fit(['state'], cut, cut, cut, asked({ state: 'closed' }, 'n2'), asked({ state: 'open' }, 'n1', 'n3')),
    ).toEqual([{ param: 'state', operator: 'eq', attributes: ['state'] }]);
  });

  it('compares with the elements of lists', () => {
    expect(fit(['tag'], asked({ tag: 'red' }, 'n1', 'n2'), asked({ tag: 'big' }, 'n2', 'n4'))).toEqual([
      { param: 'tag', operator: 'eq', attributes: ['tags'] },
    ]);
  });

  it('takes its operator from the ending of its name', () => {
    expect(fit(['size_gte'], asked({ size_gte: '9' }, 'n2', 'n3'), asked({ size_gte: '7' }, 'n2', 'n3', 'n4'))).toEqual(
      [{ param: 'size_gte', operator: 'gte', attributes: ['size'] }],
    );
    expect(fit(['title_like'], asked({ title_like: 'milk' }, 'n1', 'n4'))).toEqual([
      { param: 'title_like', operator: 'contains-ci', attributes: ['title'] },
    ]);
  });

  it('takes one of several values divided by commas', () => {
    expect(
      fit(['state'], asked({ state: 'open,closed' }, 'n1', 'n2', 'n3'), asked({ state: 'closed,blocked' }, 'n2', 'n4')),
    ).toEqual([{ param: 'state', operator: 'in', attributes: ['state'] }]);
  });

  it('searches all text where its name says so', () => {
    expect(fit(['q'], asked({ q: 'milk' }, 'n1', 'n4'), asked({ q: 'tax' }, 'n2'))[0]).toMatchObject({
      param: 'q',
      operator: 'search',
    });
  });

  it('is none where the parameter changes nothing', () => {
    expect(
      fit(['sha'], asked({ sha: 'abc' }, 'n1', 'n2', 'n3', 'n4'), asked({ sha: 'def' }, 'n1', 'n2', 'n3', 'n4')),
    ).toEqual([]);
  });

  it('is none where it was never sent', () => {
    expect(fit(['state'], asked({}, 'n1', 'n3'))).toEqual([]);
  });

  it('that looks like an attribute but means something else is none', () => {
    expect(
      fit(['size'], asked({ size: '9' }, 'n1', 'n2', 'n3', 'n4'), asked({ size: '3' }, 'n1', 'n2', 'n3', 'n4')),
    ).toEqual([]);
  });
});

describe('a row', () => {
  const one = row('n1', { state: 'open', owner: null });
  const passing = (filter: Filter, params: Record<string, string>): boolean =>
    passes(filter, one, listing([], [], params), evidence);
  const state: Filter = { param: 'state', operator: 'eq', attributes: ['state'], default: 'closed', any: ['all'] };
  const owner: Filter = { param: 'owner', operator: 'eq', attributes: ['owner'], none: ['none'], some: ['*'] };

  it('passes a filter by what the parameter, or its default, says', () => {
    expect([passing(state, { state: 'open' }), passing(state, {}), passing(state, { state: 'all' })]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('passes a filter that is not asked for and has no default', () => {
    expect(passing(owner, {})).toBe(true);
  });

  it('passes words for no value and for any value accordingly', () => {
    expect([
      passing(owner, { owner: 'none' }),
      passing(owner, { owner: '*' }),
      passing(owner, { owner: 'ada' }),
    ]).toEqual([true, false, false]);
  });
});

describe('a comparison', () => {
  it.each<[FilterOperator, (string | number | null)[], string, boolean]>([
    ['eq', ['a'], 'a', true],
    ['eq', [7], '7', true],
    ['ne', ['a', 'b'], 'a', false],
    ['ne', [null], 'a', true],
    ['gt', [10], '9', true],
    ['gt', ['10'], '9', true],
    ['lt', ['2026-01-01'], '2026-02-01', true],
    ['gte', [9], '9', true],
    ['lte', [9.5], '9', false],
    ['contains', ['Milk'], 'milk', false],
    ['contains-ci', ['Milk'], 'milk', true],
    ['prefix', ['milk'], 'mi', true],
    ['in', ['b'], 'a,b', true],
    ['eq', [], 'a', false],
    ['gt', [null], '0', false],
  ])('%s of %j and %s is %s', (operator, values, operand, expected) => {
    expect(compare(operator, values, operand)).toBe(expected);
  });

  it('of numbers orders as numbers do', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(compare('lt', [a], String(b))).toBe(a < b);
        expect(compare('gte', [a], String(b))).toBe(a >= b);
      }),
    );
  });
});

describe('a clone', () => {
  it('filters by state, which is open unless said otherwise, and by owner, tag and size', () => {
    const states = ['open', 'closed'];
    const owners = ['ada', 'bob', 'cyd'];
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes', { make: (body) => ({ state: 'open', ...body }) });
      const keep =
        (query: Item) =>
        (item: Item): boolean =>
          ((query['state'] ?? 'open') === 'all' || item['state'] === (query['state'] ?? 'open')) &&
          (query['owner'] === undefined || item['owner'] === query['owner']) &&
          (query['tag'] === undefined || (item['tags'] as string[]).includes(query['tag'] as string)) &&
          (query['min_size'] === undefined || Number(item['size']) >= Number(query['min_size']));
      return toy({ ...handlers, 'GET /notes': ({ query }) => ok([...items.values()].filter(keep(query))) });
    };
    const tag = (dice: Dice): string => dice.pick(['red', 'big', 'old']);
    const plan: Walk = {
      path: '/notes',
      create: (dice) => ({
        title: dice.word(),
        owner: dice.pick(owners),
        size: Math.floor(dice.throw() * 20),
        tags: dice.chance(0.3) ? [] : [tag(dice)],
      }),
      change: (dice) => ({ state: dice.pick(states) }),
      query: (dice) =>
        dice.pick([
          '',
          '',
          '?state=closed',
          '?state=open',
          '?state=all',
          `?owner=${dice.pick(owners)}`,
          `?tag=${tag(dice)}`,
          `?state=all&owner=${dice.pick(owners)}`,
        ]),
    };
    expect(mistakes(makeToy, walk(plan, 61, 260), walk(plan, 62, 80))).toEqual([]);
  });

  it('filters by conditions in objects, and pages by numbers in them', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'GET /notes': ({ query }) => {
          const { where = {}, limit } = (
            typeof query['filter'] === 'string' ? JSON.parse(query['filter']) : (query['filter'] ?? {})
          ) as { where?: { kind?: string }; limit?: number };
          const found = [...items.values()].filter(({ kind }) => [undefined, kind].includes(where.kind));
          return ok(limit === undefined ? found : found.slice(0, Number(limit)));
        },
      });
    };
    const json = (filter: object): string => `?filter=${encodeURIComponent(JSON.stringify(filter))}`;
    const plan: Walk = {
      path: '/notes',
      create: (dice: Dice) => ({ title: dice.word(), kind: dice.pick(KINDS) }),
      query: (dice: Dice) =>
        dice.pick([
          '',
          json({ where: { kind: dice.pick(KINDS) } }),
          json({ limit: 1 + Math.floor(dice.throw() * 4) }),
          `?filter[where][kind]=${dice.pick(KINDS)}`,
          `?filter[limit]=${1 + Math.floor(dice.throw() * 4)}`,
        ]),
    };
    expect(mistakes(makeToy, walk(plan, 43, 140), walk(plan, 44, 60))).toEqual([]);
  });
});

const KINDS = ['red', 'blue', 'green'];
