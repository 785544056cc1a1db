// What expressions may ask of the world during one step. Remembers what it has computed as long as the world stays as it is.
import type { Host, Scope, Value } from '../model/expression.ts';
import { memberOf, putMember, type Json, type JsonObject } from '../std/json.ts';
import { tupleTextAt } from './attribute-path.ts';
import { EntityObject, isEntity, isRef } from './entity-object.ts';
import type { Entity } from './entity-store.ts';
import { FOLLOWED_FUNCTIONS, WORLD_FUNCTIONS } from './host-functions.ts';
import type { LoadedService } from './loaded-model.ts';
import { loadTuple, type LoadedType } from './loaded-type.ts';
import type { RowGroups } from './model-memory.ts';
import { Renderer } from './rendering.ts';
import type { Trace, TracingHost } from './trace.ts';
import type { WorldDraft } from './world-draft.ts';
import { ifKnown } from './unknown.ts';

/** Views in views, and derived attributes that read derived attributes: models may make circles. */
const NESTING_MAX = 24;

/** What was computed in one state of the world. */
class Memory {
  readonly version: number;
  readonly rows = new Map<LoadedType, readonly EntityObject[]>();
  /** By ordinal of the type and names of attributes. */
  readonly groups = new Map<string, RowGroups>();
  readonly renderer: Renderer;
  constructor(version: number, renderer: Renderer) {
    this.version = version;
    this.renderer = renderer;
  }
}

export class StepHost implements Host, TracingHost {
  readonly draft: WorldDraft;
  readonly service: LoadedService;
  /** Virtual time of the step, milliseconds since the epoch. */
  readonly time: number;
  /** Names of the rule that runs: what scopes of generators may use. */
  readonly scope: Scope;
  #remembered: Memory | undefined;
  /** What entities of this step were before it. */
  #predecessors: Map<Entity, Entity> | undefined;
  #nesting = 0;
  /** The deepest nesting of what is being traced. */
  #deepest = 0;
  /** Does what is being traced depend on more than entities? */
  #isPassing = false;

  constructor(draft: WorldDraft, service: LoadedService, time: number, scope: Scope) {
    this.draft = draft;
    this.service = service;
    this.time = time;
    this.scope = scope;
  }

  has(name: string): boolean {
    return WORLD_FUNCTIONS.has(name);
  }

  call(name: string, args: readonly Value[]): Value {
    // Whatever else a function looks at, a remembered value would not follow.
    if (!FOLLOWED_FUNCTIONS.has(name)) this.#isPassing = true;
    return WORLD_FUNCTIONS.get(name)?.(this, args);
  }

  /** Views and their expansion, in the world as it is now. */
  get renderer(): Renderer {
    return this.#memory().renderer;
  }

  /** The entity as expressions see it. */
  objectOf(type: LoadedType, entity: Entity): EntityObject {
    const { objects } = this.service.memory;
    const known = objects.get(entity);
    if (known !== undefined && EntityObject.adopt(known, this)) return known;
    const object = this.#newObject(type, entity);
    objects.set(entity, object);
    return object;
  }

  /** Gives an entity other attributes. */
  replace(type: LoadedType, before: Entity, attributes: JsonObject): void {
    this.#predecessors ??= new Map();
    this.#predecessors.set(this.draft.replace(type, before, attributes), before);
  }

  /** Every living entity of a type in order of insertion. */
  rows(type: LoadedType): readonly EntityObject[] {
    const store = this.draft.store(type);
    const known = type.selfContained ? this.service.memory.rowsOf(store).rows : this.#memory().rows.get(type);
    if (known !== undefined) return known;
    const rows: EntityObject[] = [];
    store.slots.forEach((entity) => rows.push(this.objectOf(type, entity)));
    if (type.selfContained) this.service.memory.rowsOf(store).rows = rows;
    else this.#memory().rows.set(type, rows);
    return rows;
  }

  /** The rows of a type whose attributes (divided by commas) have the values that make `text`, in order of insertion. */
  rowsWith(type: LoadedType, names: string, text: string): readonly EntityObject[] {
    // What is remembered of this step was looked at before: what is being computed now rests on it all the same.
    this.draft.store(type);
    if (!type.selfContained || names.includes('.')) this.#isPassing = true;
    const { groups } = this.#memory();
    const grouping = `${type.ordinal} ${names}`;
    const known = groups.get(grouping) ?? this.#grouped(type, names);
    groups.set(grouping, known);
    return known.get(text) ?? [];
  }

