// The World: all mutable simulated state of one episode, as an immutable value. Everything in it is structurally shared, so
// that keeping a world is forking it.
import { canonicalText } from '../std/canonical.ts';
import { PersistentMap } from '../std/persistent-map.ts';
import { emptyStore, type Entity, type EntityStore } from './entity-store.ts';
import type { LoadedType } from './loaded-type.ts';
import type { WorldClock } from './world-clock.ts';
import type { Maxima } from './maxima.ts';
import { Sequences } from './sequences.ts';
import { hashText, ZERO_HASH, type Hash } from './world-hash.ts';

export interface World {
  /** Steps taken. */
  readonly step: number;
  readonly seed: number;
  /** By ordinal of entity type. */
  readonly stores: readonly EntityStore[];
  /** Absent for the model's own. */
  readonly clock?: WorldClock | undefined;
  readonly sequences: Sequences;
  /** What is known of largest numbers: a memory, no state of its own. */
  readonly maxima: Maxima;
  readonly entityCount: number;
  /** Sum of the hashes of what differs from the world at reset. */
  readonly hash: Hash;
}

export function emptyWorld(types: readonly LoadedType[]): World {
  return {
    step: 0,
    seed: 0,
    stores: types.map((type) => emptyStore(type.tuples.length)),
    sequences: Sequences.NONE,
    maxima: PersistentMap.empty(),
    entityCount: 0,
    hash: ZERO_HASH,
  };
}

/** Hash of one entity as the world's digest counts it; its key follows from its attributes. */
export function hashEntity(type: LoadedType, entity: Entity): Hash {
  const { slot, id, attributes } = entity;
  return (entity.hash ??= hashText(`${type.worldName}\n${slot}\n${id}\n${canonicalText(attributes)}`));
}
