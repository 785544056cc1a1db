import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersistentMap } from '../../../src/core/std/persistent-map.ts';

type Change = readonly ['set', string, number] | readonly ['delete', string];

// Pairs with one 32-bit hash each, so that the rarest branch is met all the time.
const colliding = ['7yzx', 'e6ad'];
const key = fc.oneof(fc.constantFrom(...colliding, 'a', 'b', '', '__proto__'), fc.string({ maxLength: 2 }));
const change = fc.oneof(
  fc.tuple(fc.constant('set' as const), key, fc.integer({ min: 0, max: 3 })),
  fc.tuple(fc.constant('delete' as const), key),
);

function apply(map: PersistentMap<number>, [kind, name, value]: Change): PersistentMap<number> {
  return kind === 'set' ? map.set(name, value) : map.delete(name);
}

function applyTo(map: Map<string, number>, [kind, name, value]: Change): void {
  if (kind === 'set') map.set(name, value);
  else map.delete(name);
}

function sorted(entries: Iterable<readonly [string, number]>): readonly (readonly [string, number])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('PersistentMap', () => {
  it('does what Map does, and every version stays as it was', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const reference = new Map<string, number>();
        let map = PersistentMap.empty<number>();
        const versions: { map: PersistentMap<number>; expected: readonly (readonly [string, number])[] }[] = [];
        for (const one of changes) {
          map = apply(map, one);
          applyTo(reference, one);
          versions.push({ map, expected: sorted(reference) });
        }
        for (const { map: version, expected } of versions) {
          expect(version.size).toBe(expected.length);
          expect(sorted(version)).toEqual(expected);
          for (const [name, value] of expected) expect(version.get(name)).toBe(value);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has an order that depends on the keys alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 40 }), fc.array(key), (names, gone) => {
        const forwards = PersistentMap.from(names.map((name) => [name, 1] as const));
        let other = PersistentMap.from([
          ...gone.map((name) => [name, 2] as const),
          ...names.toReversed().map((name) => [name, 1] as const),
        ]);
        for (const name of gone) if (!names.includes(name)) other = other.delete(name);
        expect([...other.keys()]).toEqual([...forwards.keys()]);
        expect([...other.values()]).toEqual([...forwards.values()]);
      }),
    );
  });

  it('tells keys apart that have one hash', () => {
    const [first, second] = colliding as [string, string];
    const map = PersistentMap.from([
      [first, 1],
      [second, 2],
    ]);
    expect([map.get(first), map.get(second), map.size]).toEqual([1, 2, 2]);
    expect(map.delete(first).get(second)).toBe(2);
    expect(map.delete(first).has(first)).toBe(false);
  });

  it('is the same map when nothing changes', () => {
    const map = PersistentMap.from([['a', 1]]);
    expect(map.set('a', 1)).toBe(map);
    expect(map.delete('b')).toBe(map);
    expect(map.delete('a').size).toBe(0);
  });

  it('holds many entries and gives each back', () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `Issue/octo/hello/${index}`);
    let map = PersistentMap.from(names.map((name, index) => [name, index] as const));
    expect(names.every((name, index) => map.get(name) === index)).toBe(true);
    let visited = 0;
    map.forEach((value, name) => {
      visited += names[value] === name ? 1 : 0;
    });
    expect(visited).toBe(50_000);
    for (const name of names.slice(0, 49_999)) map = map.delete(name);
    expect([...map]).toEqual([[names[49_999], 49_999]]);
  });

  it('keeps undefined as a value', () => {
    const map = PersistentMap.empty<number | undefined>().set('a', undefined);
    expect([map.size, map.has('a'), map.get('a')]).toEqual([1, true, undefined]);
  });
});
