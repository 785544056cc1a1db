import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Body, Exchange } from '../../../src/core/exchange/exchange.ts';
import { harOf } from '../../../src/core/recording/har-export.ts';
import { recordingFromHar } from '../../../src/core/recording/har-import.ts';
import { NO_ANSWER } from '../../../src/core/recording/har.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { failureOf } from '../../support/failure.ts';

const bodies: fc.Arbitrary<Body> = fc.oneof(
  fc.string({ minLength: 1 }).map((text) => ({ text })),
  fc.uint8Array({ minLength: 1 }).map((bytes) => ({ base64: Buffer.from([0xff, ...bytes]).toString('base64') })),
);
const headers = fc.array(fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,10}$/), fc.string()), { maxLength: 4 });
const optional = <T extends object>(arbitrary: fc.Arbitrary<T>) => fc.oneof(fc.constant({}), arbitrary);
const exchange = fc
  .record({
    session: fc.constantFrom('one', 'two ü'),
    origin: fc.constantFrom('https://api.test', 'http://127.0.0.1:3000'),
    startedAt: fc.integer({ min: 0, max: 4e12 }),
    time: fc.nat(10_000),
    method: fc.constantFrom('GET', 'POST', 'PROPFIND'),
    target: fc.constantFrom('/', '/a%20b?x=1&x=2', '/?q=%F0%9F%98%80', '*'.replace('*', '/*')),
    requestHeaders: headers,
    requestBody: optional(fc.record({ body: bodies })),
    response: optional(
      fc
        .record({
          status: fc.integer({ min: 100, max: 599 }),
          headers,
          body: optional(fc.record({ body: bodies })),
          trailers: optional(headers.filter((list) => list.length > 0).map((trailers) => ({ trailers }))),
        })
        .map(({ body, trailers, ...head }) => ({ response: { ...head, ...body, ...trailers } })),
    ),
    error: optional(fc.constant({ error: { code: 'ERR_UPSTREAM_RESET', message: 'gone' } })),
  })
  .map(({ time, method, target, requestHeaders, requestBody, response, error, ...rest }): Exchange => ({
    id: '',
    ...rest,
    endedAt: rest.startedAt + time,
    request: { method, target, headers: requestHeaders, ...requestBody },
    ...response,
    // An exchange without an answer has an error.
    ...('response' in response ? error : { error: { code: 'ERR_UPSTREAM_REFUSED', message: 'no' } }),
  }));

const recordings: fc.Arbitrary<Recording> = fc.array(exchange, { maxLength: 6 }).map((exchanges) => ({
  formatVersion: 1,
  toolVersion: '1.2.3',
  createdAt: 1_700_000_000_000,
  sessions: [...new Set(exchanges.map(({ session }) => session))].map((name, index) => ({
    name,
    start: index === 0 ? 'fresh' : 'continues',
  })),
  exchanges: exchanges.map((each, index) => ({ ...each, id: `1.${index + 1}` })),
}));

describe('an HTTP Archive', () => {
  it('holds a recording without loss', () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        const read = recordingFromHar(JSON.parse(JSON.stringify(harOf(recording))));
        expect(read).toEqual({ recording, skipped: 0, redacted: true });
      }),
    );
  });

  it('has what the format asks for', () => {
    const { log } = harOf({
      formatVersion: 1,
      toolVersion: '1',
      createdAt: 0,
      sessions: [{ name: 's', start: 'unknown' }],
      exchanges: [
        {
          id: '1.1',
          session: 's',
          origin: 'https://a.test',
          startedAt: 1000,
          endedAt: 1250,
          request: {
            method: 'POST',
            target: '/x?a=b+c&d',
            headers: [
              ['cookie', 'k=v; l=w'],
              ['content-type', 'text/plain'],
            ],
            body: { text: 'ü' },
          },
          response: {
            status: 302,
            headers: [
              ['location', '/y'],
              ['set-cookie', 'k=v; Path=/'],
            ],
          },
        },
      ],
    });
    expect(log.pages).toEqual([
      { startedDateTime: '1970-01-01T00:00:01.000Z', id: 's', title: 's', pageTimings: {}, _start: 'unknown' },
    ]);
    expect(log.entries[0]).toMatchObject({
      pageref: 's',
      time: 250,
      request: {
        url: 'https://a.test/x?a=b+c&d',
        bodySize: 2,
        queryString: [
          { name: 'a', value: 'b c' },
          { name: 'd', value: '' },
        ],
        cookies: [
          { name: 'k', value: 'v' },
          { name: 'l', value: 'w' },
        ],
        postData: { mimeType: 'text/plain', text: 'ü' },
      },
      response: { status: 302, redirectURL: '/y', cookies: [{ name: 'k', value: 'v' }], content: { size: 0 } },
    });
  });
});

