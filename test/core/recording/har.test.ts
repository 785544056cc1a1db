import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Body, Exchange, SocketMessage } from '../../../src/core/exchange/exchange.ts';
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
const messages = fc.array(
  fc
    .record({
      sender: fc.constantFrom('client', 'server'),
      at: fc.integer({ min: 0, max: 4e12 }),
      opcode: fc.constantFrom(1, 2, 8),
      body: fc.option(bodies, { nil: undefined }),
      truncated: fc.option(fc.constant({ length: 9, sha256: 'ab' }), { nil: undefined }),
    })
    .map(({ body, truncated, ...rest }): SocketMessage => {
      return { ...rest, ...(body ? { body } : {}), ...(truncated ? { truncated } : {}) };
    }),
  { minLength: 1, maxLength: 4 },
);
const arrivals = fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 });
const optional = <T extends object>(arbitrary: fc.Arbitrary<T>) => fc.oneof(fc.constant({}), arbitrary);
const exchange = fc
  .record({
    session: fc.constantFrom('one', 'two ü'),
    origin: fc.constantFrom('https://api.test', 'http://127.0.0.1:3000'),
    startedAt: fc.integer({ min: 0, max: 4e12 }),
    time: fc.nat(10_000),
    method: fc.constantFrom('GET', 'POST', 'PROPFIND'),
    target: fc.constantFrom('/', '/a%20b?x=1&x=2', '/?q=%F0%9F%98%80', '*'.replace('*', '/*')),
    httpVersion: optional(fc.record({ httpVersion: fc.constantFrom('1.0', '1.1', '2') })),
    requestHeaders: headers,
    requestBody: optional(fc.record({ body: bodies, arrivals })),
    messages: optional(fc.record({ messages })),
    response: optional(
      fc
        .record({
          status: fc.integer({ min: 100, max: 599 }),
          headers,
          body: optional(fc.record({ body: bodies, arrivals })),
          trailers: optional(headers.filter((list) => list.length > 0).map((trailers) => ({ trailers }))),
        })
        .map(({ body, trailers, ...head }) => ({ response: { ...head, ...body, ...trailers } })),
    ),
    error: optional(fc.constant({ error: { code: 'ERR_UPSTREAM_RESET', message: 'gone' } })),
  })
  .map(
    ({
      time,
      method,
      target,
      httpVersion,
      requestHeaders,
      requestBody,
      messages,
      response,
      error,
      ...rest
    }): Exchange => ({
      id: '',
      ...rest,
      ...httpVersion,
      ...messages,
      endedAt: rest.startedAt + time,
      request: { method, target, headers: requestHeaders, ...requestBody },
      ...response,
      // An exchange without an answer has an error.
      ...('response' in response ? error : { error: { code: 'ERR_UPSTREAM_REFUSED', message: 'no' } }),
    }),
  );

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
        expect(read).toEqual({ recording, skipped: 0, fromCache: 0, redacted: true });
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

  it('has the messages of a WebSocket as Chrome writes them', () => {
    const _webSocketMessages = [
      { type: 'send', time: 1700000000.123456, opcode: 1, data: '{"a":1}' },
      { type: 'receive', time: 1700000001, opcode: 2, data: '/wA=' },
    ];
    const { recording } = recordingFromHar({
      log: {
        entries: [
          entry('wss://a.test/live', { response: { status: 101 }, _resourceType: 'websocket', _webSocketMessages }),
        ],
      },
    });
    expect(recording.exchanges).toMatchObject([
      {
        origin: 'https://a.test',
        messages: [
          { sender: 'client', at: 1700000000123.456, opcode: 1, body: { text: '{"a":1}' } },
          { sender: 'server', at: 1700000001000, opcode: 2, body: { base64: '/wA=' } },
        ],
      },
    ]);
    expect(harOf(recording).log.entries[0]).toMatchObject({
      request: { url: 'wss://a.test/live' },
      _resourceType: 'websocket',
      _webSocketMessages,
    });
  });

  it('says where a browser let a body go, and leaves out what it never asked for', () => {
    const bodiless = (size: number, more: object = {}) =>
      entry('http://a.test/', { response: { status: 200, content: { size, ...more } } });
    const { recording, fromCache } = recordingFromHar({
      log: {
        entries: [
          bodiless(7),
          bodiless(0),
          bodiless(-1),
          bodiless(3, { text: 'abc' }),
          entry('http://a.test/', { response: { status: 304, content: { size: 7 } } }),
          entry('http://a.test/', { request: { method: 'POST', url: 'http://a.test/', bodySize: 9 } }),
          entry('http://a.test/', { _fromCache: 'disk' }),
        ],
      },
    });
    expect(recording.exchanges.map(({ truncated }) => truncated?.reason)).toEqual([
      'the archive does not hold the body of the response',
      undefined,
      undefined,
      undefined,
      undefined,
      'the archive does not hold the body of the request',
    ]);
    expect(fromCache).toBe(1);
  });

  it('speaks HTTP/2 in its own ways: pseudo-headers, names of versions, joined headers', () => {
    const versions = ['h2', 'http/2.0', 'HTTP/1.1', 'h3', 'unknown', undefined];
    const { recording } = recordingFromHar({
      log: {
        entries: versions.map((httpVersion) =>
          entry('https://a.test/', {
            request: {
              method: 'GET',
              url: 'https://a.test/',
              headers: [
                { name: ':authority', value: 'a.test' },
                { name: ':path', value: '/' },
              ],
            },
            response: { status: 200, httpVersion, headers: [{ name: 'Set-Cookie', value: 'a=1; Path=/\nb=2' }] },
          }),
        ),
      },
    });
    expect(recording.exchanges.map(({ httpVersion }) => httpVersion)).toEqual([
      '2',
      '2',
      '1.1',
      '3',
      undefined,
      undefined,
    ]);
    expect(recording.exchanges[0]?.request.headers).toEqual([['host', 'a.test']]);
    expect(recording.exchanges[0]?.response?.headers).toEqual([
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
    ]);
  });

  it('gives multipart bodies from their fields, and cookies of answers from their list', () => {
    const postData = {
      mimeType: 'multipart/form-data; boundary=b',
      params: [
        { name: 'a', value: '1' },
        { name: 'f', fileName: 'x.txt', contentType: 'text/plain', value: 'two' },
      ],
    };
    const cookies = [{ name: 'k', value: 'v', path: '/', httpOnly: true, secure: false }];
    const { recording } = recordingFromHar({
      log: {
        entries: [
          entry('http://a.test/', {
            request: { method: 'POST', url: 'http://a.test/', postData },
            response: { status: 200, cookies },
          }),
        ],
      },
    });
    expect(recording.exchanges[0]?.request.body).toEqual({
      text:
        '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' +
        '--b\r\nContent-Disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n',
    });
    expect(recording.exchanges[0]?.response?.headers).toEqual([['set-cookie', 'k=v; Path=/; HttpOnly']]);
  });

  it('has ids of its own, whatever another tool calls its entries', () => {
    const twice = [entry('http://a.test/1', { _id: 'x' }), entry('http://a.test/2', { _id: 'x' })];
    const { recording } = recordingFromHar({ log: { entries: twice } });
    expect(recording.exchanges.map(({ id }) => id)).toEqual(['1.1', '1.2']);
  });

  it('says where an answer broke off', () => {
    const response = { status: 200, content: { size: 3, text: 'abc' }, _error: 'net::ERR_CONNECTION_CLOSED' };
    const { recording } = recordingFromHar({ log: { entries: [entry('http://a.test/', { response })] } });
    expect(recording.exchanges[0]).toMatchObject({
      error: { code: 'ERR_UPSTREAM_RESET', message: 'net::ERR_CONNECTION_CLOSED' },
      truncated: { reason: 'response cut off: net::ERR_CONNECTION_CLOSED', length: 3 },
    });
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
    [
      {
        log: {
          entries: [entry('http://a.test/', { response: { status: 200, content: { text: '*', encoding: 'base64' } } })],
        },
      },
      'log.entries[0].response.content.text',
    ],
  ])('that is none is refused with the place (%#)', (archive, place) => {
    const failure = failureOf(() => recordingFromHar(archive));
    expect([failure.code, failure.details['place']]).toEqual(['ERR_HAR_SHAPE', place]);
  });
});
