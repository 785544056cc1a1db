import { describe, expect, it } from 'vitest';
import type { Reply, Service, Template } from '../../../src/core/model/clone-model.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';
import type { HttpResponse } from '../../../src/core/exchange/exchange.ts';
import type { JsonObject } from '../../../src/core/std/json.ts';
import { SMALL_ORIGIN, smallModel } from '../../support/small-clone.ts';

/** The response, as it is, of a clone whose only rule has that reply; `cases` empty for a route that nothing answers. */
function respond(reply: Reply | undefined, service: Partial<Service> = {}, text = ''): HttpResponse {
  const cases = reply === undefined ? [] : [{ id: 'only', reply }];
  const model = smallModel({ routes: [{ id: 'root', method: 'POST', path: '/', cases }], ...service });
  const loaded = loadModel(model, { assets: new Map([['abc', { base64: 'AAEC' }]]) });
  const request = { origin: SMALL_ORIGIN, method: 'POST', target: '/', headers: [], body: { text } };
  return step(loaded, initialWorld(loaded, 1), request).response;
}

const errorRule = (reply: Reply) => [{ id: 'e', when: 'false', reply }];

describe('a reply', () => {
  it('prints JSON compactly, numbers as they were written', () => {
    const body = { a: [1, { b: null }] };
    expect(respond({ status: 201, body: { $literal: body } })).toEqual({
      status: 201,
      headers: [],
      body: { text: '{"a":[1,{"b":null}]}' },
    });
    expect(respond({ status: 200, body: 'body' }, {}, '{"n":1.0,"long":12345678901234567890}').body).toEqual({
      text: '{"n":1.0,"long":12345678901234567890}',
    });
  });

  it('has no body where none is said or the value is missing', () => {
    expect(respond({ status: 204 })).toEqual({ status: 204, headers: [] });
    expect(respond({ status: 200, body: 'body.nothing' })).toEqual({ status: 200, headers: [] });
  });

  it('has text as it is', () => {
    expect(respond({ status: 200, text: "'plain ' + method" }).body).toEqual({ text: 'plain POST' });
  });

  it('has the bytes of a file of the clone', () => {
    expect(respond({ status: 200, asset: 'abc' }).body).toEqual({ base64: 'AAEC' });
    expect(respond({ status: 200, asset: 'other' }).status).toBe(501);
  });

  it('is a document of the service where it names one', () => {
    const documents = {
      Shelf: { prolog: '<?xml version="1.0"?>', root: { tag: 'Shelf', children: [{ tag: 'Size' }] } },
    };
    expect(respond({ status: 200, body: { Size: '3' }, xml: 'Shelf' }, { documents }).body).toEqual({
      text: '<?xml version="1.0"?><Shelf><Size>3</Size></Shelf>',
    });
    expect(() => respond({ status: 200, body: { Size: '3' }, xml: 'Other' }, { documents })).toThrow(
      'rule only: there is no document Other (there are: Shelf).',
    );
  });

  it('has headers in order, lower-case, repeated where repeated, without those that are missing', () => {
    const headers = [
      { name: 'X-B', value: '12' },
      { name: 'Set-Cookie', value: "'a=1'" },
      { name: 'Set-Cookie', value: "'b=2'" },
      { name: 'X-None', value: 'missing' },
      { name: 'X-A', value: 'true' },
    ];
    expect(respond({ status: 200, headers }).headers).toEqual([
      ['x-b', '12'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-a', 'true'],
    ]);
  });

  it('does not let a value end its header', () => {
    const headers = [{ name: 'location', value: "'/' + body.name" }];
    expect(respond({ status: 200, headers }, {}, '{"name":"x\\r\\nset-cookie: a=1"}').headers).toEqual([
      ['location', '/x  set-cookie: a=1'],
    ]);
  });
});

describe('an unknown answer', () => {
  const json = ['content-type', 'application/json'];

  it('has the shape of an API-wide error, its texts and status replaced', () => {
    const body = {
      errors: [{ code: '404', text: "'No ' + method", at: 'request_path' }],
      status: 404,
      n: 7,
      docs: { url: "'https://docs'" },
    };
    const rules = errorRule({
      status: 404,
      headers: [{ name: 'content-type', value: "'application/problem+json'" }],
      body,
    });
    expect(respond(undefined, { errors: rules })).toEqual({
      status: 501,
      headers: [['content-type', 'application/problem+json']],
      body: {
        text: '{"errors":[{"code":501,"text":"Not Implemented","at":"Not Implemented"}],"status":501,"n":7,"docs":{"url":"Not Implemented"}}',
      },
    });
  });

  it('is text where errors are text', () => {
    const rules = errorRule({ status: 404, headers: [{ name: 'content-type', value: "'text/plain'" }], text: "'no'" });
    expect(respond(undefined, { errors: rules })).toEqual({
      status: 501,
      headers: [['content-type', 'text/plain']],
      body: { text: 'Not Implemented' },
    });
  });

  it('has the most common shape of errors of routes where there is no API-wide one', () => {
    const guard = (id: string, body: JsonObject) => ({
      id,
      when: 'false',
      reply: { status: 400, body: { $literal: body } as Template },
    });
    const guards = [
      guard('a', { odd: 'x' }),
      guard('b', { message: 'x', code: 'y' }),
      guard('c', { message: 'z', code: 'y' }),
    ];
    const routes = [{ id: 'root', method: 'POST', path: '/', guards, cases: [] }];
    expect(respond(undefined, { routes })).toEqual({
      status: 501,
      headers: [json],
      body: { text: '{"message":"Not Implemented","code":"Not Implemented"}' },
    });
  });

  it('is a message where nothing is known of errors', () => {
    expect(respond(undefined)).toEqual({
      status: 501,
      headers: [json],
      body: { text: '{"message":"Not Implemented"}' },
    });
  });
});
