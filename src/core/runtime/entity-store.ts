// All entities of one type as an immutable value: by slot (order of insertion), by key, by id and by lookup tuples.
import type { JsonObject } from '../std/json.ts';
import { PersistentMap } from '../std/persistent-map.ts';
import { Slots } from './slots.ts';
import type { Hash } from './world-hash.ts';

/** One thing in a world. Never changed; `hash` only remembers what was computed from it. */
export interface Entity {
  /** Order of insertion in its type; kept when the entity changes, never used twice. */
  readonly slot: number;
  readonly key: string;
  /** What references hold: the key that it began with, so that a change of its key breaks none. Unique in its type. */
  readonly id: string;
  /** Texts of the type's further lookup tuples, undefined where a part is missing. */
  readonly tupleTexts: readonly (string | undefined)[];
  readonly attributes: JsonObject;
  hash?: Hash;
}

export interface EntityStore {
  readonly slots: Slots<Entity>;
  readonly nextSlot: number;
  readonly byKey: PersistentMap<number>;
  /** Ids of entities whose key is another text by now. */
  readonly idsApart: PersistentMap<number>;
  readonly tombstones: PersistentMap<true>;
  /** One for every further lookup tuple of the type: tuple text to slots, lowest first. */
  readonly indexes: readonly TupleIndex[];
}

type TupleIndex = PersistentMap<readonly number[]>;

export function emptyStore(tupleCount: number): EntityStore {
  return {
    slots: Slots.empty(),
    nextSlot: 0,
    byKey: PersistentMap.empty(),
    idsApart: PersistentMap.empty(),
    tombstones: PersistentMap.empty(),
    indexes: Array.from({ length: tupleCount }, () => PersistentMap.empty()),
  };
}

export function entityWithKey(store: EntityStore, key: string): Entity | undefined {
  const slot = store.byKey.get(key);
  return slot === undefined ? undefined : store.slots.get(slot);
}

export function entityWithId(store: EntityStore, id: string): Entity | undefined {
  const apart = store.idsApart.get(id);
  if (apart !== undefined) return store.slots.get(apart);
  const entity = entityWithKey(store, id);
  return entity?.id === id ? entity : undefined;
}

/** The living entities whose tuple (by its place among `indexes`) has that text, in order of insertion. */
export function entitiesWithTuple(store: EntityStore, tuple: number, text: string): readonly Entity[] {
  const slots = store.indexes[tuple]?.get(text) ?? [];
  return slots.map((slot) => store.slots.get(slot) as Entity);
}

/** The id of a new entity: its key, unless a living entity that had this key before still goes by it. */
export function newId(store: EntityStore, key: string): string {
  return store.idsApart.has(key) ? `${key}#${store.nextSlot}` : key;
}

export function storeWith(store: EntityStore, entity: Entity): EntityStore {
  return changed(store, undefined, entity);
}

/** `before` and `after` have one slot. */
export function storeWithChange(store: EntityStore, before: Entity, after: Entity): EntityStore {
  return changed(store, before, after);
}

/** Without an entity; its key is remembered as deleted. */
export function storeWithout(store: EntityStore, entity: Entity): EntityStore {
  return { ...changed(store, entity, undefined), tombstones: store.tombstones.set(entity.key, true) };
}

function changed(store: EntityStore, before: Entity | undefined, after: Entity | undefined): EntityStore {
  const slot = (after ?? before)?.slot as number;
  let { byKey, idsApart } = store;
  // The key may have gone over to another entity already, when several change at once.
  if (before !== undefined && before.key !== after?.key && byKey.get(before.key) === slot)
    byKey = byKey.delete(before.key);
  if (after !== undefined) byKey = byKey.set(after.key, slot);
  if (before !== undefined && before.id !== before.key) idsApart = idsApart.delete(before.id);
  if (after !== undefined && after.id !== after.key) idsApart = idsApart.set(after.id, slot);
  return {
    slots: store.slots.with(slot, after),
    nextSlot: Math.max(store.nextSlot, slot + 1),
    byKey,
    idsApart,
    tombstones: store.tombstones,
    indexes: store.indexes.map((index, at) => moved(index, slot, before?.tupleTexts[at], after?.tupleTexts[at])),
  };
}

function moved(index: TupleIndex, slot: number, from: string | undefined, to: string | undefined): TupleIndex {
  if (from === to) return index;
  let next = index;
  if (from !== undefined) {
    const slots = (next.get(from) ?? []).filter((other) => other !== slot);
    next = slots.length === 0 ? next.delete(from) : next.set(from, slots);
  }
  if (to === undefined) return next;
  const slots = next.get(to) ?? [];
  const at = slots.findIndex((other) => other > slot);
  return next.set(to, at < 0 ? [...slots, slot] : slots.toSpliced(at, 0, slot));
}
