import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Header } from '../../../src/core/exchange/exchange.ts';
import { createKnownSecrets } from '../../../src/core/recording/known-secrets.ts';
import { DEFAULT_REDACTION_RULES } from '../../../src/core/recording/redaction-rules.ts';
import { redactExchange, redactMessage, redactRequest } from '../../../src/core/recording/redaction.ts';
import { exchangeOf, sketchHash as hash, type Sketch } from '../../support/redaction-sketch.ts';

const json: readonly Header[] = [['content-type', 'application/json']];

describe('laws of redaction', () => {
  const secretText = fc
    .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{11,40}[A-Za-z0-9]$/)
    .filter((text) => /\d/.test(text) && /[A-Za-z]{3}/.test(text));

  test('a token that was sent is nowhere in the result, and equal tokens have equal pseudonyms', () => {
    fc.assert(
      fc.property(secretText, fc.string(), (secret, note) => {
        const sketch = {
          headers: [['x-api-key', secret], ...json] as const,
          body: JSON.stringify({ note, token: secret, again: `(${secret})` }),
        };
        const known = createKnownSecrets();
        const first = redactExchange(exchangeOf(sketch), hash, { known });
        expect(JSON.stringify(first.exchange)).not.toContain(secret);
        expect(redactExchange(exchangeOf(sketch), hash, { known: createKnownSecrets() }).exchange).toEqual(
          first.exchange,
        );
      }),
    );
  });

  test('a secret that was met is found in every place and encoding, and has one pseudonym in all of them', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const url = (text: string) => Buffer.from(text).toString('base64url');
    /** Places, each with how to read the value back. */
    const places: readonly [string, (secret: string) => Sketch, (shown: string) => string][] = [
      ['a path', (s) => ({ target: `/keys/${s}/x` }), (t) => /keys\/([^/]+)\/x/.exec(t)?.[1] ?? ''],
      [
        'a percent-encoded URL',
        (s) => ({ body: `"go":"?u=http%3A%2F%2Fa%3Fk%3D${s}"` }),
        (t) => /k%3D([^"\\]+)/.exec(t)?.[1] ?? '',
      ],
      [
        'a line of a log',
        (s) => ({ headers: json, body: JSON.stringify({ log: `one\n${s}\ttwo` }) }),
        (t) => /one\W+n([^\\]+)/.exec(t)?.[1] ?? '',
      ],
      [
        'base64',
        (s) => ({ headers: json, body: JSON.stringify({ blob: base64(`user said ${s} aloud`) }) }),
        (t) => /said (\S+)/.exec(Buffer.from(/blob\W+([\w+/=-]+)/.exec(t)?.[1] ?? '', 'base64').toString())?.[1] ?? '',
      ],
      [
        'base64url in a query',
        (s) => ({ target: `/x?state=${url(`{"back":"${s}"}`)}` }),
        (t) =>
          /back":"([^"]+)/.exec(Buffer.from(/state=([\w-]+)/.exec(t)?.[1] ?? '', 'base64url').toString())?.[1] ?? '',
      ],
      [
        'another header',
        (s) => ({ headers: [['x-trace', `key=${s}; a`]] }),
        (t) => /key=([^;]+); a/.exec(t)?.[1] ?? '',
      ],
      [
        'JSON in a string',
        (s) => ({ headers: json, body: JSON.stringify({ raw: JSON.stringify({ deep: s }) }) }),
        (t) => /deep\W+([\w.-]+)/.exec(t)?.[1] ?? '',
      ],
    ];
    fc.assert(
      fc.property(secretText, fc.constantFrom(...places), (secret, [, sketch, read]) => {
        const known = createKnownSecrets();
        const sent = redactRequest({ method: 'GET', target: '/', headers: [['x-api-key', secret]] }, hash, { known });
        const { exchange } = redactExchange(exchangeOf(sketch(secret)), hash, { known });
        const shown = JSON.stringify(exchange);
        expect(shown).not.toContain(secret);
        expect(read(shown)).toBe(sent.request.headers[0]?.[1]);
      }),
    );
  });

  test('claims of a token stay or go by rule, and its structure stays', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'HS256' })}.${part({ sub: 'u-1', tenant: 'acme-2', email: 'ada@acme.io' })}.c2lnbmF0dXJl`;
    const rules = { ...DEFAULT_REDACTION_RULES, claims: ['tenant'], plainClaims: ['email'] };
    const { exchange } = redactExchange(exchangeOf({ headers: [['authorization', `Bearer ${token}`]] }), hash, {
      rules,
    });
    const payload = exchange.request.headers[0]?.[1].split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      sub: 'u-1',
      tenant: expect.stringMatching(/^[a-z]{4}-\d$/),
      email: 'ada@acme.io',
    });
    expect(JSON.stringify(exchange)).not.toContain('acme-2');
  });

  test('bytes that are no text lose secrets whose form leaves no doubt, and keep their length', () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 255, 40]),
      Buffer.from('ghp_16C7e42F292c6912E7710c838347Ae178B4a'),
      Buffer.from([255]),
    ]);
    const message = { sender: 'client', at: 0, opcode: 2, body: { base64: bytes.toString('base64') } } as const;
    const { body } = redactMessage(message, hash).message;
    const shown = Buffer.from((body as { base64: string }).base64, 'base64');
    expect(shown).toHaveLength(bytes.length);
    expect(shown.toString('latin1')).toMatch(/ghp_[A-Za-z0-9]{36}/);
    expect(shown.toString('latin1')).not.toContain('16C7e42F');
  });

  test('JSON stays JSON with the same names and lengths of lists', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { exchange } = redactExchange(exchangeOf({ headers: json, body: JSON.stringify(value) }), hash);
        const shape = (it: unknown): unknown =>
          Array.isArray(it)
            ? it.map(shape)
            : it && typeof it === 'object'
              ? Object.fromEntries(Object.entries(it).map(([k, v]) => [k, shape(v)]))
              : typeof it;
        const body = exchange.request.body;
        expect(shape(JSON.parse(body && 'text' in body ? body.text : 'null'))).toEqual(shape(value));
      }),
    );
  });

  test('any text comes through in bounded time and without an exception', () => {
    const nasty = [
      '@'.repeat(20_000),
      'a@'.repeat(20_000),
      `${'a.'.repeat(20_000)}@b.co`,
      '+1 '.repeat(20_000),
      '"\\'.repeat(20_000),
      'eyJ'.repeat(20_000),
      '4111 '.repeat(20_000),
      '<input '.repeat(20_000),
      '://a:'.repeat(20_000),
      '?a='.repeat(20_000),
      '{"a":'.repeat(20_000),
      'name="a"\r\n'.repeat(20_000),
    ];
    for (const text of nasty) {
      for (const type of [
        'application/json',
        'text/html',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
      ]) {
        const started = process.cpuUsage().user;
        redactExchange(exchangeOf({ headers: [['content-type', type]], body: text }), hash);
        expect(process.cpuUsage().user - started, `${text.slice(0, 12)}… as ${type}`).toBeLessThan(2_000_000);
      }
    }
  });
});
