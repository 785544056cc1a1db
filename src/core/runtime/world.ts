// The World as an immutable value, and the draft of the next one. Everything is structurally shared: keeping a world is
// forking it, and a step costs what it touches.
import { joinKey, keyPartText } from '../model/entity-key.ts';
import { canonicalText } from '../std/canonical.ts';
import { MynahError } from '../std/errors.ts';
import { isArray, memberOf, type Json, type JsonObject } from '../std/json.ts';
import { entityCountMax } from '../std/limits.ts';
import { PersistentMap } from '../std/persistent-map.ts';
import { isRef, type EntityObject, type Ref } from './entity-object.ts';
import type { DependentTuple, LoadedService, LoadedType, LookupTuple } from './loaded-model.ts';
import { Slots } from './slots.ts';
import { addHash, hashText, subtractHash, type Hash } from './world-hash.ts';

/** One thing in a world. Never changed; `object` only remembers what was computed from it. */
export interface Entity {
  /** Order of insertion in its type; kept when the entity changes, never used twice. */
  readonly slot: number;
  readonly key: string;
  readonly attributes: JsonObject;
  object?: EntityObject;
}

/** All entities of one type. */
export interface Store {
  readonly slots: Slots<Entity>;
  readonly nextSlot: number;
  readonly byKey: PersistentMap<number>;
  /** Keys that living entities had before a change of their key: references made with them still hold. */
  readonly moved: PersistentMap<number>;
  readonly tombstones: PersistentMap<true>;
  /** For every further lookup tuple of the type: tuple text to slots, lowest first. */
  readonly indexes: readonly PersistentMap<readonly number[]>[];
  /** Remembered by the host: the living entities as objects. */
  rows?: readonly EntityObject[];
}

/** All mutable simulated state of one episode, as an immutable value: keeping one is forking. */
export interface World {
  /** Steps taken. */
  readonly step: number;
  readonly seed: number;
  /** By ordinal of entity type. */
  readonly stores: readonly Store[];
  /** Last value or count of draws, by generator and scope. */
  readonly sequences: PersistentMap<number>;
  readonly entityCount: number;
  /** Sum of the hashes of what differs from the seeded world. */
  readonly hash: Hash;
}

export interface Change {
  readonly type: LoadedType;
  readonly before?: Entity;
  readonly after?: Entity;
}

export function emptyStore(type: LoadedType): Store {
  return {
    slots: Slots.empty(),
    nextSlot: 0,
    byKey: PersistentMap.empty(),
    moved: PersistentMap.empty(),
    tombstones: PersistentMap.empty(),
    indexes: type.tuples.map(() => PersistentMap.empty()),
  };
}

/** A world under change. Reads see all changes made so far; `finish` gives the next world. */
export class WorldDraft {
  /** Grows with every change of an entity. */
  version = 0;
  sequences: PersistentMap<number>;
  readonly #dependentTuples: readonly DependentTuple[];
  readonly #world: World;
  #stores: readonly Store[];
  #entityCount: number;
  #hash: Hash;
  readonly #changes = new Map<string, Change>();

  constructor(dependentTuples: readonly DependentTuple[], world: World) {
    this.#dependentTuples = dependentTuples;
    this.#world = world;
    this.#stores = world.stores;
    this.sequences = world.sequences;
    this.#entityCount = world.entityCount;
    this.#hash = world.hash;
  }

  get seed(): number {
    return this.#world.seed;
  }

  store(type: LoadedType): Store {
    return this.#stores[type.ordinal] as Store;
  }

  /** The living entity with that key, or that had it before its key changed. */
  get(type: LoadedType, key: string): Entity | undefined {
    const store = this.store(type);
    const slot = store.byKey.get(key) ?? store.moved.get(key);
    return slot === undefined ? undefined : store.slots.get(slot);
  }

  /** The first living entity (by insertion) whose tuple has that text. */
  find(type: LoadedType, tuple: LookupTuple, text: string): Entity | undefined {
    if (tuple === type.key) return this.get(type, text);
    const store = this.store(type);
    const slot = store.indexes[type.tuples.indexOf(tuple)]?.get(text)?.[0];
    return slot === undefined ? undefined : store.slots.get(slot);
  }

  isDeleted(type: LoadedType, key: string): boolean {
    return this.store(type).tombstones.has(key) && this.get(type, key) === undefined;
  }

