import { describe, expect, it } from 'vitest';
import type { EntityDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import { keyOf, namesOf, scopeOf } from '../../../../src/core/compiler/entities/entity-scope.ts';
import type { CallRoute } from '../../../../src/core/compiler/entities/routes.ts';

const draft = (changes: Partial<EntityDraft>): EntityDraft => ({
  name: 'Room',
  field: 'name',
  key: ['$house', 'name'],
  scopeFields: new Map(),
  lookups: [
    { prefix: '/houses/{house}/rooms/{room}', params: ['house', 'room'], attributes: ['$house', 'name'], lead: '' },
  ],
  prefixes: new Set(),
  leads: new Map(),
  owner: undefined,
  sites: new Set(),
  values: new Set(),
  fields: new Set(),
  ...changes,
});
const house = draft({
  name: 'House',
  key: ['id'],
  lookups: [{ prefix: '/houses/{house}', params: ['house'], attributes: ['id'], lead: '' }],
});
const route: CallRoute = {
  id: 'GET /houses/{house}/rooms',
  method: 'GET',
  path: '/houses/{house}/rooms',
  params: { house: '7' },
  prefixes: [{ name: 'house', prefix: '/houses/{house}' }],
};
const elsewhere: CallRoute = { id: 'GET /rooms', method: 'GET', path: '/rooms', params: {}, prefixes: [] };

describe('the scope of an object', () => {
  it('is in the path', () => {
    expect(scopeOf(draft({}), route, { name: 'hall' }, undefined, false)).toEqual({ $house: '7' });
    expect(scopeOf(draft({ lookups: [] }), route, { name: 'hall' }, undefined, false)).toEqual({});
    expect(scopeOf(draft({ lookups: [] }), route, { name: 'hall' }, undefined, true)).toEqual({ $house: '7' });
  });

  it('is in the object, or in the entity around it, where the path does not tell', () => {
    const says = draft({ scopeFields: new Map([['$house', 'home']]) });
    expect(scopeOf(says, elsewhere, { name: 'hall', home: 8 }, undefined, true)).toEqual({ $house: '8' });
    expect(scopeOf(draft({}), elsewhere, { name: 'hall' }, { type: house, names: ['9'] }, true)).toEqual({
      $house: '9',
    });
  });

  it('is what names the owner, for a part', () => {
    const part = draft({ owner: house });
    expect(scopeOf(part, route, { name: 'hall' }, { type: house, names: ['9'] }, true)).toEqual({ $house: '9' });
    expect(scopeOf(part, route, { name: 'hall' }, undefined, true)).toEqual({});
  });
});

describe('what names an object', () => {
  it('is its scope and its field', () => {
    expect(keyOf(draft({}), { name: 'hall' }, { $house: '7' })).toBe('7/hall');
    expect(keyOf(draft({}), { name: 'hall' }, {})).toBeUndefined();
    expect(namesOf(draft({}), { name: 'hall' }, {})).toEqual([undefined, 'hall']);
  });
});
