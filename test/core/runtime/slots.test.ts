import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/core/runtime/slots.ts';

function listed<V>(slots: Slots<V>): readonly V[] {
  const values: V[] = [];
  slots.forEach((value) => values.push(value));
  return values;
}

describe('Slots', () => {
  it('does what a sparse array does, and every version stays as it was', () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.option(fc.integer({ min: 0 }), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const reference = new Map<number, number>();
        let slots = Slots.empty<number>();
        const versions: { slots: Slots<number>; expected: readonly number[] }[] = [];
        for (const [slot, value] of changes) {
          slots = slots.with(slot, value);
          if (value === undefined) reference.delete(slot);
          else reference.set(slot, value);
          expect(slots.get(slot)).toBe(value);
          versions.push({ slots, expected: [...reference].sort(([a], [b]) => a - b).map(([, one]) => one) });
        }
        for (const { slots: version, expected } of versions) expect(listed(version)).toEqual(expected);
      }),
    );
  });

  it('reads a hole where nothing was written, however far away', () => {
    const slots = Slots.empty<string>().with(40_000, 'x');
    expect([slots.get(0), slots.get(39_999), slots.get(40_000), slots.get(10_000_000)]).toEqual([
      undefined,
      undefined,
      'x',
      undefined,
    ]);
  });
});
