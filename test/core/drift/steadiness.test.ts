import { describe, expect, it } from 'vitest';
import { kindsBesideNull, rareMemberCount, steadinessOf } from '../../../src/core/drift/steadiness.ts';
import { answer, field, shapesWith } from '../../support/drift-shapes.ts';

const steady = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, field(20)]));

describe('the steadiness of an API', () => {
  it('is high where everything is always the same, and never certainty', () => {
    const { presence, members, kinds, nulls, statuses } = steadinessOf(shapesWith(answer(20, steady)));
    expect(Math.min(presence, kinds, nulls)).toBe(0.95);
    expect(statuses).toBeGreaterThan(0.5);
    expect(members).toBeGreaterThan(0.5);
  });

  it('falls with optional, nullable and mixed fields', () => {
    const loose = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `f${index}`,
        field(20, { some: 9, every: 9, kinds: { string: 5, number: 3, null: 1 } }),
      ]),
    );
    const { presence, kinds, nulls } = steadinessOf(shapesWith(answer(20, loose)));
    expect(Math.max(presence, kinds, nulls)).toBeLessThan(0.1);
  });

  it('falls where a route succeeds in several ways, not where it can also fail', () => {
    const one = steadinessOf(shapesWith(answer(9), answer(9, {}, 404))).statuses;
    expect(steadinessOf(shapesWith(answer(9), answer(9, {}, 202))).statuses).toBeLessThan(one);
  });

  it('is a coin toss where nothing was seen', () => {
    expect(steadinessOf(shapesWith())).toEqual({ presence: 0.5, members: 0.5, kinds: 0.5, nulls: 0.5, statuses: 0.5 });
  });

  it('counts rare members of an object, not of those inside it', () => {
    const shape = answer(20, {
      a: field(20, { some: 1, every: 1 }),
      'o.b': field(20, { some: 1, every: 1 }),
      c: field(20),
    });
    expect(rareMemberCount(shape, '')).toBe(1);
    expect(rareMemberCount(shape, 'o')).toBe(1);
  });

  it('does not count null as a kind', () => {
    expect(kindsBesideNull(field(3, { kinds: { null: 2, string: 1 } }))).toEqual(['string']);
  });
});