  #grouped(type: LoadedType, names: string): RowGroups {
    const lasting = this.service.memory.rowsOf(this.draft.store(type)).groups;
    const known = lasting.get(names);
    if (known !== undefined) return known;
    const tuple = loadTuple(names.split(','));
    const groups = new Map<string, EntityObject[]>();
    for (const row of this.rows(type)) {
      const text = tupleTextAt(this.draft, type, tuple, row);
      if (text === undefined) continue;
      const group = groups.get(text);
      if (group === undefined) groups.set(text, [row]);
      else group.push(row);
    }
    // Longer paths lead to other types, which may change while this one does not.
    if (type.selfContained && tuple.paths.every((path) => path.length === 1)) lasting.set(names, groups);
    return groups;
  }

  /** The living entity that an entity object or a reference names, with its type. */
  resolve(value: Value): { readonly type: LoadedType; readonly entity: Entity } | undefined {
    const [name, id] = isEntity(value) ? [value.$type, value.$key] : isRef(value) ? [value.$ref, value.key] : [];
    const type = name === undefined ? undefined : this.service.types.get(name);
    const entity = type === undefined || id === undefined ? undefined : this.draft.withId(type, id);
    return type === undefined || entity === undefined ? undefined : { type, entity };
  }

  /** The entity that an entity object or a reference names, as it is now; missing when it is gone. */
  deref(value: Value): EntityObject | undefined {
    const found = this.resolve(value);
    return found === undefined ? undefined : this.objectOf(found.type, found.entity);
  }

  /** Names for the templates of an entity type. */
  scopeOf(entity: EntityObject): Scope {
    return { it: entity, base: this.service.base, principal: this.scope['principal'] };
  }

  ifKnown(compute: () => Value): Value {
    return ifKnown(compute);
  }

  mayNest(): boolean {
    return this.#nesting < NESTING_MAX;
  }

  /** Evaluates one level deeper; missing where that is too deep. */
  nested(evaluate: () => Value): Value {
    if (!this.mayNest()) {
      this.#isPassing = true;
      return undefined;
    }
    this.#nesting += 1;
    this.#deepest = Math.max(this.#deepest, this.#nesting);
    try {
      return evaluate();
    } finally {
      this.#nesting -= 1;
    }
  }

  traced<T>(compute: () => T): readonly [value: T, trace: Trace] {
    const { draft } = this;
    const outer = { reads: draft.reads, deepest: this.#deepest, isPassing: this.#isPassing };
    draft.reads = 0;
    this.#deepest = this.#nesting;
    this.#isPassing = false;
    const value = compute();
    const { reads } = draft;
    const stores = this.#isPassing ? undefined : draft.storesOf(reads);
    const trace = { reads, stores, depth: this.#deepest - this.#nesting };
    draft.reads = outer.reads | reads;
    this.#deepest = Math.max(this.#deepest, outer.deepest);
    this.#isPassing ||= outer.isPassing;
    return [value, trace];
  }

  retrace({ reads, stores, depth }: Trace): void {
    this.draft.reads |= reads;
    this.#deepest = Math.max(this.#deepest, this.#nesting + depth);
    if (stores === undefined) this.#isPassing = true;
  }

  markPassing(): void {
    this.#isPassing = true;
  }

  stillHolds({ stores }: Trace): boolean {
    return stores !== undefined && this.draft.hasStores(stores);
  }

  hasRoomFor({ depth }: Trace): boolean {
    return this.#nesting + depth <= NESTING_MAX;
  }

  #newObject(type: LoadedType, entity: Entity): EntityObject {
    const object = new EntityObject(type.name, entity.id, entity.slot, entity.attributes);
    EntityObject.adopt(object, this);
    // What cannot be read must not be read before somebody asks.
    const isWhole = EntityObject.untold(object).length === 0;
    const scope = this.scopeOf(object);
    const earlier = isWhole ? this.#earlierObject(entity) : undefined;
    const stale = earlier && type.derivedFrom(changedNames(earlier.attributes, entity.attributes));
    for (const [name, { template, selfContained, ownNames }] of type.derived) {
      if (selfContained && isWhole) {
        const value = stale?.has(name) === false ? memberOf(earlier?.object, name) : template.render(scope, this);
        if (value !== undefined) putMember(object as Record<string, Json>, name, value);
        continue;
      }
      EntityObject.defineLazily(object, name, (host) => {
        if (!ownNames) host.markPassing();
        return (host as StepHost).nested(() => template.render((host as StepHost).scopeOf(object), host as StepHost));
      });
    }
    return object;
  }

  /** The entity as it was before changes of this step, where all of it is known. */
  #earlierObject(entity: Entity): { readonly object: EntityObject; readonly attributes: JsonObject } | undefined {
    let before = this.#predecessors?.get(entity);
    for (; before !== undefined; before = this.#predecessors?.get(before)) {
      const object = this.service.memory.objects.get(before);
      if (object === undefined) continue;
      return EntityObject.untold(object).length === 0 ? { object, attributes: before.attributes } : undefined;
    }
    return undefined;
  }

  /** What was computed in an earlier state of the world counts no more. */
  #memory(): Memory {
    const { version } = this.draft;
    if (this.#remembered?.version !== version) this.#remembered = new Memory(version, new Renderer(this));
    return this.#remembered as Memory;
  }
}

/** Attributes that one of two has and the other has not, or otherwise. */
function changedNames(before: JsonObject, after: JsonObject): readonly string[] {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return [...gone, ...Object.keys(after).filter((name) => memberOf(before, name) !== after[name])];
}
