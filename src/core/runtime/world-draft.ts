// A world under change: what one step reads and writes. Reads see all changes made so far; a draft that is thrown away has
// changed nothing.
import { MynahError } from '../std/errors.ts';
import { memberOf, type JsonObject } from '../std/json.ts';
import { entityCountMax } from '../std/limits.ts';
import { tupleTextAt } from './attribute-path.ts';
import {
  entitiesWithTuple,
  entityWithId,
  entityWithKey,
  newId,
  storeWith,
  storeWithChange,
  storeWithout,
  type Entity,
  type EntityStore,
} from './entity-store.ts';
import type { DependentTuple } from './loaded-model.ts';
import type { LoadedType, LookupTuple } from './loaded-type.ts';
import { followChange, largestIn, type Maxima, type Maximum } from './maxima.ts';
import type { Sequences } from './sequences.ts';
import { hashEntity, type World } from './world.ts';
import { addHash, hashText, subtractHash, type Hash } from './world-hash.ts';

/** What happened to one entity: `before` is absent when it was created, `after` when it was deleted. */
export interface Change {
  readonly type: LoadedType;
  readonly before: Entity | undefined;
  readonly after: Entity | undefined;
}

export class WorldDraft {
  /** Grows with every change of an entity. */
  version = 0;
  sequences: Sequences;
  /** Types whose entities were looked at: bit `ordinal % 32`, so that beyond 32 types some share one. */
  reads = 0;
  readonly #dependentTuples: readonly DependentTuple[];
  readonly #world: World;
  #stores: readonly EntityStore[];
  #maxima: Maxima;
  #entityCount: number;
  #hash: Hash;
  readonly #changes = new Map<string, Change>();

  constructor(dependentTuples: readonly DependentTuple[], world: World) {
    this.#dependentTuples = dependentTuples;
    this.#world = world;
    this.#stores = world.stores;
    this.sequences = world.sequences;
    this.#maxima = world.maxima;
    this.#entityCount = world.entityCount;
    this.#hash = world.hash;
  }

  get seed(): number {
    return this.#world.seed;
  }

  store(type: LoadedType): EntityStore {
    this.reads |= 1 << (type.ordinal & 31);
    return this.#stores[type.ordinal] as EntityStore;
  }

  /** The entities of the types in `reads`, by ordinal. */
  storesOf(reads: number): readonly (EntityStore | undefined)[] {
    return this.#stores.map((store, ordinal) => ((reads & (1 << (ordinal & 31))) === 0 ? undefined : store));
  }

