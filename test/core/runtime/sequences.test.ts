import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sequences } from '../../../src/core/runtime/sequences.ts';
import { addHash, hashText, ZERO_HASH } from '../../../src/core/runtime/world-hash.ts';

describe('the sequences of a world', () => {
  it('have the hash of their entries, whatever way they came to them', () => {
    const changes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c\n1'), fc.integer()), { maxLength: 20 });
    fc.assert(
      fc.property(changes, (list) => {
        const sequences = list.reduce((all, [stream, value]) => all.with(stream, value), Sequences.NONE);
        const last = new Map(list);
        let hash = ZERO_HASH;
        for (const [stream, value] of last) {
          expect(sequences.get(stream)).toBe(value);
          hash = addHash(hash, hashText(`${stream}\n${value}`));
        }
        expect(sequences.hash).toEqual(hash);
      }),
    );
    expect(Sequences.NONE.get('a')).toBeUndefined();
  });
});
