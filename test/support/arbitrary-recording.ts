// Recordings that no sane client and server would make, but that a proxy may see all the same.
import fc from 'fast-check';
import type { Body, Exchange, Header } from '../../src/core/exchange/exchange.ts';
import type { Recording } from '../../src/core/recording/recording.ts';

const segment = fc.oneof(
  fc.constantFrom(
    'users',
    '1',
    '2',
    '{id}',
    '..',
    '',
    '%',
    '%E0%A4',
    'a b',
    '__proto__',
    'x.json',
    'ü',
    '9'.repeat(30),
  ),
  fc.string({ maxLength: 8 }),
);

const query = fc.oneof(
  fc.constantFrom('', '?a=1&a=2', '?x[y]=1', '?__proto__=1', '??', '?page=2'),
  fc.string({ maxLength: 12 }),
);

const target = fc
  .tuple(fc.array(segment, { maxLength: 5 }), query)
  .map(([segments, after]) => `${segments.map((each) => `/${each}`).join('')}${after}`);

const body: fc.Arbitrary<Body | undefined> = fc.option(
  fc.oneof(
    fc.json().map((text) => ({ text })),
    fc.string().map((text) => ({ text })),
    fc.constantFrom<Body>(
      { text: '{"id":1,"name":"a","items":[{"id":2}]}' },
      { text: '[{"id":1},{"id":1}]' },
      { text: '{"a":1,"a":2}' },
      { text: '['.repeat(3000) },
      { text: '{"__proto__":{"id":1}}' },
      { text: '1e999' },
      { text: '{"id":1.0,"text":"\\ud800"}' },
      { base64: 'AP8=' },
    ),
  ),
  { nil: undefined },
);

const headers: fc.Arbitrary<readonly Header[]> = fc.array(
  fc.tuple(
    fc.constantFrom('content-type', 'authorization', 'cookie', 'etag', 'location', 'x-odd'),
    fc.oneof(
      fc.constantFrom('application/json', 'text/html', 'application/x-www-form-urlencoded', 'Bearer abc'),
      fc.string({ maxLength: 10 }),
    ),
  ),
  { maxLength: 3 },
);

const exchange: fc.Arbitrary<Omit<Exchange, 'id'>> = fc
  .record({
    session: fc.constantFrom('a', 'b', 'c'),
    origin: fc.constantFrom('http://a.example', 'http://b.example', 'odd'),
    startedAt: fc.integer({ min: 0, max: 2e12 }),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'ODD'),
    target,
    sentHeaders: headers,
    sentBody: body,
    status: fc.constantFrom(200, 201, 204, 301, 304, 400, 404, 422, 500),
    gotHeaders: headers,
    gotBody: body,
    isAnswered: fc.boolean(),
  })
  .map((drawn) => ({
    session: drawn.session,
    origin: drawn.origin,
    startedAt: drawn.startedAt,
    endedAt: drawn.startedAt + 1,
    request: {
      method: drawn.method,
      target: drawn.target,
      headers: drawn.sentHeaders,
      ...(drawn.sentBody === undefined ? {} : { body: drawn.sentBody }),
    },
    ...(drawn.isAnswered
      ? {
          response: {
            status: drawn.status,
            headers: drawn.gotHeaders,
            ...(drawn.gotBody === undefined ? {} : { body: drawn.gotBody }),
          },
        }
      : {}),
  }));

export const arbitraryRecording: fc.Arbitrary<Recording> = fc
  .record({
    starts: fc.tuple(
      ...['a', 'b', 'c'].map(() => fc.constantFrom('continues' as const, 'fresh' as const, 'unknown' as const)),
    ),
    drawn: fc.array(exchange, { minLength: 1, maxLength: 25 }),
  })
  .map(({ starts, drawn }) => ({
    formatVersion: 1,
    toolVersion: 'test',
    createdAt: 0,
    sessions: ['a', 'b', 'c'].map((name, index) => ({ name, start: starts[index] ?? 'continues' })),
    exchanges: drawn.map((each, index) => ({ ...each, id: `1.${index + 1}` })),
  }));
