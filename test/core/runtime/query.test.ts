import { describe, expect, it } from 'vitest';
import type { Query, Service } from '../../../src/core/model/clone-model.ts';
import { clientOfRule } from '../../support/small-clone.ts';

const service: Partial<Service> = {
  entities: [{ name: 'Item', key: ['id'], derived: { twice: 'it.n * 2' }, views: {} }],
  seed: {
    Item: [
      { id: 'a', n: 2, group: 'x' },
      { id: 'b', n: 10, group: 'y' },
      { id: 'c', n: null, group: 'x' },
      { id: 'd', n: 1, group: 'y' },
      { id: 'e', group: 'x' },
      { id: 'f', n: 2, group: 'y' },
    ],
  },
};

/** Ids, joined, that the query gives for a query string. */
function ids(query: Omit<Query, 'type'>, search = ''): string {
  const client = clientOfRule(service, {
    query: { type: 'Item', ...query },
    let: { ids: 'list.items.map(i, i.id).join("")' },
    reply: { status: 200, text: 'ids' },
  });
  return client.post(`/${search}`).body as string;
}

describe('membership', () => {
  it('is every living entity in order of insertion, or those that a condition holds for', () => {
    expect(ids({})).toBe('abcdef');
    expect(ids({ where: "x.group == 'x'" })).toBe('ace');
    expect(ids({ where: 'x.twice > 3' })).toBe('abf');
    expect(ids({ where: 'x.group == query.g' }, '?g=y')).toBe('bdf');
  });
});

describe('order', () => {
  it('is by value, equal ones in order of insertion, null and missing last in both directions', () => {
    expect(ids({ order: [{ by: 'x.n' }] })).toBe('dafbce');
    expect(ids({ order: [{ by: 'x.n', descending: true }] })).toBe('bafdce');
  });

  it('goes on to the next key where the first is equal', () => {
    expect(ids({ order: [{ by: 'x.group' }, { by: 'x.id', descending: true }] })).toBe('ecafdb');
  });

  it('can be that of insertion turned round', () => {
    expect(ids({ order: [{ by: 'x["$seq"]', descending: true }] })).toBe('fedcba');
  });
});

describe('order that a request asks for', () => {
  const sort: Query['sort'] = { by: 'sort', direction: 'dir', fields: { size: 'x.n', name: 'x.id' } };
  const order: Query['order'] = [{ by: 'x.id', descending: true }];

  it.each([
    ['', 'fedcba'],
    ['?sort=size', 'dafbce'],
    ['?sort=size&dir=desc', 'bafdce'],
    ['?sort=size,name&dir=desc,desc', 'bfadec'],
    ['?sort=-size', 'bafdce'],
    ['?sort=size:desc', 'bafdce'],
    ['?sort=size%20asc', 'dafbce'],
    ['?sort=nonsense', 'fedcba'],
    ['?sort=nonsense:desc', 'fedcba'],
    ['?dir=asc', 'abcdef'],
    ['?dir=nonsense', 'fedcba'],
    ['?sort=', 'fedcba'],
  ])('%s gives %s', (search, expected) => {
    expect(ids({ sort, order }, search)).toBe(expected);
  });

  it('may name any attribute where the API lets it', () => {
    expect(ids({ sort: { by: 's', fields: {}, open: true } }, '?s=group,-id')).toBe('ecafdb');
    expect(ids({ sort: { by: 's', fields: {} } }, '?s=group')).toBe('abcdef');
  });

  it('knows the words of the API for directions', () => {
    const words: Query['sort'] = {
      by: 's',
      direction: 'd',
      fields: { n: 'x.n' },
      descending: { up: false, DOWN: true },
      descendingDefault: true,
    };
    expect(ids({ sort: words }, '?s=n')).toBe('bafdce');
    expect(ids({ sort: words }, '?s=n&d=up')).toBe('dafbce');
    expect(ids({ sort: words }, '?s=n&d=DOWN')).toBe('bafdce');
  });
});

describe('the names of a query', () => {
  it('are there for what follows, and x is put back', () => {
    const client = clientOfRule(service, {
      let: { x: "'mine'", wanted: "'x'", count: 'string(list.total) + x' },
      query: { type: 'Item', where: 'x.group == wanted', order: [{ by: 'x.id' }] },
      reply: { status: 200, text: 'count' },
    });
    expect(client.post('/').body).toBe('3mine');
  });
});
