import { describe, expect, it } from 'vitest';
import type { Page, Service } from '../../../src/core/model/clone-model.ts';
import { clientOfRule } from '../../support/small-clone.ts';

const service: Partial<Service> = {
  entities: [{ name: 'Item', key: ['id'], views: {} }],
  seed: { Item: [10, 20, 30, 40, 50].map((id) => ({ id })) },
};

interface Shown {
  readonly items: readonly number[];
  readonly [member: string]: unknown;
}

function shown(page: Page | undefined, search = '', descending = false): Shown {
  const client = clientOfRule(service, {
    query: { type: 'Item', order: [{ by: 'x.id', descending }], ...(page === undefined ? {} : { page }) },
    reply: {
      status: 200,
      body: { $merge: ['list', { items: 'list.items.map(i, i.id)', following: 'list.following.id' }] },
    },
  });
  return client.post(`/${search}`).body as Shown;
}

describe('without paging', () => {
  it('the list is whole', () => {
    expect(shown(undefined)).toEqual({
      items: [10, 20, 30, 40, 50],
      count: 5,
      total: 5,
      size: 5,
      hasMore: false,
      page: 1,
      pages: 1,
      offset: 0,
    });
  });
});

describe('numbered pages', () => {
  const page: Page = { style: 'page', at: 'page', size: 'per', sizeDefault: 2, sizeMax: 3 };

  it('tell where they are', () => {
    expect(shown(page)).toEqual({
      items: [10, 20],
      following: 30,
      count: 2,
      total: 5,
      size: 2,
      hasMore: true,
      page: 1,
      pages: 3,
      offset: 0,
      first: 1,
      last: 3,
      next: 2,
    });
    expect(shown(page, '?page=3')).toMatchObject({ items: [50], hasMore: false, previous: 2 });
    expect(shown(page, '?page=3')).not.toHaveProperty('next');
  });

  it.each([
    ['?per=3&page=2', [40, 50]],
    ['?per=100', [10, 20, 30]],
    ['?per=0', [10, 20]],
    ['?per=x', [10, 20]],
    ['?page=0', [10, 20]],
    ['?page=-1', [10, 20]],
    ['?page=x', [10, 20]],
    ['?page=9', []],
    ['?page=2&page=3', [30, 40]],
  ])('%s gives %j', (search, items) => {
    expect(shown(page, search).items).toEqual(items);
  });

  it('may begin at another number', () => {
    expect(shown({ ...page, first: 0 })).toMatchObject({ items: [10, 20], page: 0, last: 2, next: 1 });
    expect(shown({ ...page, first: 0 }, '?page=1')).toMatchObject({ items: [30, 40], previous: 0 });
  });

  it('are one page where nothing limits it', () => {
    expect(shown({ style: 'page', at: 'page', size: 'per' })).toMatchObject({ items: [10, 20, 30, 40, 50], pages: 1 });
  });
});

describe('offsets', () => {
  const page: Page = { style: 'offset', at: 'skip', size: 'take', sizeDefault: 2 };

  it('skip and take', () => {
    expect(shown(page)).toMatchObject({ items: [10, 20], offset: 0, next: 2, last: 4, hasMore: true });
    expect(shown(page, '?skip=3&take=1')).toMatchObject({ items: [40], next: 4, previous: 2 });
    expect(shown(page, '?skip=4')).toMatchObject({ items: [50], hasMore: false });
    expect(shown(page, '?skip=-3').items).toEqual([10, 20]);
    expect(shown(page, '?skip=99').items).toEqual([]);
  });
});

describe('ranges', () => {
  const page: Page = { style: 'range', at: 'start', size: 'end' };

  it.each([
    ['', [10, 20, 30, 40, 50]],
    ['?start=1&end=3', [20, 30]],
    ['?start=3', [40, 50]],
    ['?end=2', [10, 20]],
    ['?start=3&end=2', []],
    ['?start=9&end=12', []],
  ])('%s give %j', (search, items) => {
    expect(shown(page, search)).toMatchObject({ items, total: 5 });
  });

  it('give way to another style whose parameter is there', () => {
    const both: Page = { ...page, also: { style: 'page', at: 'page', size: 'per', sizeDefault: 2 } };
    expect(shown(both).items).toHaveLength(5);
    expect(shown(both, '?page=2').items).toEqual([30, 40]);
  });
});

describe('cursors', () => {
  const page: Page = { style: 'after', at: 'after', size: 'limit', sizeDefault: 2, cursor: 'id' };

  it('go on behind the last element seen', () => {
    expect(shown(page)).toMatchObject({ items: [10, 20], next: 20, hasMore: true });
    expect(shown(page, '?after=20')).toMatchObject({ items: [30, 40], next: 40, previous: 30 });
    expect(shown(page, '?after=40')).toMatchObject({ items: [50], hasMore: false });
    expect(shown(page, '?after=40')).not.toHaveProperty('next');
    expect(shown(page, '?after=50&limit=1').items).toEqual([]);
  });

  it('go on behind where an element stood that is gone', () => {
    expect(shown(page, '?after=25').items).toEqual([30, 40]);
    expect(shown(page, '?after=25', true).items).toEqual([20, 10]);
    expect(shown(page, '?after=5').items).toEqual([10, 20]);
    expect(shown(page, '?after=99').items).toEqual([]);
  });

  it('begin anew where the order is not that of the cursors, and the element is gone', () => {
    const mixed: Page = { ...page, cursor: 'name' };
    const names: Partial<Service> = {
      ...service,
      seed: { Item: ['b', 'c', 'a'].map((name, at) => ({ id: at, name })) },
    };
    const client = clientOfRule(names, {
      query: { type: 'Item', order: [{ by: 'x.id' }], page: mixed },
      reply: { status: 200, body: { names: 'list.items.map(i, i.name)' } },
    });
    expect(client.post('/?after=c').body).toEqual({ names: ['a'] });
    expect(client.post('/?after=gone').body).toEqual({ names: ['b', 'c'] });
  });

  it('end right before the element that was seen first', () => {
    const before: Page = { style: 'before', at: 'until', size: 'limit', cursor: 'id' };
    expect(shown(before, '?until=40&limit=2')).toMatchObject({ items: [20, 30], hasMore: true, following: 40 });
    expect(shown(before, '?until=20&limit=2')).toMatchObject({ items: [10], hasMore: false });
    expect(shown(before, '?until=77&limit=2')).toMatchObject({ items: [10, 20], hasMore: true });
    expect(shown({ ...page, also: before }, '?until=30&limit=1').items).toEqual([20]);
  });
});
