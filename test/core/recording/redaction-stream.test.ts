import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Header } from '../../../src/core/exchange/exchange.ts';
import { createKnownSecrets } from '../../../src/core/recording/known-secrets.ts';
import { createSieve, DEFAULT_REDACTION_RULES, redactExchange } from '../../../src/core/recording/redaction.ts';
import { beginBodyRedaction } from '../../../src/core/recording/redaction-stream.ts';
import { utf8OfLatin1 } from '../../../src/store/body-bytes.ts';
import { testHash } from '../../support/recorder.ts';

interface Cut {
  readonly type?: string;
  readonly more?: readonly Header[];
  /** Bytes that come at once. */
  readonly chunk?: number;
  readonly pieceBytes?: number;
  readonly heldBytesMax?: number;
  /** Pieces in which nothing is to be replaced are told by a sieve. */
  readonly sieved?: boolean;
}

function inPieces(
  body: string | Buffer,
  { type, more = [], chunk = 7, pieceBytes = 16, heldBytesMax = 4096, sieved = false }: Cut = {},
) {
  const headers: Header[] = [...(type === undefined ? [] : [['content-type', type] as const]), ...more];
  const known = createKnownSecrets();
  const redaction = beginBodyRedaction({
    headers,
    direction: 'request',
    hash: testHash,
    codec: utf8OfLatin1,
    known,
    ...(sieved ? { sieve: createSieve(DEFAULT_REDACTION_RULES, known) } : {}),
    pieceBytes,
    heldBytesMax,
  });
  const bytes = Buffer.from(body).toString('latin1');
  let result = '';
  for (let at = 0; at < bytes.length; at += chunk) result += redaction.push(bytes.slice(at, at + chunk));
  result += redaction.end();
  return { text: Buffer.from(result, 'latin1').toString('utf8'), bytes: result, counts: redaction.counts() };
}

function whole(text: string, type: string): string | undefined {
  const request = { method: 'POST', target: '/', headers: [['content-type', type] as const], body: { text } };
  const { exchange } = redactExchange(
    { id: '1', session: 's', origin: 'http://a', startedAt: 0, endedAt: 0, request },
    testHash,
  );
  return (exchange.request.body as { text: string }).text;
}

const secretive = fc.record({
  password: fc.string({ minLength: 8, maxLength: 30, unit: 'binary' }),
  tokens: fc.array(fc.stringMatching(/^[a-z]{4}[0-9]{8}[A-Z]{4}$/), { maxLength: 3 }),
  pin: fc.integer({ min: 1000, max: 9999 }),
  note: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constant('write to ada@engine.io, or use ghp_16C7e42F292c6912E7710c838347Ae178B4a'),
  ),
  inner: fc.constant(JSON.stringify({ client_secret: 'abcdef123456' })),
});

