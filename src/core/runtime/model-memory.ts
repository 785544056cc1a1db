// What all steps with a model may remember together: entities as objects, with their renderings, and rows. Bounded, so that
// thousands of idle episodes cost what their worlds cost and not what was once computed from them.
import { EntityObject } from './entity-object.ts';
import type { Entity, EntityStore } from './entity-store.ts';
import { Recent } from './recent.ts';

/** Rows by the text of a tuple of their attributes. */
export type RowGroups = ReadonlyMap<string, readonly EntityObject[]>;

/** Of the entities of one type whose objects need no world. */
export interface Rows {
  rows?: readonly EntityObject[];
  /** By names of attributes. */
  readonly groups: Map<string, RowGroups>;
}

/** JSON values that are remembered, about. */
const WEIGHT_MAX = 500_000;

export class ModelMemory {
  readonly objects = new Recent<Entity, EntityObject>(WEIGHT_MAX, (object) => EntityObject.weight(object));
  readonly #rows = new Recent<EntityStore, Rows>(WEIGHT_MAX, ({ rows }) => 8 + (rows?.length ?? 0));

  rowsOf(store: EntityStore): Rows {
    const known = this.#rows.get(store);
    if (known !== undefined) return known;
    const rows: Rows = { groups: new Map() };
    this.#rows.set(store, rows);
    return rows;
  }
}
