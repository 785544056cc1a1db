// What expressions may ask of the world during one step: entities, rows, references, views, time and generated values.
import type { Host, Scope, Value } from '../model/expression.ts';
import { isArray, isObject, memberOf, putMember, type Json } from '../std/json.ts';
import { answerValuesMax } from '../std/limits.ts';
import { tupleTextAt } from './attribute-path.ts';
import { EntityObject, isEntity, isRef, type Ref, type Rendering } from './entity-object.ts';
import type { Entity, RowGroups } from './entity-store.ts';
import { WORLD_FUNCTIONS } from './host-functions.ts';
import type { LoadedService } from './loaded-model.ts';
import { loadTuple, type LoadedType } from './loaded-type.ts';
import type { WorldDraft } from './world-draft.ts';

/** Views in views, and derived attributes that read derived attributes: models may make circles. */
const NESTING_MAX = 24;

/** What is thrown, inside one step only, when the model turns out not to say what happens. */
export class UnknownTransition extends Error {}

export class StepHost implements Host {
  readonly draft: WorldDraft;
  readonly service: LoadedService;
  /** Virtual time of the step, milliseconds since the epoch. */
  readonly time: number;
  /** Names of the rule that runs: what scopes of generators may use. */
  readonly scope: Scope;
  #version = -1;
  readonly #objects = new Map<Entity, EntityObject>();
  readonly #rows = new Map<LoadedType, readonly EntityObject[]>();
  readonly #groups = new Map<LoadedType, Map<string, RowGroups>>();
  readonly #renderings = new Map<EntityObject, Map<string, Rendering>>();
  /** Sizes of values that hold no references any more. */
  readonly #expanded = new WeakMap<object, number>();
  /** Entities being rendered, and by which view. */
  readonly #underway = new Map<EntityObject, string>();
  #cuts = 0;
  #nesting = 0;
  #size = 0;

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
    return WORLD_FUNCTIONS.get(name)?.(this, args);
  }

  /** The entity as expressions see it. */
  objectOf(type: LoadedType, entity: Entity): EntityObject {
    if (type.selfContained) return (entity.object ??= this.#newObject(type, entity));
    this.#forgetOldVersion();
    const known = this.#objects.get(entity);
    if (known !== undefined) return known;
    const object = this.#newObject(type, entity);
    this.#objects.set(entity, object);
    return object;
  }

  /** Every living entity of a type in order of insertion. */
  rows(type: LoadedType): readonly EntityObject[] {
    const store = this.draft.store(type);
    if (type.selfContained && store.rows !== undefined) return store.rows;
    this.#forgetOldVersion();
    const known = this.#rows.get(type);
    if (known !== undefined) return known;
    const rows: EntityObject[] = [];
    store.slots.forEach((entity) => rows.push(this.objectOf(type, entity)));
    if (type.selfContained) store.rows = rows;
    else this.#rows.set(type, rows);
    return rows;
  }

  /** The rows of a type whose attributes have the values that make `text`, in order of insertion. */
  rowsWith(type: LoadedType, names: string, text: string): readonly EntityObject[] {
    const rows = this.rows(type);
    let groupings = this.#groups.get(type);
    if (groupings === undefined) {
      const store = this.draft.store(type);
      groupings = type.selfContained ? (store.groups ??= new Map<string, RowGroups>()) : new Map<string, RowGroups>();
      this.#groups.set(type, groupings);
    }
    let groups = groupings.get(names);
    if (groups === undefined) groupings.set(names, (groups = this.#grouped(type, rows, names)));
    return groups.get(text) ?? [];
  }

  #grouped(type: LoadedType, rows: readonly EntityObject[], names: string): RowGroups {
    const tuple = loadTuple(names.split(','));
    const groups = new Map<string, EntityObject[]>();
    for (const row of rows) {
      const text = tupleTextAt(this.draft, type, tuple, row);
      if (text === undefined) continue;
      const group = groups.get(text);
      if (group === undefined) groups.set(text, [row]);
      else group.push(row);
    }
    return groups;
  }

  /** The living entity that an entity object or a reference names, with its type. */
  resolve(value: Value): { readonly type: LoadedType; readonly entity: Entity } | undefined {
    const [name, key] = isEntity(value) ? [value.$type, value.$key] : isRef(value) ? [value.$ref, value.key] : [];
    const type = name === undefined ? undefined : this.service.types.get(name);
    const entity = type === undefined || key === undefined ? undefined : this.draft.withId(type, key);
    return type === undefined || entity === undefined ? undefined : { type, entity };
  }

  /** The entity that an entity object or a reference names, as it is now; missing when it is gone. */
  deref(value: Value): EntityObject | undefined {
    const found = this.resolve(value);
    return found === undefined ? undefined : this.objectOf(found.type, found.entity);
  }

  /**
   * The entity rendered by a view of its type, references inside expanded; without a view of that name, its attributes.
   * Missing for what is no entity, and for an entity inside itself.
   */
  view(name: string, value: Value): Value {
    const entity = isRef(value) ? this.deref(value) : value;
    if (!isEntity(entity)) return undefined;
    this.#forgetOldVersion();
    const known = EntityObject.rendering(entity, name) ?? this.#renderings.get(entity)?.get(name);
    if (known !== undefined) return this.#seen(known);
    const self = this.#underway.get(entity);
    if (self === name || this.#nesting >= NESTING_MAX) {
      this.#cuts += 1;
      return undefined;
    }
    this.#underway.set(entity, name);
    const rendering = this.#nested(() => this.#render(name, entity));
    if (self === undefined) this.#underway.delete(entity);
    else this.#underway.set(entity, self);
    return rendering;
  }

  #render(name: string, entity: EntityObject): Value {
    this.#count(1);
    const [cuts, size] = [this.#cuts, this.#size];
    const view = this.service.types.get(entity.$type)?.views.get(name);
    const scope = { it: entity, base: this.service.base, principal: this.scope['principal'] };
    const rendered = view === undefined ? entity : view.template.render(scope, this);
    const visible = isObject(rendered) && !isRef(rendered) ? withoutHidden(rendered) : rendered;
    const value = visible === undefined ? undefined : this.expand(visible);
    // What was cut short is right in this place only.
    if (value === undefined || this.#cuts !== cuts) return value;
    const rendering = { value, size: this.#size - size };
    if (view?.selfContained === true && value === visible) EntityObject.keepRendering(entity, name, rendering);
    else this.#keep(entity, name, rendering);
    return this.#seen(rendering);
  }

  #keep(entity: EntityObject, name: string, rendering: Rendering): void {
    const renderings = this.#renderings.get(entity) ?? new Map<string, Rendering>();
    this.#renderings.set(entity, renderings);
    renderings.set(name, rendering);
  }

  #seen({ value, size }: Rendering): Json {
    if (typeof value === 'object' && value !== null) this.#expanded.set(value, size);
    return value;
  }

  /** An answer grows with the values in it; models may nest lists in lists in lists. */
  #count(values: number): void {
    this.#size += values;
    if (this.#size > answerValuesMax) throw new UnknownTransition(`the answer has more than ${answerValuesMax} values`);
  }

  /**
   * The value as a client may see it: references give way to views, entities lose their hidden members. A reference to
   * what is gone is dropped from a list and null elsewhere.
   */
  expand(value: Json): Json | undefined {
    if (typeof value !== 'object' || value === null) {
      this.#count(1);
      return value;
    }
    if (isRef(value)) return this.#viewOfRef(value);
    const size = this.#expanded.get(value);
    this.#count(size ?? 1);
    if (size !== undefined) return value;
    if (isArray(value)) {
      let same = true;
      const expanded: Json[] = [];
      for (const element of value) {
        const shown = this.expand(element);
        if (shown !== element) same = false;
        if (shown !== undefined) expanded.push(shown);
      }
      return same ? value : expanded;
    }
    if (!isObject(value)) return value;
    return this.#expandMembers(isEntity(value) || isEntityShaped(value) ? withoutHidden(value) : value);
  }

  #expandMembers(object: { readonly [key: string]: Json }): Json {
    let copy: Record<string, Json> | undefined;
    for (const name of Object.keys(object)) {
      const before = object[name] as Json;
      const after = this.expand(before) ?? null;
      if (after === before) continue;
      copy ??= { ...object };
      putMember(copy, name, after);
    }
    return copy ?? object;
  }

  #viewOfRef(ref: Ref): Value {
    const found = this.resolve(ref);
    if (found === undefined) return undefined;
    const named = memberOf(ref, 'view');
    const view = typeof named === 'string' ? named : found.type.views.has('embedded') ? 'embedded' : 'full';
    const shown = this.view(view, this.objectOf(found.type, found.entity));
    if (shown !== undefined)
      this.#count((typeof shown === 'object' && shown !== null && this.#expanded.get(shown)) || 1);
    return shown;
  }

  #newObject(type: LoadedType, entity: Entity): EntityObject {
    const object = new EntityObject(type.name, entity.id, entity.slot, entity.attributes);
    for (const [name, { template, selfContained }] of type.derived) {
      if (selfContained) {
        const value = template.render({ it: object, base: this.service.base }, this);
        if (value !== undefined) putMember(object as Record<string, Json>, name, value);
        continue;
      }
      const scope = { it: object, base: this.service.base, principal: this.scope['principal'] };
      defineLazily(object, name, () => this.#nested(() => template.render(scope, this)));
    }
    return object;
  }

  /** What was computed from an earlier state of the world counts no more. */
  #forgetOldVersion(): void {
    if (this.#version === this.draft.version) return;
    this.#version = this.draft.version;
    this.#objects.clear();
    this.#rows.clear();
    this.#groups.clear();
    this.#renderings.clear();
  }

  #nested(render: () => Value): Value {
    if (this.#nesting >= NESTING_MAX) return undefined;
    this.#nesting += 1;
    try {
      return render();
    } finally {
      this.#nesting -= 1;
    }
  }
}

/** A member that is computed when it is first read; missing while it is being computed, so that circles end. */
function defineLazily(object: EntityObject, name: string, compute: () => Value): void {
  let state: 'new' | 'busy' | 'done' = 'new';
  let value: Value;
  Object.defineProperty(object, name, {
    enumerable: true,
    configurable: true,
    get(): Value {
      if (state !== 'new') return value;
      state = 'busy';
      value = compute();
      state = 'done';
      return value;
    },
  });
}

/** Made from an entity by `$merge` and the like: still has its hidden members. */
function isEntityShaped(object: { readonly [key: string]: Json }): boolean {
  return Object.hasOwn(object, '$type') && Object.hasOwn(object, '$key');
}

function withoutHidden(object: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const visible: Record<string, Json> = {};
  for (const name of Object.keys(object)) {
    const value = name.startsWith('$') ? undefined : object[name];
    if (value !== undefined) putMember(visible, name, value);
  }
  return visible;
}