describe('a body that is redacted in pieces', () => {
  it('of JSON is what it is when it is redacted whole, wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(secretive, { maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 8, max: 200 }),
        (items, chunk, pieceBytes) => {
          const text = JSON.stringify({ items });
          const type = 'application/json';
          expect(inPieces(text, { type, chunk, pieceBytes }).text).toBe(whole(text, type));
        },
      ),
    );
  });

  it('is the same where a sieve tells pieces in which nothing is to be replaced, wherever it is cut', () => {
    const plain = fc.record({
      title: fc.constantFrom('write the report', 'Zo\u00eb', ':', '":'),
      labels: fc.array(fc.constantFrom('roof', ':', 'a b c'), { maxLength: 3 }),
      password: fc.option(fc.array(fc.stringMatching(/^[a-z]{4}[0-9]{4}$/), { maxLength: 4 }), { nil: undefined }),
      note: fc.option(fc.constantFrom('ada@engine.io', 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'), { nil: undefined }),
    });
    const types = fc.constantFrom('application/json', 'text/plain', 'application/octet-stream', '', 'image/png');
    const sizes = fc.record({ chunk: fc.integer({ min: 1, max: 300 }), pieceBytes: fc.integer({ min: 8, max: 120 }) });
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 12 }), types, sizes, fc.boolean(), (items, type, cuts, isCutOff) => {
        const text = Buffer.from(JSON.stringify({ items }));
        const body = isCutOff ? Buffer.concat([text, Buffer.from([0xc3])]) : text;
        const [plainly, sieved] = [false, true].map((on) => inPieces(body, { type, ...cuts, sieved: on }));
        expect(sieved).toEqual(plainly);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['lines of JSON', 'application/x-ndjson', '{"password":"hunter2hunter2"}\n{"x":1}\n'.repeat(20)],
    ['events', 'text/event-stream', 'event: a\ndata: {"api_key":"0123456789abcdef"}\n\n'.repeat(20)],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&client_secret=s3cr3t%20value&b=2&'.repeat(20)],
    ['text', 'text/plain', 'mail ada@engine.io\nkey sk_live_4eC39HqLyjWDarjtT1zdp7dc\n'.repeat(20)],
    [
      'a key in lines',
      'text/plain',
      `${'a line\n'.repeat(9)}-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'.repeat(9)}-----END PRIVATE KEY-----\nend\n`,
    ],
    ['a page', 'text/html', '<p>hello</p>\n<input\n name="password"\n value="correct-horse">\n'.repeat(20)],
  ])('of %s is what it is when it is redacted whole', (_what, type, text) => {
    const pieces = inPieces(text, { type });
    expect(pieces.text).toBe(whole(text, type));
    expect(pieces.text).not.toBe(text);
    expect(Object.values(pieces.counts)[0]).toBeGreaterThan(0);
  });

  it('of many parts has each part redacted by its name, and a part that is too long by its form', () => {
    const log = 'line of a log for ada@engine.io\n'.repeat(400);
    const image = '\xff\x00'.repeat(600);
    const body = Buffer.from(
      `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2hunter2\r\n` +
        `--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n${log}\r\n` +
        `--b\r\nContent-Disposition: form-data; name="g"; filename="y"\r\n\r\n${image}\r\n` +
        `--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nabcd1234efgh5678\r\n--b--\r\n`,
      'latin1',
    );
    const { bytes } = inPieces(body, { type: 'multipart/form-data; boundary=b', pieceBytes: 64, heldBytesMax: 512 });
    expect(bytes).not.toMatch(/hunter2|ada@engine|abcd1234/);
    expect(bytes.match(/--b/g)).toHaveLength(5);
    expect(bytes).toContain(image);
  });

  it('that is no text is left as it is, but for secrets that stood in the head', () => {
    const secret = 'q1w2e3r4t5y6u7i8o9p0';
    const body = Buffer.concat([Buffer.alloc(1000, 0xfe), Buffer.from(`\0${secret}\0`), Buffer.alloc(1000, 1)]);
    const { bytes, counts } = inPieces(body, { type: 'image/png', more: [['authorization', `Bearer ${secret}`]] });
    expect(bytes).not.toContain(secret);
    expect(bytes).toHaveLength(body.length);
    expect(counts).toEqual({ 'seen-before': 1 });
  });

  it('of one string longer than what is held goes through, and not at all where its name says that it is secret', () => {
    const long = 'QUJD'.repeat(3000);
    expect(inPieces(`{"file":"${long}","x":"y"}`, { heldBytesMax: 512 }).text).toBe(`{"file":"${long}","x":"y"}`);
    const { text } = inPieces(`{"password":"${long}","x":"y"}`, { heldBytesMax: 512 });
    expect(text).toMatch(/^\{"password":"[^"]+","x":"y"\}$/);
    expect(text.length).toBeLessThan(1100);
    expect(text).not.toContain('QUJDQUJD');
  });

  it('comes out whole, however it is cut, where nothing in it is secret', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (bytes, chunk) => {
        const body = Buffer.from(bytes);
        expect(Buffer.from(inPieces(body, { type: 'image/png', chunk }).bytes, 'latin1').equals(body)).toBe(true);
      }),
    );
  });
});