  /** Adds an entity, in place of the one that has its key. Undefined when a part of its key is missing. */
  insert(type: LoadedType, attributes: JsonObject): Entity | undefined {
    const key = this.tupleText(type, type.key, attributes);
    if (key === undefined) return undefined;
    const present = this.get(type, key);
    if (present !== undefined && present.key === key) return this.replace(type, present, attributes);
    this.#entityCount += 1;
    this.#requireRoom();
    const store = this.store(type);
    const entity: Entity = { slot: store.nextSlot, key, attributes };
    this.#put(type, {
      ...storeOf(store),
      slots: store.slots.with(entity.slot, entity),
      nextSlot: entity.slot + 1,
      byKey: store.byKey.set(key, entity.slot),
      moved: store.moved.delete(key),
      indexes: this.#reindexed(type, store, undefined, entity),
    });
    this.#note(type, undefined, entity);
    return entity;
  }

  /** Adds an entity of the initial state: no change of a step, and its key may wait for `reindex`. */
  insertSeed(type: LoadedType, attributes: JsonObject): void {
    const store = this.store(type);
    this.#entityCount += 1;
    this.#requireRoom();
    const key = this.tupleText(type, type.key, attributes) ?? '';
    const entity: Entity = { slot: store.nextSlot, key, attributes };
    this.#put(type, {
      ...storeOf(store),
      slots: store.slots.with(entity.slot, entity),
      nextSlot: entity.slot + 1,
      byKey: key === '' ? store.byKey : store.byKey.set(key, entity.slot),
      indexes: this.#reindexed(type, store, undefined, entity),
    });
  }

  /** Gives an entity other attributes. Its key follows them, unless a part of it would be missing. */
  replace(type: LoadedType, entity: Entity, attributes: JsonObject): Entity {
    const store = this.store(type);
    const key = this.tupleText(type, type.key, attributes) ?? entity.key;
    const next: Entity = { slot: entity.slot, key, attributes };
    const taken = key === entity.key ? undefined : store.byKey.get(key);
    if (taken !== undefined) return this.#replaceOver(type, entity, next, taken);
    this.#put(type, {
      ...storeOf(store),
      slots: store.slots.with(entity.slot, next),
      byKey: key === entity.key ? store.byKey : store.byKey.delete(entity.key).set(key, entity.slot),
      moved: key === entity.key ? store.moved : store.moved.delete(key).set(entity.key, entity.slot),
      indexes: this.#reindexed(type, store, entity, next),
    });
    this.#note(type, entity, next);
    this.#reindexDependents(entity.attributes, attributes);
    return next;
  }

  remove(type: LoadedType, entity: Entity): void {
    const store = this.store(type);
    this.#entityCount -= 1;
    this.#put(type, {
      ...storeOf(store),
      slots: store.slots.with(entity.slot, undefined),
      byKey: store.byKey.delete(entity.key),
      tombstones: store.tombstones.set(entity.key, true),
      indexes: this.#reindexed(type, store, entity, undefined),
    });
    if (!store.tombstones.has(entity.key)) {
      this.#hash = addHash(this.#hash, hashText(`gone\n${type.worldName}\n${entity.key}`));
    }
    this.#note(type, entity, undefined);
  }

  setSequence(name: string, value: number): void {
    this.sequences = this.sequences.set(name, value);
  }

  /** What this draft changed, one entry an entity, without what came back to what it was. */
  changes(): readonly Change[] {
    return [...this.#changes.values()].filter(({ before, after }) => before !== after);
  }

  finish(): World {
    return {
      step: this.#world.step + 1,
      seed: this.#world.seed,
      stores: this.#stores,
      sequences: this.sequences,
      entityCount: this.#entityCount,
      hash: this.#hash,
    };
  }

  /**
   * The values at the end of an attribute's path: through references, and through lists (every element).
   * A name with dots in it is tried whole first.
   */
  valuesAt(type: LoadedType, attributes: JsonObject, path: readonly string[]): readonly Json[] {
    const whole = path.length > 1 ? memberOf(attributes, path.join('.')) : undefined;
    if (whole !== undefined) return isArray(whole) ? whole : [whole];
    let values: readonly Json[] = [attributes];
    for (const name of path) {
      values = values.flatMap((value) => {
        const member = isRef(value) ? this.#memberBehind(type.service, value, name) : memberOf(value, name);
        return member === undefined ? [] : isArray(member) ? member : [member];
      });
    }
    return values;
  }

  /** An attribute of the entity that a reference names; derived ones too, unless they need the world. */
  #memberBehind(service: LoadedService, ref: Ref, name: string): Json | undefined {
    const type = service.types.get(ref.$ref);
    const entity = type === undefined ? undefined : this.get(type, ref.key);
    return memberOf(entity?.attributes, name) ?? (entity && type?.derive(entity.attributes, name));
  }

  /** Text of an entity's tuple, or undefined when a part is missing (or, but for the key, null). */
  tupleText(type: LoadedType, tuple: LookupTuple, attributes: JsonObject): string | undefined {
    const parts: string[] = [];
    for (const path of tuple.paths) {
      const value = memberOf(attributes, path[0] as string) ?? type.derive(attributes, path[0] as string);
      const first = path.length === 1 ? value : this.valuesAt(type, { [path[0] as string]: value ?? null }, path)[0];
      const text = first === null && tuple !== type.key ? undefined : keyPartText(first);
      if (text === undefined) return undefined;
      parts.push(text);
    }
    return joinKey(parts);
  }

  #reindexed(type: LoadedType, store: Store, before: Entity | undefined, after: Entity | undefined): Store['indexes'] {
    if (type.tuples.length === 0) return store.indexes;
    return store.indexes.map((index, at) => {
      const tuple = type.tuples[at] as LookupTuple;
      const slot = (after ?? before)?.slot as number;
      const old = before === undefined ? undefined : this.tupleText(type, tuple, before.attributes);
      const text = after === undefined ? undefined : this.tupleText(type, tuple, after.attributes);
      if (old === text) return index;
      let next = index;
      if (old !== undefined) next = withoutSlot(next, old, slot);
      if (text !== undefined) next = withSlot(next, text, slot);
      return next;
    });
  }

  /** An entity takes the key of another one, which gives way. */
  #replaceOver(type: LoadedType, entity: Entity, next: Entity, taken: number): Entity {
    const other = this.store(type).slots.get(taken);
    if (other !== undefined) this.remove(type, other);
    return this.replace(type, entity, next.attributes);
  }

  /** Keys and tuples of others may pass through references to what has changed: rare, so those types are indexed anew. */
  #reindexDependents(before: JsonObject, after: JsonObject): void {
    for (const { type, attribute } of this.#dependentTuples) {
      if (memberOf(before, attribute) === memberOf(after, attribute)) continue;
      this.reindex(type);
    }
  }

  /** Computes every key and tuple of a type again. */
  reindex(type: LoadedType): void {
    const store = this.store(type);
    let { slots, byKey, moved } = store;
    const indexes = type.tuples.map(() => new Map<string, number[]>());
    store.slots.forEach((entity) => {
      const key = this.tupleText(type, type.key, entity.attributes) ?? entity.key;
      if (key !== entity.key) {
        slots = slots.with(entity.slot, { slot: entity.slot, key, attributes: entity.attributes });
        byKey = byKey.delete(entity.key).set(key, entity.slot);
        if (entity.key !== '') moved = moved.delete(key).set(entity.key, entity.slot);
      }
      type.tuples.forEach((tuple, at) => {
        const text = this.tupleText(type, tuple, entity.attributes);
        if (text === undefined) return;
        const slotsOfText = indexes[at]?.get(text);
        if (slotsOfText === undefined) indexes[at]?.set(text, [entity.slot]);
        else slotsOfText.push(entity.slot);
      });
    });
    this.#put(type, {
      ...storeOf(store),
      slots,
      byKey,
      moved,
      indexes: indexes.map((index) => PersistentMap.from(index)),
    });
  }

  #requireRoom(): void {
    if (this.#entityCount <= entityCountMax) return;
    throw new MynahError(
      'ERR_LIMIT_ENTITIES',
      `a world holds at most ${entityCountMax} entities; start a new episode.`,
      {
        limit: entityCountMax,
      },
    );
  }

  #put(type: LoadedType, store: Store): void {
    this.#stores = this.#stores.with(type.ordinal, store);
    this.version += 1;
  }

  #note(type: LoadedType, before: Entity | undefined, after: Entity | undefined): void {
    if (before !== undefined) this.#hash = subtractHash(this.#hash, hashEntity(type, before));
    if (after !== undefined) this.#hash = addHash(this.#hash, hashEntity(type, after));
    const name = `${type.ordinal}/${(after ?? before)?.slot}`;
    const earlier = this.#changes.get(name);
    const first = earlier === undefined ? before : earlier.before;
    this.#changes.set(name, {
      type,
      ...(first === undefined ? {} : { before: first }),
      ...(after === undefined ? {} : { after }),
    });
  }
}

/** Hash of one entity as the world's digest counts it; its key follows from its attributes. */
export function hashEntity(type: LoadedType, entity: Entity): Hash {
  return hashText(`${type.worldName}\n${entity.slot}\n${canonicalText(entity.attributes)}`);
}

/** The persistent parts of a store, without what was only remembered. */
function storeOf(store: Store): Store {
  const { slots, nextSlot, byKey, moved, tombstones, indexes } = store;
  return { slots, nextSlot, byKey, moved, tombstones, indexes };
}

function withSlot(
  index: PersistentMap<readonly number[]>,
  text: string,
  slot: number,
): PersistentMap<readonly number[]> {
  const slots = index.get(text) ?? [];
  const at = slots.findIndex((other) => other > slot);
  return index.set(text, at < 0 ? [...slots, slot] : slots.toSpliced(at, 0, slot));
}

function withoutSlot(
  index: PersistentMap<readonly number[]>,
  text: string,
  slot: number,
): PersistentMap<readonly number[]> {
  const slots = (index.get(text) ?? []).filter((other) => other !== slot);
  return slots.length === 0 ? index.delete(text) : index.set(text, slots);
}
