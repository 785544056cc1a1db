import { describe, expect, it } from 'vitest';
import type { Body, Header } from '../../../src/core/exchange/exchange.ts';
import { bodyOfElement, listParameters, viewBody, viewRequest } from '../../../src/core/exchange/request-view.ts';
import { RawNumber } from '../../../src/core/std/json.ts';

const typed = (type: string): readonly Header[] => (type === '' ? [] : [['content-type', type]]);

describe('a request as rules see it', () => {
  it('has path, query, header and body as values', () => {
    const view = viewRequest({
      method: 'POST',
      target: '/items/a%20b?tag=x&tag=y&page=2',
      headers: [
        ['content-type', 'application/json'],
        ['x-twice', '1'],
        ['x-twice', '2'],
      ],
      body: { text: '{"price": 1.0}' },
    });
    expect(view).toEqual({
      method: 'POST',
      path: '/items/a%20b',
      query: { tag: ['x', 'y'], page: '2' },
      header: { 'content-type': 'application/json', 'x-twice': '1' },
      body: { price: new RawNumber('1.0') },
      bodyKind: 'json',
      text: '{"price": 1.0}',
    });
  });

  it('has XML as a value too, and as text what only says so', () => {
    const sent = (text: string) =>
      viewRequest({ method: 'POST', target: '/', headers: [['content-type', 'text/xml']], body: { text } });
    expect(sent('<q:ask xmlns:q="urn:q"><q:of>a</q:of></q:ask>')).toMatchObject({
      body: { ask: { of: 'a' } },
      bodyKind: 'xml',
    });
    expect(sent('<ask>')).toMatchObject({ body: '<ask>', bodyKind: 'text' });
    expect(sent('<a>'.repeat(100_000) + '</a>'.repeat(100_000)).bodyKind).toBe('text');
  });

  it('has no query without a question mark, and no body without one', () => {
    expect(viewRequest({ method: 'GET', target: '/', headers: [] })).toMatchObject({
      path: '/',
      query: {},
      bodyKind: 'none',
    });
  });
});

describe('parameters of a list', () => {
  it('go by their whole name where they stand in brackets', () => {
    const { method, query, body } = viewRequest({
      method: 'GET',
      target: '/notes?filter[state]=open&filter[made][gte]=3&page[size]=2',
      headers: [],
    });
    expect(listParameters({ method, query, body })).toEqual({
      'filter[state]': 'open',
      'filter[made][gte]': '3',
      'page[size]': '2',
    });
  });

  it('are those of the query, and of the body where a list is asked for by POST', () => {
    const query = { a: '1' };
    expect(listParameters({ method: 'GET', query, body: { limit: 2 } })).toEqual({ a: '1' });
    expect(listParameters({ method: 'POST', query, body: { limit: 2, a: '2' } })).toEqual({ limit: 2, a: '1' });
    expect(listParameters({ method: 'POST', query, body: ['x'] })).toEqual({ a: '1' });
  });

  it('go by the same names where they are sent as JSON', () => {
    const asked = (target: string): unknown => listParameters(viewRequest({ method: 'GET', target, headers: [] }));
    const flat = { 'filter[where][kind]': 'b', 'filter[limit]': '2' };
    expect(asked('/notes?filter[where][kind]=b&filter[limit]=2')).toEqual(flat);
    expect(asked(`/notes?filter=${encodeURIComponent('{"where":{"kind":"b"},"limit":"2"}')}`)).toEqual(flat);
    expect(asked('/notes?filter={broken&q={}')).toEqual({ filter: '{broken', q: {} });
  });
});

describe('a body', () => {
  it.each<[string, string, Body, string, unknown]>([
    ['JSON by its type', 'application/problem+json', { text: '"x"' }, 'json', 'x'],
    ['JSON by its look', 'text/plain', { text: '[1]' }, 'json', [1]],
    ['JSON without a type', '', { text: '{}' }, 'json', {}],
    ['text that could be a JSON number', 'text/plain', { text: '17' }, 'text', '17'],
    ['broken JSON', 'application/json', { text: '{' }, 'text', '{'],
    ['a form', 'application/x-www-form-urlencoded; charset=utf-8', { text: 'a=1' }, 'form', { a: '1' }],
    ['HTML', 'text/html', { text: '<p>' }, 'text', '<p>'],
    ['bytes', 'application/json', { base64: 'AAE=' }, 'binary', undefined],
    ['nothing', 'application/json', { text: '' }, 'none', undefined],
  ])('that is %s', (_what, type, body, kind, value) => {
    expect(viewBody(body, typed(type))).toEqual({ kind, body: value });
  });
});

describe('an element of a list of requests', () => {
  it('is a body of its own: what is no object is its member', () => {
    expect([bodyOfElement({ a: 1 }), bodyOfElement('x'), bodyOfElement([1])]).toEqual([
      { a: 1 },
      { item: 'x' },
      { item: [1] },
    ]);
  });
});
