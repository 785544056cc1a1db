import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasTokenHint, isJwt, jwtPseudonym, redactTokenFormats } from '../../../src/core/recording/token-patterns.ts';

const hash = (text: string) => createHmac('sha256', 'k').update(text).digest('hex');
const found = (text: string) => {
  const all: string[] = [];
  redactTokenFormats(text, hash, (_kind, original) => {
    all.push(original);
    return original;
  });
  return all;
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${part({ alg: 'none' })}.${part({ sub: '1', name: 'Ada' })}.c2ln`;

describe('secrets of known forms', () => {
  it('are found in a sentence, and told by a hint', () => {
    const text = `a ${jwt}, ghp_0123456789abcdefABCD and https://bot:t0ken@git.test/`;
    expect(found(text)).toEqual([jwt, 'ghp_0123456789abcdefABCD', 't0ken']);
    expect(hasTokenHint(text)).toBe(true);
    expect(hasTokenHint('nothing to see: eggs, spam, ham')).toBe(false);
  });

  it('are not seen in ordinary words and ids', () => {
    expect(
      found(
        'risk-free-and-very-long-words-here cus_NffrFeUfNV2Hib desk_live_0123456789 eyJ.eyJ mailto:a@b.test http://a:80/@x',
      ),
    ).toEqual([]);
  });

  it('include private keys, whose lines stay lines', () => {
    const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabcd+/==\n-----END RSA PRIVATE KEY-----';
    const redacted = redactTokenFormats(pem, hash, (_kind, _original, pseudonym) => pseudonym());
    expect(redacted).toMatch(
      /^-----BEGIN RSA PRIVATE KEY-----\n[A-Za-z]{16}\n[a-z]{4}\+\/==\n-----END RSA PRIVATE KEY-----$/,
    );
    expect(redacted).not.toContain('MIIEpAIBAAKCAQEA');
    const inJson = redactTokenFormats(JSON.stringify(pem), hash, (_kind, _original, pseudonym) => pseudonym());
    expect(JSON.parse(inJson)).not.toContain('MIIEpAIBAAKCAQEA');
  });
});

describe('a JSON Web Token', () => {
  it('is told from what is none', () => {
    expect([isJwt(jwt), isJwt(`${jwt} `), isJwt('eyJhbGciOi.x.y')]).toEqual([true, false, false]);
  });

  it('loses its signature and the claims that name a person, and differs where any part differs', () => {
    const pseudonym = jwtPseudonym(jwt, hash);
    expect(JSON.parse(Buffer.from(pseudonym.split('.')[1] as string, 'base64url').toString())).toEqual({
      sub: '1',
      name: expect.stringMatching(/^(?!Ada)[A-Za-z]{3}$/),
    });
    expect(jwtPseudonym(`${part({ alg: 'x' })}.${part({ sub: '1', name: 'Ada' })}.c2ln`, hash).split('.')[2]).not.toBe(
      pseudonym.split('.')[2],
    );
    expect(isJwt(jwtPseudonym(`${part({ alg: 'none' })}.eyJub3QganNvbg.c2ln`, hash))).toBe(true);
  });
});
