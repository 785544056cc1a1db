import { describe, expect, it } from 'vitest';
import type { Header, HttpResponse } from '../../../src/core/exchange/exchange.ts';
import { compareExchange } from '../../../src/core/fidelity/compare-exchange.ts';
import { Correspondence } from '../../../src/core/fidelity/correspondence.ts';

const ID = 'id_Zj69Oo3ZlqnK';
const OTHER = 'id_q0PaX81LmVb2';

function json(status: number, body: unknown, headers: readonly Header[] = []): HttpResponse {
  return { status, headers: [['content-type', 'application/json'], ...headers], body: { text: JSON.stringify(body) } };
}

function compare(expected: HttpResponse, actual: HttpResponse, correspondence = new Correspondence()) {
  return compareExchange(expected, actual, { correspondence, aroundMs: Date.UTC(2026, 0, 5) });
}

describe('answers agree', () => {
  it('in status, body and headers', () => {
    const there = json(201, { id: ID }, [
      ['location', `/x/${ID}`],
      ['date', 'Mon, 05 Jan 2026 09:00:00 GMT'],
    ]);
    const here = json(201, { id: OTHER }, [['location', `/x/${OTHER}`]]);
    expect(compare(there, here)).toEqual({ status: true, body: true, headers: true, differences: [] });
  });

  it('in the presence of headers whose value says nothing more', () => {
    expect(compare(json(200, {}, [['etag', '"a"']]), json(200, {}, [['etag', '"b"']])).headers).toBe(true);
    expect(compare(json(200, {}, [['etag', '"a"']]), json(200, {})).headers).toBe(false);
  });

  it('whatever the parameters of the content type are', () => {
    const there: HttpResponse = {
      status: 200,
      headers: [['content-type', 'text/plain; charset=utf-8']],
      body: { text: 'x' },
    };
    expect(compare(there, { ...there, headers: [['content-type', 'text/plain']] }).headers).toBe(true);
    expect(compare(there, { ...there, headers: [['content-type', 'text/html']] }).headers).toBe(false);
  });

  it('when both have no body, or the same bytes', () => {
    expect(compare({ status: 204, headers: [] }, { status: 204, headers: [] }).body).toBe(true);
    const image = { status: 200, headers: [], body: { base64: 'AP8=' } };
    expect(compare(image, image).body).toBe(true);
    expect(compare(image, { ...image, body: { base64: 'AP9=' } }).body).toBe(false);
    expect(compare(image, { ...image, body: { text: 'x' } }).body).toBe(false);
  });
});

describe('answers differ', () => {
  it('with what differs, status first', () => {
    const { status, body, differences } = compare(json(200, { a: 1 }), json(404, { a: 2 }));
    expect([status, body]).toEqual([false, false]);
    expect(differences.map(({ path }) => path)).toEqual(['status', '$.a']);
  });

  it('when one is JSON and the other text', () => {
    const text: HttpResponse = { status: 200, headers: [['content-type', 'text/plain']], body: { text: 'no' } };
    expect(compare(json(200, 'no'), text).body).toBe(false);
    expect(compare(text, json(200, 'no')).body).toBe(false);
    expect(compare(text, { status: 200, headers: [] }).body).toBe(false);
  });

  it('without leaving pairs behind', () => {
    const correspondence = new Correspondence();
    compare(json(200, { id: ID, n: 1 }), json(200, { id: OTHER, n: 2 }), correspondence);
    expect(correspondence.counterpart(ID)).toBeUndefined();
    expect(correspondence.heldFor(ID)).toBe(OTHER);
  });
});
