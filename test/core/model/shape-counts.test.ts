import { describe, expect, it } from 'vitest';
import { countFields } from '../../../src/core/model/shape-counts.ts';
import type { Json } from '../../../src/core/std/json.ts';
import { enumTextLengthMax, enumValuesMax } from '../../../src/core/std/limits.ts';

/** Each body answers a question of its own, in a session of its own unless told. */
function counted(bodies: readonly Json[], session?: string): ReturnType<typeof countFields> {
  return countFields(bodies.map((body, index) => ({ session: session ?? `s${index}`, bodies: [body] })));
}

describe('counting fields', () => {
  it('counts answers, not rows: some and every object that had the field', () => {
    const fields = counted([{ items: [{ a: 1 }, {}] }, { items: [{ a: 2 }, { a: 3 }] }, { items: [] }]);
    expect(fields['items[].a']).toMatchObject({ of: 2, some: 2, every: 1, kinds: { number: 2 } });
  });

  it('counts absence against the answers in which the object occurred', () => {
    const fields = counted([{ user: { name: 'x' } }, { user: {} }, { user: null }]);
    expect(fields['user.name']).toMatchObject({ of: 2, some: 1, every: 1 });
    expect(fields['user']).toMatchObject({ of: 3, some: 3, kinds: { null: 1, object: 2 } });
  });

  it('counts sessions', () => {
    expect(counted([{ a: 1 }, { a: 1 }], 'one')['a']).toMatchObject({ some: 2, sessions: 1 });
  });

  it('keeps few strings with their counts, and gives up on many or long ones', () => {
    expect(counted([{ a: 'x' }, { a: 'y' }, { a: 'x' }])['a']?.values).toEqual({ x: 2, y: 1 });
    const many = Array.from({ length: enumValuesMax + 1 }, (_, index) => ({ a: `v${index}` }));
    expect(counted(many)['a']?.values).toBeUndefined();
    expect(counted(many.slice(1))['a']?.values).toBeDefined();
    expect(counted([{ a: 'x'.repeat(enumTextLengthMax + 1) }])['a']?.values).toBeUndefined();
  });

  it('takes objects for maps when their keys are values', () => {
    const fields = counted([{ byId: { '17': { n: 1 }, '18': { n: 2 } } }, { byId: { '19': { n: 3 } } }]);
    expect(fields['byId']?.isMap).toBe(true);
    expect(Object.keys(fields)).toEqual(['', 'byId']);
    const names = Array.from({ length: 30 }, (_, index) => ({ byName: { [`name${index}`]: 1 }, other: 1 }));
    expect(Object.keys(counted(names))).toEqual(['', 'byName', 'other']);
  });

  it('is not confused by keys that objects inherit', () => {
    const body = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as Json;
    expect(Object.keys(counted([body]))).toEqual(['', '["__proto__"]', '["__proto__"].a', 'constructor']);
  });
});
