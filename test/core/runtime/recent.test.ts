import { describe, expect, it } from 'vitest';
import { Recent } from '../../../src/core/runtime/recent.ts';

const keys = Array.from({ length: 12 }, (_, index) => ({ index }));
const [first, second] = keys as [object, object];

describe('what was computed lately', () => {
  it('is remembered while there is room', () => {
    const recent = new Recent<object, string>(10, () => 1);
    recent.set(first, 'a');
    expect([recent.get(first), recent.get(second)]).toEqual(['a', undefined]);
  });

  it('is forgotten when the memory has filled up twice since somebody asked', () => {
    const recent = new Recent<object, number>(4, () => 1);
    keys.forEach((key, at) => {
      recent.set(key, at);
      recent.get(first);
    });
    expect([recent.get(first), recent.get(second), recent.get(keys[11] as object)]).toEqual([0, undefined, 11]);
  });

  it('counts what becomes heavier', () => {
    const recent = new Recent<object, number>(10, () => 1);
    recent.set(first, 1);
    recent.grow(10);
    recent.set(second, 2);
    recent.grow(10);
    recent.set(keys[2] as object, 3);
    expect([recent.get(first), recent.get(second)]).toEqual([undefined, 2]);
  });
});
