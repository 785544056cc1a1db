import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKnownSecrets } from '../../../src/core/recording/known-secrets.ts';
import { createSieve, DEFAULT_REDACTION_RULES, redactExchange } from '../../../src/core/recording/redaction.ts';
import { utf8Encode } from '../../../src/core/std/encoding.ts';
import { testHash } from '../../support/recorder.ts';

const SEEN_BEFORE = 'kP7-wq9ZsL2xbV';

function sieve(rules: Partial<typeof DEFAULT_REDACTION_RULES> = {}) {
  const known = createKnownSecrets();
  known.pseudonym(SEEN_BEFORE, () => 'aA0-aa0AaA0aaA');
  return { known, sieve: createSieve({ ...DEFAULT_REDACTION_RULES, ...rules }, known) };
}

const passes = (text: string, contentType = 'application/json', rules = {}) =>
  sieve(rules).sieve.passes({ bytes: utf8Encode(text), contentType, isText: true });

/** Texts with what redaction knows, what looks like it, and what hides it. */
const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      '"',
      '\\"',
      '":',
      '": "',
      '{',
      '}',
      '[',
      ', ',
      ': ',
      '\n',
      '\\n',
      '\\t',
      '\\/',
      '\\u0040',
      '\\u2028',
      '\\\\',
      ' ',
      '=',
      '&',
      '?',
    ],
    ...[
      '#',
      '%',
      '%40',
      '.',
      '/',
      '-',
      '_',
      '+',
      '@',
      '<',
      '>',
      "'",
      '://',
      '&amp;',
      '<input name="',
      'é',
      '\u{1f600}',
      '==',
      '0',
      'n',
      'u00e9',
    ],
    ...[
      '"id": "',
      '"title": "',
      '"token": "',
      '"password":"',
      '"phone":"',
      '"pin":4711',
      '"api_key" : 12345',
      'page=2',
      'access_token=',
    ],
    ...['code=', 'state=', 'grant_type=', 'sid', 'filter[password]=', 'name="otp"', 'true', 'null', '"'],
    ...[
      'ada@mail.org',
      'x@y',
      '@context',
      '+4915112345678',
      '+02:00',
      '+1',
      '4539578763621486',
      '4539 5787 6362 1486',
      '371449635398432',
    ],
    ...[
      'ghp_abcdefghijklmnop1234',
      'github_pat_ABCDEFGHIJKLMNOPQRST',
      'sk_live_abcdefghij',
      'sk-abcdefghijklmnopqrst',
      'xoxb-1234567890',
    ],
    ...[
      'AKIAABCDEFGHIJKLMNOP',
      'SG.abcdefghijklmnop.abcdefghijklmnop',
      'npm_abcdefghijklmnopqrstuvwxyz0123456789',
      'sk-',
      'xox',
    ],
    ...[
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
      'eyJ',
      'https://ada:hunter2@host.test/',
      'https://api.test/users/7',
    ],
    ...[
      '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
      SEEN_BEFORE,
      SEEN_BEFORE.slice(1),
      'whsec_abcdefghijklmnop',
    ],
    ...[
      btoa(`token ${SEEN_BEFORE} it is`),
      btoa('{"password":"hunter2"}'),
      btoa('mail ada@mail.org now'),
      'AAAAAAAAAAAAAAAAAAAAAA==',
    ],
  ),
  fc.string({ unit: fc.constantFrom(...'abcdefzAZ019 "\\/:@+=-_.n'), maxLength: 20 }),
);
const texts = fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join(''));
const contentTypes = fc.constantFrom(
  ...[
    'application/json',
    'text/plain',
    'text/html; charset=utf-8',
    'application/x-www-form-urlencoded',
    'text/event-stream',
  ],
  ...['application/x-ndjson', 'multipart/form-data; boundary=x', 'application/hal+json', ''],
);

const otherTypes = fc.oneof(fc.constantFrom('image/png', 'application/octet-stream', ''), contentTypes);

const asOne = (text: string) => JSON.stringify({ id: 7, note: text });