  /** Are these the entities as they are now? */
  hasStores(stores: readonly (EntityStore | undefined)[]): boolean {
    for (let ordinal = 0; ordinal < stores.length; ordinal += 1) {
      const store = stores[ordinal];
      if (store !== undefined && store !== this.#stores[ordinal]) return false;
    }
    return true;
  }

  /** The living entity with that key. */
  withKey(type: LoadedType, key: string): Entity | undefined {
    return entityWithKey(this.store(type), key);
  }

  /** The living entity that references with that text mean. */
  withId(type: LoadedType, id: string): Entity | undefined {
    return entityWithId(this.store(type), id);
  }

  /** The first living entity, by insertion, whose tuple has that text. */
  withTuple(type: LoadedType, tuple: LookupTuple, text: string): Entity | undefined {
    return tuple === type.key ? this.withKey(type, text) : this.allWithTuple(type, tuple, text)[0];
  }

  /** All living entities, by insertion, whose tuple has that text. */
  allWithTuple(type: LoadedType, tuple: LookupTuple, text: string): readonly Entity[] {
    if (tuple !== type.key) return entitiesWithTuple(this.store(type), type.tuples.indexOf(tuple), text);
    const entity = this.withKey(type, text);
    return entity === undefined ? [] : [entity];
  }

  /** Was there an entity with that key, and is there none now? */
  isDeleted(type: LoadedType, key: string): boolean {
    return this.store(type).tombstones.has(key) && this.withKey(type, key) === undefined;
  }

  /** The key that an entity with those attributes would have; undefined when a part is missing. */
  keyOf(type: LoadedType, attributes: JsonObject): string | undefined {
    return tupleTextAt(this, type, type.key, attributes);
  }

  /**
   * Adds an entity, in place of the one that has its key.
   *
   * @throws {MynahError} ERR_LIMIT_ENTITIES
   */
  insert(type: LoadedType, key: string, attributes: JsonObject): Entity {
    const present = this.withKey(type, key);
    if (present !== undefined) return this.replace(type, present, attributes);
    const entity = this.#add(type, key, attributes);
    this.#note(type, undefined, entity);
    return entity;
  }

  /**
   * Adds an entity of the world at reset, which is no change of a step. Its key may need entities that are not there yet:
   * `reindex` finds it when they are.
   */
  insertSeed(type: LoadedType, attributes: JsonObject): void {
    const key = this.keyOf(type, attributes) ?? `?${this.store(type).nextSlot}`;
    if (this.withKey(type, key) !== undefined) {
      const message = `the seed of ${type.worldName} has two entities with the key ${JSON.stringify(key)}; keep one.`;
      throw new MynahError('ERR_MODEL_SEED', message, { type: type.worldName, key });
    }
    this.#add(type, key, attributes);
  }

  /** Gives an entity other attributes. Its key follows them, unless a part of it would be missing. */
  replace(type: LoadedType, before: Entity, attributes: JsonObject): Entity {
    const key = this.keyOf(type, attributes) ?? before.key;
    const other = key === before.key ? undefined : this.withKey(type, key);
    if (other !== undefined) this.remove(type, other);
    const after: Entity = {
      slot: before.slot,
      key,
      id: before.id,
      tupleTexts: this.#tupleTexts(type, attributes),
      attributes,
    };
    this.#put(type, storeWithChange(this.store(type), before, after));
    this.#note(type, before, after);
    this.#reindexDependents(before.attributes, attributes);
    return after;
  }

  remove(type: LoadedType, entity: Entity): void {
    const store = this.store(type);
    if (!store.tombstones.has(entity.key)) {
      this.#hash = addHash(this.#hash, hashText(`gone\n${type.worldName}\n${entity.key}`));
    }
    this.#entityCount -= 1;
    this.#put(type, storeWithout(store, entity));
    this.#note(type, entity, undefined);
  }

  setSequence(name: string, value: number): void {
    this.sequences = this.sequences.with(name, value);
  }

  /** The largest number of an attribute in a scope. */
  largest(type: LoadedType, maximum: Maximum, scope: string): number | undefined {
    const { largest, maxima } = largestIn(this.#maxima, maximum, scope, this.store(type));
    this.#maxima = maxima;
    return largest;
  }

  /** What this draft changed, one entry an entity, in order of first change. */
  changes(): readonly Change[] {
    return [...this.#changes.values()].filter(({ before, after }) => before !== after);
  }

  /** The next world. */
  finish(): World {
    return {
      step: this.#world.step + 1,
      seed: this.#world.seed,
      stores: this.#stores,
      sequences: this.sequences,
      maxima: this.#maxima,
      entityCount: this.#entityCount,
      hash: this.#hash,
      clock: this.#world.clock,
    };
  }

  /**
   * Computes every key and tuple of a type again. `isSeed`: keys that could not be known when the entity was added become its
   * ids too.
   */
  reindex(type: LoadedType, isSeed = false): void {
    const entities: Entity[] = [];
    this.store(type).slots.forEach((entity) => entities.push(entity));
    let store = this.store(type);
    for (const before of entities) {
      const { slot, attributes } = before;
      const key = this.keyOf(type, attributes) ?? before.key;
      const tupleTexts = this.#tupleTexts(type, attributes);
      store = storeWithChange(store, before, { slot, key, id: isSeed ? key : before.id, tupleTexts, attributes });
    }
    this.#put(type, store);
  }

  #add(type: LoadedType, key: string, attributes: JsonObject): Entity {
    const store = this.store(type);
    const id = newId(store, key);
    const entity: Entity = {
      slot: store.nextSlot,
      key,
      id,
      tupleTexts: this.#tupleTexts(type, attributes),
      attributes,
    };
    this.#entityCount += 1;
    if (this.#entityCount > entityCountMax) {
      const message = `a world holds at most ${entityCountMax} entities; start a new episode.`;
      throw new MynahError('ERR_LIMIT_ENTITIES', message, { limit: entityCountMax });
    }
    this.#put(type, storeWith(store, entity));
    return entity;
  }

  #tupleTexts(type: LoadedType, attributes: JsonObject): readonly (string | undefined)[] {
    return type.tuples.map((tuple) => tupleTextAt(this, type, tuple, attributes));
  }

  /** Keys and tuples of others may pass through references to what has changed: rare, so those types are indexed anew. */
  #reindexDependents(before: JsonObject, after: JsonObject): void {
    for (const { type, attribute } of this.#dependentTuples) {
      if (memberOf(before, attribute) !== memberOf(after, attribute)) this.reindex(type);
    }
  }

  #put(type: LoadedType, store: EntityStore): void {
    this.#stores = this.#stores.with(type.ordinal, store);
    this.version += 1;
  }

  #note(type: LoadedType, before: Entity | undefined, after: Entity | undefined): void {
    if (before !== undefined) this.#hash = subtractHash(this.#hash, hashEntity(type, before));
    if (after !== undefined) this.#hash = addHash(this.#hash, hashEntity(type, after));
    this.#maxima = followChange(this.#maxima, type.maxima, before, after);
    const name = `${type.ordinal}/${(after ?? before)?.slot}`;
    const earlier = this.#changes.get(name);
    this.#changes.set(name, { type, before: earlier === undefined ? before : earlier.before, after });
  }
}