describe('an archive of a browser or a test suite', () => {
  const entry = (url: string, more: object = {}) => ({
    startedDateTime: '2024-01-01T00:00:00.000Z',
    time: 5,
    request: { method: 'get', url },
    response: { status: 200 },
    ...more,
  });

  it('is read although much is missing', () => {
    const { recording, skipped, redacted } = recordingFromHar({
      log: {
        entries: [entry('HTTPS://user:pw@API.Test:443/a?b#c'), entry('data:text/plain,x'), entry('wss://a.test/live')],
      },
    });
    expect(recording.exchanges.map(({ origin, request }) => [origin, request.method, request.target])).toEqual([
      ['https://api.test', 'GET', '/a?b'],
      ['https://a.test', 'GET', '/live'],
    ]);
    expect([skipped, redacted, recording.sessions]).toEqual([1, false, [{ name: 'har', start: 'unknown' }]]);
  });

  it('has sessions one after another, each in the order in which its answers ended', () => {
    const at = (pageref: string, second: number, time: number, path: string) =>
      entry(`http://a.test/${path}`, { pageref, time, startedDateTime: `2024-01-01T00:00:0${second}.000Z` });
    const pages = [{ id: 'p1', title: 'x' }, { id: 'p2' }, { id: 'unused' }];
    const { recording } = recordingFromHar({
      log: { pages, entries: [at('p1', 5, 3000, 'slow'), at('p2', 1, 1, 'early'), at('p1', 6, 1, 'quick')] },
    });
    expect(recording.sessions.map(({ name }) => name)).toEqual(['p1', 'p2']);
    expect(recording.exchanges.map(({ request }) => request.target)).toEqual(['/quick', '/slow', '/early']);
  });

  it('gives bodies from base64, and forms from their fields, and cookies from their list', () => {
    const { recording } = recordingFromHar({
      log: {
        entries: [
          entry('http://a.test/', {
            request: {
              method: 'POST',
              url: 'http://a.test/',
              headers: [
                { name: ':method', value: 'POST' },
                { name: 'X-A', value: '1' },
              ],
              cookies: [{ name: 'k', value: 'v' }],
              postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a b', value: 'c&d' }] },
            },
            response: { status: 200, content: { text: Buffer.from('text').toString('base64'), encoding: 'base64' } },
          }),
        ],
      },
    });
    expect(recording.exchanges[0]?.request).toEqual({
      method: 'POST',
      target: '/',
      headers: [
        ['x-a', '1'],
        ['cookie', 'k=v'],
      ],
      body: { text: 'a%20b=c%26d' },
    });
    expect(recording.exchanges[0]?.response?.body).toEqual({ text: 'text' });
  });

  it('says where a request was never answered', () => {
    const { recording } = recordingFromHar({
      log: { entries: [entry('http://a.test/', { response: { status: NO_ANSWER, _error: 'net::ERR_FAILED' } })] },
    });
    expect(recording.exchanges[0]).toMatchObject({ error: { code: 'ERR_UPSTREAM_RESET', message: 'net::ERR_FAILED' } });
    expect(recording.exchanges[0]).not.toHaveProperty('response');
  });

  it.each([
    [{}, 'log.entries'],
    [null, 'log.entries'],
    [{ log: { entries: {} } }, 'log.entries'],
    [{ log: { entries: [entry('http://a.test/'), {}] } }, 'log.entries[1].request.url'],
    [{ log: { entries: [{ request: { url: 'http://a.test/' } }] } }, 'log.entries[0].request.method'],
  ])('that is none is refused with the place (%#)', (archive, place) => {
    const failure = failureOf(() => recordingFromHar(archive));
    expect([failure.code, failure.details['place']]).toEqual(['ERR_HAR_SHAPE', place]);
  });
});
