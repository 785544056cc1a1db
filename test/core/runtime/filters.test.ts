import { describe, expect, it } from 'vitest';
import type { Filter, Query, Service } from '../../../src/core/model/clone-model.ts';
import { clientOfRule } from '../../support/small-clone.ts';

const service: Partial<Service> = {
  entities: [
    { name: 'Item', key: ['id'], derived: { shout: 'upper(it.name)' }, views: {} },
    { name: 'User', key: ['login'], derived: { mail: "it.login + '@x'" }, views: {} },
  ],
  seed: {
    User: [{ login: 'ada', team: { name: 'red' } }, { login: 'bob' }],
    Item: [
      {
        id: 'a',
        name: 'Amber',
        n: 5,
        on: true,
        owner: { $ref: 'User', key: 'ada' },
        tags: ['t1', 't2'],
        $secret: 'zz',
      },
      { id: 'b', name: 'amber ale', n: 40, on: false, owner: { $ref: 'User', key: 'bob' }, tags: [] },
      { id: 'c', name: 'cedar', n: '7', on: true, owner: null, tags: ['t2'], deep: { note: 'inside' } },
      {
        id: 'd',
        name: null,
        labels: [{ name: 'l1' }, { name: 'l2' }],
        owner: { $ref: 'User', key: 'gone' },
        'dotted.name': 1,
      },
    ],
  },
};

function ids(query: Omit<Query, 'type'>, search: string): string {
  const client = clientOfRule(service, {
    query: { type: 'Item', ...query },
    reply: { status: 200, text: 'list.items.map(i, i.id).join("")' },
  });
  return client.post(`/${search}`).body as string;
}

function filtered(filter: Partial<Filter>, search: string): string {
  return ids({ filters: [{ param: 'p', operator: 'eq', attributes: ['name'], ...filter }] }, search);
}

describe('two filters of one parameter', () => {
  const filters: Filter[] = [
    { param: 'p', operator: 'contains-ci', attributes: ['name'], marker: '~' },
    { param: 'p', operator: 'eq', attributes: ['name'] },
  ];

  it.each([
    ['?p=~amber', 'ab'],
    ['?p=cedar', 'c'],
    ['', 'abcd'],
  ])('are told apart by how the operand begins: %s gives %s', (search, expected) => {
    expect(ids({ filters }, search)).toBe(expected);
  });
});

describe('a filter', () => {
  it.each<[Partial<Filter>, string, string]>([
    [{}, '', 'abcd'],
    [{}, '?p=cedar', 'c'],
    [{}, '?p=amber&p=cedar', 'c'],
    [{ attributes: ['n'] }, '?p=7', 'c'],
    [{ attributes: ['n'] }, '?p=5', 'a'],
    [{ attributes: ['on'] }, '?p=true', 'ac'],
    [{ attributes: ['shout'] }, '?p=CEDAR', 'c'],
    [{ attributes: ['owner'] }, '?p=ada', 'a'],
    [{ attributes: ['owner.login'] }, '?p=bob', 'b'],
    [{ attributes: ['owner.team.name'] }, '?p=red', 'a'],
    [{ attributes: ['owner.mail'] }, '?p=bob@x', 'b'],
    [{ attributes: ['tags'] }, '?p=t2', 'ac'],
    [{ attributes: ['labels.name'] }, '?p=l2', 'd'],
    [{ attributes: ['dotted.name'] }, '?p=1', 'd'],
    [{ attributes: ['name', 'id'] }, '?p=b', 'b'],
    [{ operator: 'ne' }, '?p=cedar', 'ab'],
    [{ operator: 'ne' }, '?p=cedar&p=Amber', 'b'],
    [{ operator: 'ne', attributes: ['tags'] }, '?p=t1', 'c'],
    [{ operator: 'gt', attributes: ['n'] }, '?p=5', 'bc'],
    [{ operator: 'gte', attributes: ['n'] }, '?p=5', 'abc'],
    [{ operator: 'lt', attributes: ['n'] }, '?p=40', 'ac'],
    [{ operator: 'lte', attributes: ['n'] }, '?p=5.0', 'a'],
    [{ operator: 'gte' }, '?p=amber', 'bc'],
    [{ operator: 'in' }, '?p=cedar,%20Amber', 'ac'],
    [{ operator: 'contains' }, '?p=mber', 'ab'],
    [{ operator: 'contains' }, '?p=amb', 'b'],
    [{ operator: 'contains-ci' }, '?p=AMB', 'ab'],
    [{ operator: 'prefix' }, '?p=am', 'b'],
    [{ operator: 'search' }, '?p=ED', 'c'],
    [{ operator: 'search', attributes: [] }, '?p=INSIDE', 'c'],
    [{ operator: 'search', attributes: [] }, '?p=t2', 'ac'],
    [{ operator: 'search', attributes: [] }, '?p=zz', ''],
    [{ default: 'cedar' }, '', 'c'],
    [{ default: 'cedar' }, '?p=Amber', 'a'],
    [{ default: 'cedar', any: ['all'] }, '?p=all', 'abcd'],
    [{ words: { live: { attribute: 'on', equals: true } } }, '?p=live', 'ac'],
    [{ words: { live: { attribute: 'on', equals: true, not: true } } }, '?p=live', 'bd'],
    [{ words: { ada: { attribute: 'owner.login', equals: 'ada' } }, default: 'ada' }, '', 'a'],
    [{ words: { live: { attribute: 'on', equals: true } } }, '?p=cedar', 'c'],
    [{ operator: 'contains-ci', marker: '~' }, '?p=~AMBER', 'ab'],
    [{ operator: 'contains-ci', marker: '~' }, '?p=amber', 'abcd'],
    [{ default: null }, '', 'd'],
    [{ attributes: ['owner'], none: ['none'] }, '?p=none', 'c'],
    [{ attributes: ['tags'], none: ['none'] }, '?p=none', 'bd'],
    [{ attributes: ['owner'], some: ['*'] }, '?p=*', 'abd'],
    [{ param: 'filter[name]' }, '?filter[name]=cedar', 'c'],
  ])('%j with %s leaves %s', (filter, search, expected) => {
    expect(filtered(filter, search)).toBe(expected);
  });
});

describe('filters together', () => {
  it('must all hold', () => {
    const filters: Filter[] = [
      { param: 'on', operator: 'eq', attributes: ['on'] },
      { param: 'tag', operator: 'eq', attributes: ['tags'] },
    ];
    expect(ids({ filters }, '?on=true&tag=t1')).toBe('a');
  });
});

describe('open filters', () => {
  const openFilters: Query['openFilters'] = { ignore: ['trace'], suffixes: { _gte: 'gte', _ne: 'ne', e: 'prefix' } };

  it.each([
    ['?name=cedar', 'c'],
    ['?owner.login=ada', 'a'],
    ['?n_gte=7', 'bc'],
    ['?name_ne=cedar', 'ab'],
    ['?trace=1', 'abcd'],
    ['?nothing=1', 'abcd'],
    ['?nothing_gte=1', ''],
    ['?page=2&per=1&order=name', 'b'],
    ['?on=true&tags=t1', 'a'],
  ])('%s leaves %s', (search, expected) => {
    const query: Omit<Query, 'type'> = {
      openFilters,
      sort: { by: 'order', fields: { name: 'x.id' } },
      page: { style: 'page', at: 'page', size: 'per', sizeDefault: 10 },
    };
    expect(ids(query, search)).toBe(expected);
  });
});
