import { describe, expect, it } from 'vitest';
import {
  emptyStore,
  entitiesWithTuple,
  entityWithId,
  entityWithKey,
  newId,
  storeWith,
  storeWithChange,
  storeWithout,
  type Entity,
  type EntityStore,
} from '../../../src/core/runtime/entity-store.ts';

function entity(slot: number, key: string, group?: string, id = key): Entity {
  return { slot, key, id, tupleTexts: [group], attributes: {} };
}

function storeOf(...entities: Entity[]): EntityStore {
  return entities.reduce(storeWith, emptyStore(1));
}

describe('an entity store', () => {
  it('finds by key, and nothing by a key that nobody has', () => {
    const store = storeOf(entity(0, 'a'), entity(1, 'b'));
    expect([entityWithKey(store, 'b')?.slot, entityWithKey(store, 'c')]).toEqual([1, undefined]);
  });

  it('finds by tuple all entities in order of insertion, and those that are left', () => {
    const [a, b] = [entity(0, 'a', 'red'), entity(1, 'b', 'red')];
    const store = storeOf(b, a);
    expect(entitiesWithTuple(store, 0, 'red')).toEqual([a, b]);
    expect(entitiesWithTuple(storeWithout(store, a), 0, 'red')).toEqual([b]);
    expect(entitiesWithTuple(storeWithout(storeWithout(store, a), b), 0, 'red')).toEqual([]);
  });

  it('does not find by tuple what has none', () => {
    expect(entitiesWithTuple(storeOf(entity(0, 'a')), 0, 'undefined')).toEqual([]);
  });

  it('keeps the id of an entity whose key changes, and frees its key', () => {
    const a = entity(0, 'a');
    const store = storeWithChange(storeOf(a), a, entity(0, 'a2', undefined, 'a'));
    expect(entityWithId(store, 'a')?.key).toBe('a2');
    expect([entityWithKey(store, 'a'), entityWithKey(store, 'a2')?.id]).toEqual([undefined, 'a']);
  });

  it('gives a newcomer with the old key of a living entity another id', () => {
    const a = entity(0, 'a');
    const renamed = storeWithChange(storeOf(a), a, entity(0, 'a2', undefined, 'a'));
    const id = newId(renamed, 'a');
    const store = storeWith(renamed, entity(1, 'a', undefined, id));
    expect(id).not.toBe('a');
    expect([entityWithId(store, 'a')?.slot, entityWithId(store, id)?.slot, entityWithKey(store, 'a')?.slot]).toEqual([
      0, 1, 1,
    ]);
  });

  it('lets two entities swap their keys', () => {
    const [a, b] = [entity(0, 'a'), entity(1, 'b')];
    let store = storeWithChange(storeOf(a, b), a, entity(0, 'b', undefined, 'a'));
    store = storeWithChange(store, b, entity(1, 'a', undefined, 'b'));
    expect([entityWithKey(store, 'a')?.slot, entityWithKey(store, 'b')?.slot]).toEqual([1, 0]);
  });

  it('remembers deleted keys and never gives a slot again', () => {
    const a = entity(0, 'a');
    const store = storeWithout(storeOf(a), a);
    expect([store.tombstones.has('a'), store.nextSlot, entityWithId(store, 'a')]).toEqual([true, 1, undefined]);
  });
});
