import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pseudonymOf } from '../../../src/core/recording/pseudonym.ts';

const keyed = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest('hex');
const hash = keyed('one');

describe('a pseudonym', () => {
  it.each([
    ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', /^sk_live_[0-9A-Za-z]{24}$/],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', /^ghp_[0-9A-Za-z]{36}$/],
    ['xoxb-1234567890-1234567890123-AbCdEfGhIjKl', /^xoxb-[1-9]\d{9}-[1-9]\d{12}-[A-Za-z]{12}$/],
    ['AKIAIOSFODNN7EXAMPLE', /^AKIA[0-9A-Z]{16}$/],
    ['*:development.964a287e1b728cb5f4f3e0120df92cb5', /^\*:development\.[0-9a-f]{32}$/],
    ['7.d6f0a1b2c3d4e5f60718293a4b5c6d7e', /^7\.[0-9a-f]{32}$/],
    ['0F8FAD5B-D9CB-469F-A165-70867728950E', /^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}$/],
    ['123456', /^[1-9]\d{5}$/],
    ['hunter2', /^[a-z0-9]{7}$/],
    ['p', /^[a-z]$/],
    ['Zm9vYmFyYmF6cXV4Zm9v==', /^[0-9A-Za-z]{20}==$/],
    ['pässwörd', /^[a-z]{8}$/],
  ])('%s keeps its form', (secret, form) => {
    expect(pseudonymOf(secret, hash)).toMatch(form);
    expect(pseudonymOf(secret, hash)).not.toBe(secret);
  });

  it('is the same for the same secret and key, and another for another of either', () => {
    expect(pseudonymOf('hunter2-and-more', hash)).toBe(pseudonymOf('hunter2-and-more', keyed('one')));
    expect(pseudonymOf('hunter2-and-more', keyed('two'))).not.toBe(pseudonymOf('hunter2-and-more', hash));
    const many = new Set(
      Array.from({ length: 2000 }, (_none, i) => pseudonymOf(`secret-number-${i}-${'x'.repeat(20)}`, hash)),
    );
    expect(many.size).toBe(2000);
  });

  it('has the length of the secret, and all of its punctuation', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 60 }), (secret) => {
        const pseudonym = pseudonymOf(secret, hash);
        expect(pseudonym).toHaveLength(secret.length);
        expect(pseudonym.replace(/[A-Za-z0-9]/g, '.')).toBe(secret.replace(/[A-Za-z0-9]/g, '.'));
      }),
    );
  });
});
