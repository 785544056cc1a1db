import { describe, expect, it } from 'vitest';
import { createKnownSecrets } from '../../../src/core/recording/known-secrets.ts';
import { createSieve, DEFAULT_REDACTION_RULES, redactExchange } from '../../../src/core/recording/redaction.ts';
import { bodyFromBytes } from '../../../src/store/body-bytes.ts';
import { exchangeOf, sketchHash } from '../../support/redaction-sketch.ts';

const IMAGE = '\xff\xd8\0\x01\x02\xfe';
const FORM_DATA = 'multipart/form-data; boundary=b';
const image = `--b\r\nContent-Disposition: form-data; name="f"; filename="x.jpg"\r\nContent-Type: image/jpeg\r\n\r\n${IMAGE}\r\n`;
const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name=${name}\r\n${more}\r\n${value}\r\n`;
const whole = (...parts: readonly string[]) => `${parts.join('')}--b--\r\n`;

/** The body after a sieve has looked at it, as both sides of an exchange; characters are bytes. */
function redacted(body: string, type = FORM_DATA) {
  const bytes = Buffer.from(body, 'latin1');
  const known = createKnownSecrets();
  const sieve = createSieve(DEFAULT_REDACTION_RULES, known);
  const unread = { bytes, isText: !body.includes('\xff'), read: () => bodyFromBytes(bytes) };
  const { exchange, untouched } = redactExchange(
    exchangeOf({ headers: [['content-type', type]], responseHeaders: [['content-type', type]] }),
    sketchHash,
    { known, sieve },
    { request: unread, response: unread },
  );
  const text = (side: 'request' | 'response') => {
    const kept = exchange[side]?.body;
    if (kept === undefined) return Buffer.from(untouched[side] ?? '').toString('latin1');
    return 'text' in kept
      ? Buffer.from(kept.text).toString('latin1')
      : Buffer.from(kept.base64, 'base64').toString('latin1');
  };
  return { asked: text('request'), answered: text('response') };
}

describe.each([
  ['with a part of bytes beside them', image],
  ['that are all text', ''],
])('parts of a multipart body %s', (_what, other) => {
  it.each([
    ['a name in quotes', part('"password"', 'hunter2!x')],
    ['a name without quotes', part('password', 'hunter2!x')],
    ['a name within another', part('"login[otp]"', 'hunter2!x')],
    [
      'a name in another spelling',
      part('"x"', 'y').replace('name="x"', 'NAME="apiKey"').replace('\r\ny\r\n', '\r\nhunter2!x\r\n'),
    ],
    ['a value that begins like JSON and is none', part('"password"', '[hunter2!x')],
    ['JSON in a part with a name', part('"settings"', '{"deep":{"client_secret":"hunter2!x"}}')],
    ['a list under a name', part('"passwords[password]"', '["hunter2!x"]')],
    ['JSON in a part without a name', '--b\r\nContent-Type: application/json\r\n\r\n{"password":"hunter2!x"}\r\n'],
    [
      'a form in a part',
      part('"form"', 'a=1&password=hunter2!x', 'Content-Type: application/x-www-form-urlencoded\r\n'),
    ],
    [
      'parts of a part',
      part(
        '"files"',
        '--c\r\nContent-Disposition: file; name="token"\r\n\r\nhunter2!x\r\n--c--',
        'Content-Type: multipart/mixed; boundary=c\r\n',
      ),
    ],
    [
      'a request in a part',
      '--b\r\nContent-Type: application/http\r\n\r\nGET /me?api_key=hunter2!x HTTP/1.1\r\nAuthorization: Bearer hunter2!x\r\n\r\n{"password":"hunter2!x"}\r\n',
    ],
    ['a header of a part', '--b\r\nX-Api-Key: hunter2!x\r\nContent-Type: text/plain\r\n\r\nhello\r\n'],
  ])('are known by %s', (_which, secret) => {
    const body = whole(part('"title"', 'the roof'), secret, other);
    const { asked, answered } = redacted(body);
    expect(asked).not.toContain('hunter2');
    expect(answered).not.toContain('hunter2');
    expect(asked).toContain('the roof');
    expect(asked.endsWith(`${other}--b--\r\n`)).toBe(true);
  });

  it('are found where something stands before the first, and where the boundary is that of the content type', () => {
    for (const before of ['\r\n', 'this is a message in many parts\r\n', '--not this\r\n']) {
      const { asked } = redacted(before + whole(part('"password"', 'hunter2!x'), other));
      expect(asked).not.toContain('hunter2');
      expect(asked.startsWith(before)).toBe(true);
    }
    expect(redacted(whole(part('"password"', 'hunter2!x'), other), 'multipart/form-data').asked).not.toContain(
      'hunter2',
    );
    expect(
      redacted(whole(part('"password"', 'hunter2!x'), other), 'Multipart/Form-Data; Boundary="b"').asked,
    ).not.toContain('hunter2');
  });
});

it('a secret has one pseudonym, whether its part stands beside bytes or not', () => {
  const password = Buffer.from('pässwörd-77').toString('latin1');
  const [alone, beside] = [whole(part('"password"', password)), whole(part('"password"', password), image)].map(
    (body) => /\r\n\r\n([^\r]+)\r\n--b/.exec(redacted(body).asked)?.[1],
  );
  expect(alone).toMatch(/^[a-z]{8}-\d\d$/);
  expect(beside).toBe(alone);
});

it('parts in which nothing is secret stay byte for byte', () => {
  const body = whole(
    part('"title"', Buffer.from('Zoë\'s roof\r\n{"a":1}').toString('latin1')),
    image,
    part('"n"', '7'),
  );
  expect(redacted(body)).toEqual({ asked: body, answered: body });
});

it('parts nest to any depth: what lies within a few of them is known by its name, all of it by its form', () => {
  const token = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1bC3dE5'}`;
  for (const [depth, secret] of [
    [10, 'hunter2!x'],
    [5000, token],
  ] as const) {
    const boundary = (at: number) => `b${String(at).padStart(6, '0')}`;
    const open = Array.from(
      { length: depth },
      (_none, at) => `--${boundary(at)}\r\nContent-Type: multipart/mixed; boundary=${boundary(at + 1)}\r\n\r\n`,
    );
    const inner = `--${boundary(depth)}\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret}\r\n`;
    for (const bytes of ['', `--${boundary(depth)}\r\nContent-Type: image/jpeg\r\n\r\n${IMAGE}\r\n`]) {
      const { asked } = redacted(open.join('') + inner + bytes, `multipart/mixed; boundary=${boundary(0)}`);
      expect(asked).toContain('name="password"');
      expect(asked).not.toContain(secret);
    }
  }
});
