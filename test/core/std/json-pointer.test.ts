import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePointer, printPointer, valueAt } from '../../../src/core/std/json-pointer.ts';

describe('JSON Pointer', () => {
  it('gives the names back that it was printed from', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (names) => {
        expect(parsePointer(printPointer(names))).toEqual(names);
      }),
    );
  });

  it('refuses what is none', () => {
    expect(parsePointer('a')).toBeUndefined();
    expect(parsePointer('/a~2')).toBeUndefined();
    expect(parsePointer('/~')).toBeUndefined();
  });

  it('finds members and elements and nothing else', () => {
    const value = { 'a/b': [{ '~': 1 }], length: 2 };
    expect(valueAt(value, parsePointer('/a~1b/0/~0') ?? [])).toBe(1);
    expect(valueAt(value, [])).toBe(value);
    expect(valueAt(value, ['a/b', '00'])).toBeUndefined();
    expect(valueAt(value, ['a/b', 'length'])).toBeUndefined();
    expect(valueAt(value, ['constructor'])).toBeUndefined();
    expect(valueAt(value, ['length', 'x'])).toBeUndefined();
    expect(valueAt(undefined, ['x'])).toBeUndefined();
  });
});
