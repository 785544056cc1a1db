import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyCollector, withoutBytes } from '../../src/proxy/body-collector.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a body that streams by', () => {
  it('is kept whole up to the limit, and beyond it only length and hash are, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (parts) => {
        const collector = new BodyCollector(64);
        for (const part of parts) collector.add(Buffer.from(part));
        const all = Buffer.concat(parts);
        const { bytes, length, sha256: hash } = collector.collected();
        expect(length).toBe(all.length);
        if (all.length <= 64) expect(bytes?.equals(all)).toBe(true);
        else expect([bytes, hash]).toEqual([undefined, sha256(all)]);
      }),
    );
  });

  it('can be read while it goes on', () => {
    const collector = new BodyCollector(2);
    collector.add(Buffer.from('abc'));
    expect(collector.collected().sha256).toBe(sha256(Buffer.from('abc')));
    collector.add(Buffer.from('d'));
    expect(collector.collected()).toEqual({ bytes: undefined, length: 4, sha256: sha256(Buffer.from('abcd')) });
  });

  it('can be let go of, leaving its hash', () => {
    expect(withoutBytes({ bytes: Buffer.from('abc'), length: 3 })).toEqual({
      bytes: undefined,
      length: 3,
      sha256: sha256(Buffer.from('abc')),
    });
  });
});
