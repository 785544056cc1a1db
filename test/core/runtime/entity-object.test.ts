import { describe, expect, it } from 'vitest';
import { EntityObject, isEntity, isRef, Ref, seedValue, storedValue } from '../../../src/core/runtime/entity-object.ts';
import { printJson, type Json } from '../../../src/core/std/json.ts';

const ada = new EntityObject('User', 'ada', 3, { login: 'ada' });

describe('an entity as expressions see it', () => {
  it('has its attributes and the hidden members', () => {
    expect(printJson(ada)).toBe('{"login":"ada","$type":"User","$key":"ada","$seq":3}');
  });

  it('keeps an attribute named __proto__ as an attribute', () => {
    const odd = new EntityObject('User', 'x', 0, JSON.parse('{"__proto__":{"admin":true}}') as { [key: string]: Json });
    expect([Object.keys(odd)[0], odd['admin']]).toEqual(['__proto__', undefined]);
  });
});

describe('a stored value', () => {
  it('holds references where entities stood, at any depth', () => {
    const stored = storedValue({ owner: ada, watchers: [ada, 'x'] });
    expect(stored).toEqual({ owner: new Ref('User', 'ada'), watchers: [new Ref('User', 'ada'), 'x'] });
  });

  it('is the value itself when no entity is in it', () => {
    const value = { a: [{ b: 1 }] };
    expect(storedValue(value)).toBe(value);
  });

  it('does not take for a reference what only looks like one', () => {
    expect(isRef(storedValue({ $ref: 'User', key: 'ada' }))).toBe(false);
    expect(isEntity({ $type: 'User', $key: 'ada' })).toBe(false);
  });
});

describe('a seed value', () => {
  it('has references where an entity type is named', () => {
    const value = seedValue(
      [{ $ref: 'User', key: 'ada', view: 'mini' }, { $ref: '#/definitions/x' }],
      (name) => name === 'User',
    );
    expect(value).toEqual([new Ref('User', 'ada', 'mini'), { $ref: '#/definitions/x' }]);
    expect((value as readonly Json[]).map((one) => isRef(one))).toEqual([true, false]);
  });

  it('leaves alone what names no entity type', () => {
    const value = { schema: { $ref: 'Elsewhere', key: 'k' } };
    expect(seedValue(value, () => false)).toBe(value);
  });
});
