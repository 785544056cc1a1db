import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256, md5Hex, sha1Hex, sha256, sha256Hex } from '../../../src/core/std/hashing.ts';

const algorithms = [
  ['sha256', sha256Hex],
  ['sha1', sha1Hex],
  ['md5', md5Hex],
] as const;

describe.each(algorithms)('%s', (name, hash) => {
  const reference = (input: string | Uint8Array): string => createHash(name).update(input).digest('hex');

  it('agrees with the platform on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(hash(text)).toBe(reference(text));
      }),
    );
  });

  it('agrees with the platform on bytes of every length about the block size', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 255);
      expect(hash(bytes)).toBe(reference(bytes));
    }
  });

  it('agrees with the platform on a long input', () => {
    const bytes = new Uint8Array(1_000_003).fill(0x61);
    expect(hash(bytes)).toBe(reference(bytes));
  });
});

describe('sha256', () => {
  it('gives the bytes of the digest', () => {
    expect(sha256('abc')).toEqual(new Uint8Array(createHash('sha256').update('abc').digest()));
  });
});

describe('hmac', () => {
  it.each(['', 'key', 'a key that is longer than a block of the hash, which has sixty-four bytes in it'])(
    'agrees with the platform under the key %j',
    (key) => {
      const mac = new Uint8Array(createHmac('sha256', key).update('text ☃').digest());
      expect(hmacSha256(key, 'text ☃')).toEqual(mac);
    },
  );
});