describe('what the sieve lets pass', () => {
  it('is what redaction would leave as it is, whatever the text and its type', () => {
    let passed = 0;
    fc.assert(
      fc.property(
        fc.oneof(texts, texts.map(asOne)),
        contentTypes,
        fc.constantFrom('request', 'response'),
        (text, type, side) => {
          const { sieve: it, known } = sieve();
          if (!it.passes({ bytes: utf8Encode(text), contentType: type, isText: true })) return;
          passed++;
          const message = { headers: [['content-type', type]], body: { text } } as const;
          const { exchange } = redactExchange(
            {
              ...{ id: '1', session: 's', origin: 'http://a', startedAt: 0, endedAt: 0 },
              request: { method: 'GET', target: '/', headers: [], ...(side === 'request' ? message : {}) },
              ...(side === 'response' ? { response: { status: 200, ...message } } : {}),
            },
            testHash,
            { known },
          );
          expect((side === 'request' ? exchange.request : exchange.response)?.body).toEqual({ text });
        },
      ),
      { numRuns: 4000 },
    );
    expect(passed).toBeGreaterThan(200);
  });

  it('is the same for bytes that are no text, whatever they are said to be', () => {
    fc.assert(
      fc.property(texts, fc.uint8Array({ maxLength: 30 }), otherTypes, (text, noise, contentType) => {
        const part = contentType.startsWith('multipart') ? '--x\r\n' : '';
        const bytes = Buffer.concat([Buffer.from(part), noise, Buffer.from([0xff]), Buffer.from(text), noise]);
        const { sieve: it, known } = sieve();
        if (!it.passes({ bytes, contentType, isText: false })) return;
        const body = { base64: bytes.toString('base64') };
        const { exchange } = redactExchange(
          {
            ...{ id: '1', session: 's', origin: 'http://a', startedAt: 0, endedAt: 0 },
            request: { method: 'PUT', target: '/', headers: [['content-type', contentType]], body },
          },
          testHash,
          { known },
        );
        expect(exchange.request.body).toEqual(body);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same in large bodies, wherever in them something stands', () => {
    const ordinary = {
      id: 7,
      title: 'write the report',
      url: 'https://api.example.com/users/7',
      at: '2026-01-02T03:04:05Z',
    };
    const rows = Array.from({ length: 400 }, (_none, id) => JSON.stringify({ ...ordinary, id }));
    const place = fc.tuple(fc.nat({ max: rows.length - 1 }), fc.oneof(texts, texts.map(asOne)), fc.nat({ max: 90 }));
    let [passed, changed] = [0, 0];
    fc.assert(
      fc.property(fc.array(place, { maxLength: 2 }), contentTypes, fc.nat({ max: 3 }), (places, type, offset) => {
        const lines = [...rows];
        for (const [row, text, at] of places)
          lines[row] = (lines[row] as string).slice(0, at) + text + (lines[row] as string).slice(at);
        const text = `[${lines.join(',\n')}]`;
        const memory = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
        const { sieve: it, known } = sieve();
        const request = {
          ...{ method: 'PUT', target: '/', body: { text } },
          headers: [['content-type', type] as const],
        };
        const { exchange } = redactExchange(
          { id: '1', session: 's', origin: 'http://a', startedAt: 0, endedAt: 0, request },
          testHash,
          { known },
        );
        const stays =
          exchange.request.body !== undefined && 'text' in exchange.request.body && exchange.request.body.text === text;
        const isPassed = it.passes({ bytes: memory.subarray(offset), contentType: type, isText: true });
        if (isPassed) expect(stays).toBe(true);
        if (isPassed) passed++;
        if (!stays) changed++;
      }),
      { numRuns: 300 },
    );
    expect(passed).toBeGreaterThan(30);
    expect(changed).toBeGreaterThan(30);
  });

  it('does not depend on where in a larger piece of memory a body lies, however short it is', () => {
    const texts = [
      '{}',
      '[]',
      '{ }',
      '{"a":1}',
      '{"a":[]}',
      '{"name":"amber"}',
      '{"password":"x"}',
      '{"a":{"b":"c d e f"}}',
    ];
    for (const text of texts)
      for (const offset of [0, 1, 2, 3, 4, 5]) {
        const memory = new Uint8Array(offset + text.length + 8);
        const bytes = memory.subarray(offset, offset + text.length);
        bytes.set(utf8Encode(text));
        const passed = sieve().sieve.passes({ bytes, contentType: 'application/json', isText: true });
        expect({ text, offset, passed }).toEqual({ text, offset, passed: !text.includes('password') });
      }
  });

  it('is ordinary JSON of any length, with times, links, ids, references and mentions', () => {
    const item = {
      ...{
        id: 123456789012,
        key: 'roof',
        created_at: '2026-01-02T03:04:05+02:00',
        uuid: '550e8400-e29b-41d4-a716-446655440000',
      },
      ...{
        url: 'https://api.example.com/users?page=2&per_page=30#top',
        '@type': 'Person',
        text: 'thanks @ada, 1 + 1 = 2\nso it is',
      },
      ...{ sha: 'da39a3ee5e6b4b0d3255bfef95601890afd80709', next_token: null, name: 'Zoë' },
    };
    expect(passes(JSON.stringify(item))).toBe(true);
    expect(passes(JSON.stringify(Array.from({ length: 500 }, () => item)))).toBe(true);
    expect(passes(JSON.stringify(item, undefined, 2))).toBe(true);
  });
});

describe('what the sieve holds back', () => {
  it.each([
    '{"password":"x"}',
    '{"pass\\u0077ord":"x"}',
    '{"a":"{\\"b\\":1}"}',
    `{"a":"before ${SEEN_BEFORE}"}`,
    '{"a":"ada@mail.org"}',
    '{"a":"\\n+49 151 12345678"}',
    '{"a":"https://h/?access_token=x"}',
    '{"a":"https://h/?page=2&q=%40"}',
    '{"a":"\\nghp_abcdefghijklmnop1234"}',
    `{"a":"${btoa('the password is hunter2')}"}`,
    '{"a":"4539 5787 6362 1486"}',
  ])('%s', (text) => {
    expect(passes(text)).toBe(false);
  });

  it('is the same when the memory of an earlier body is used again', () => {
    const { sieve: it } = sieve();
    const memory = Buffer.from('{"crosword":"x"}');
    expect(it.passes({ bytes: memory, contentType: 'application/json', isText: true })).toBe(true);
    memory.write('{"password":"x"}');
    expect(it.passes({ bytes: memory, contentType: 'application/json', isText: true })).toBe(false);
    expect(it.passes({ bytes: Buffer.from('{"password":"x"}'), contentType: 'application/json', isText: true })).toBe(
      false,
    );
  });

  it('is everything where the user has texts or patterns of their own, and names that they say are secret', () => {
    expect(passes('{"a":1}')).toBe(true);
    expect(passes('{"a":1}', 'application/json', { texts: ['x'] })).toBe(false);
    expect(passes('{"a":1}', 'application/json', { patterns: ['x'] })).toBe(false);
    expect(passes('{"a":1}', 'application/json', { secretNames: ['a'] })).toBe(false);
    expect(passes('{"password":1}', 'application/json', { plainNames: ['password'] })).toBe(true);
  });
});
