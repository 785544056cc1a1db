import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/core/exchange/exchange.ts';
import { Correspondence, numberName } from '../../../src/core/fidelity/correspondence.ts';
import { nounOf, translateRequest } from '../../../src/core/fidelity/request-translation.ts';

const correspondence = new Correspondence();
correspondence.pair('id_Zj69Oo3ZlqnK', 'id_q0PaX81LmVb2');
correspondence.pair(numberName(1234567), numberName(7654321));
correspondence.pair('a b/c_9x8y7z6w', 'd e/f_1a2b3c4d');
correspondence.hold('rev-1', 'rev-2');
correspondence.holdNumber('issues', 7, 6);

const translate = (request: Partial<HttpRequest>): HttpRequest =>
  translateRequest({ method: 'GET', target: '/', headers: [], ...request }, correspondence);

describe('the request that a client of the clone sends', () => {
  it.each([
    ['/x/id_Zj69Oo3ZlqnK/y', '/x/id_q0PaX81LmVb2/y'],
    ['/x/1234567', '/x/7654321'],
    ['/issues/7', '/issues/6'],
    ['/issues/7.json', '/issues/7.json'],
    ['/users/7', '/users/7'],
    ['/x?rev=rev-1&n=1', '/x?rev=rev-2&n=1'],
    ['/x?issue_id=7', '/x?issue_id=6'],
    ['/x?q=see+id_Zj69Oo3ZlqnK', '/x?q=see%20id_q0PaX81LmVb2'],
    ['/x/a%20b%2Fc_9x8y7z6w', '/x/d%20e%2Ff_1a2b3c4d'],
    ['/plain?q=a+b%2Fc&flag', '/plain?q=a+b%2Fc&flag'],
    ['/bad%E0%A4%A?x=%', '/bad%E0%A4%A?x=%'],
  ])('goes to %s as %s', (target, expected) => expect(translate({ target }).target).toBe(expected));

  it('carries what the clone gave out in JSON', () => {
    const body = { text: '{"ref":"id_Zj69Oo3ZlqnK","n":1234567,"issue_id":7,"list":["rev-1"],"id_Zj69Oo3ZlqnK":1}' };
    expect(translate({ body }).body).toEqual({
      text: '{"ref":"id_q0PaX81LmVb2","n":7654321,"issue_id":6,"list":["rev-2"],"id_q0PaX81LmVb2":1}',
    });
  });

  it('keeps a body as it was written where nothing is to change', () => {
    const body = { text: '{ "a" : 1.0 }' };
    expect(translate({ body }).body).toBe(body);
  });

  it('carries it in forms, texts and headers, and counts the bytes again', () => {
    const form = translate({
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ['content-length', '19'],
        ['if-match', '"rev-1"'],
        ['host', 'rev-1'],
      ],
      body: { text: 'rev=rev-1&x[id]=id_Zj69Oo3ZlqnK' },
    });
    expect(form.body).toEqual({ text: 'rev=rev-2&x[id]=id_q0PaX81LmVb2' });
    expect(form.headers.slice(1)).toEqual([
      ['content-length', '31'],
      ['if-match', '"rev-2"'],
      ['host', 'rev-1'],
    ]);
    expect(translate({ body: { text: 'see rev-1!' } }).body).toEqual({ text: 'see rev-2!' });
  });

  it('is the recorded one where nothing corresponds', () => {
    const nothing = new Correspondence();
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), fc.json(), (path, query, text) => {
        const request = { method: 'POST', target: `${path}?${query}`, headers: [], body: { text } };
        expect(translateRequest(request, nothing)).toEqual(request);
      }),
    );
  });
});

describe('the noun of a path segment', () => {
  it.each([
    ['issues', 'issues'],
    ['Issues.json', 'issues'],
    ['7', ''],
    ['', ''],
  ])('%s: %s', (segment, noun) => expect(nounOf(segment)).toBe(noun));
});
