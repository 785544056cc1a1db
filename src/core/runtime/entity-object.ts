// Entities as expressions see them, and the values that stand for entities inside attributes. Both are classes, so that
// nothing a client sends can pass for one.
import { isArray, isObject, memberOf, putMember, type Json, type JsonObject } from '../std/json.ts';
import type { Value } from '../model/expression.ts';
import { NO_TRACE, type Trace, type TracingHost } from './trace.ts';
import { UnknownTransition } from './unknown.ts';

/** Hidden attribute of the seed: names of attributes that an entity has, whose values nothing ever told. */
export const UNTOLD = '$unknown';

/** A stored value that stands for another entity: `{"$ref": type, "key": key text, "view"?: name}` in files. */
export class Ref {
  readonly [member: string]: Json;
  declare readonly $ref: string;
  declare readonly key: string;
  constructor(type: string, key: string, view?: string) {
    const members: Record<string, Json> = { $ref: type, key };
    if (view !== undefined) members['view'] = view;
    Object.assign(this, members);
  }
}

/** A value as a client sees it. */
export interface Rendering {
  readonly value: Json;
  /** How many values are in it. */
  readonly size: number;
  readonly trace: Trace;
  /** Its JSON, once it was printed. */
  text?: string;
}

const NOTHING: readonly string[] = [];

/** The attributes of an entity, its derived ones, and the hidden members `$type`, `$key` and `$seq` (number of insertion). */
export class EntityObject {
  readonly [member: string]: Json;
  declare readonly $type: string;
  declare readonly $key: string;
  declare readonly $seq: number;
  readonly #renderings = new Map<string, Rendering>();
  readonly #lazy: LazyAttribute[] = [];
  #host: TracingHost | undefined;
  #version = 0;
  /** Attributes whose values nobody knows. */
  #untold = NOTHING;
  /** Values that it holds, about. */
  #weight = 16;

  constructor(type: string, key: string, seq: number, attributes: JsonObject) {
    const members = this as Record<string, Json>;
    let count = 0;
    for (const name in attributes) {
      putMember(members, name, attributes[name] as Json);
      count += 1;
    }
    this.#weight += count;
    members['$type'] = type;
    members['$key'] = key;
    members['$seq'] = seq;
    if (Object.hasOwn(attributes, UNTOLD)) this.#defineUntold(attributes);
  }

  /** Reading what nobody knows makes the answer unknown; what was written in the meantime is known. */
  #defineUntold(attributes: JsonObject): void {
    const names = attributes[UNTOLD] as Json;
    this.#untold = (isArray(names) ? names : []).filter(
      (name): name is string => typeof name === 'string' && !Object.hasOwn(attributes, name),
    );
    const { $type, $key } = this;
    for (const name of this.#untold)
      Object.defineProperty(this, name, {
        enumerable: true,
        configurable: true,
        get: () => {
          throw new UnknownTransition(`nothing recorded tells the attribute ${name} of ${$type} ${$key}`);
        },
      });
  }

  /** Names of attributes that cannot be read. */
  static untold(entity: EntityObject): readonly string[] {
    return entity.#untold;
  }

  /** What a view makes of this entity, where it was made before from what still is so. */
  static rendering(entity: EntityObject, view: string, host: TracingHost): Rendering | undefined {
    const rendering = entity.#renderings.get(view);
    return rendering !== undefined && host.stillHolds(rendering.trace) ? rendering : undefined;
  }

  static keepRendering(entity: EntityObject, view: string, rendering: Rendering): void {
    entity.#renderings.set(view, rendering);
    entity.#weight += rendering.size;
  }

  /** Of memory: how many values it and its renderings hold, about. */
  static weight(entity: EntityObject): number {
    return entity.#weight;
  }

  /** Adds a member that is computed when it is first read; missing while it is being computed, so that circles end. */
  static defineLazily(entity: EntityObject, name: string, compute: LazyAttribute['compute']): void {
    const attribute = new LazyAttribute(compute);
    entity.#lazy.push(attribute);
    Object.defineProperty(entity, name, {
      enumerable: true,
      configurable: true,
      get: (): Value => attribute.read(entity.#host as TracingHost),
    });
  }

  /**
   * Makes the object that of `host`, as its world is now; false where somebody in the same step may still hold it as it
   * was before a change.
   */
  static adopt(entity: EntityObject, host: TracingHost): boolean {
    const { version } = host.draft;
    if (entity.#host === host && entity.#version === version) return true;
    for (const attribute of entity.#lazy) if (!attribute.adopt(host, entity.#host === host)) return false;
    entity.#host = host;
    entity.#version = version;
    return true;
  }
}

/** A derived attribute that needs the world. */
class LazyAttribute {
  readonly compute: (host: TracingHost) => Value;
  #state: 'new' | 'busy' | 'done' = 'new';
  /** Was its value used in this step? If not, it must still be shown that it could be computed where it is read. */
  #isUsed = false;
  #value: Value;
  #trace: Trace = NO_TRACE;

  constructor(compute: (host: TracingHost) => Value) {
    this.compute = compute;
  }

  read(host: TracingHost): Value {
    if (this.#state === 'busy') {
      host.markPassing();
      return undefined;
    }
    if (this.#state === 'done' && !this.#isUsed && !host.hasRoomFor(this.#trace)) this.#state = 'new';
    if (this.#state === 'new') {
      this.#state = 'busy';
      try {
        [this.#value, this.#trace] = host.traced(() => this.compute(host));
        this.#state = 'done';
      } finally {
        if (this.#state === 'busy') this.#state = 'new';
      }
    } else host.retrace(this.#trace);
    this.#isUsed = true;
    return this.#value;
  }

  adopt(host: TracingHost, isSameStep: boolean): boolean {
    const holds = this.#state === 'new' || (this.#state === 'done' && host.stillHolds(this.#trace));
    if (isSameStep) return holds;
    this.#isUsed = false;
    if (!holds) this.#state = 'new';
    return true;
  }
}

export function isRef(value: Value): value is Ref {
  return value instanceof Ref;
}

export function isEntity(value: Value): value is EntityObject {
  return value instanceof EntityObject;
}

/** A value as an attribute holds it: entities inside it become references. Shares what need not change. */
export function storedValue(value: Json): Json {
  if (isEntity(value)) return new Ref(value.$type, value.$key);
  return mapInside(value, storedValue);
}

/** A value from a seed file: objects that name an entity type under `$ref` become references. */
export function seedValue(value: Json, isType: (name: string) => boolean): Json {
  const type = memberOf(value, '$ref');
  const key = memberOf(value, 'key');
  if (typeof type === 'string' && typeof key === 'string' && isType(type)) {
    const view = memberOf(value, 'view');
    return new Ref(type, key, typeof view === 'string' ? view : undefined);
  }
  return mapInside(value, (inner) => seedValue(inner, isType));
}

/** The value with `change` applied to the elements of a list or the members of an object; itself when nothing changed. */
function mapInside(value: Json, change: (value: Json) => Json): Json {
  if (isRef(value)) return value;
  if (isArray(value)) {
    const changed = value.map(change);
    return changed.some((element, index) => element !== value[index]) ? changed : value;
  }
  if (!isObject(value)) return value;
  let copy: Record<string, Json> | undefined;
  for (const name of Object.keys(value)) {
    const before = value[name] as Json;
    const after = change(before);
    if (after === before) continue;
    copy ??= { ...value };
    putMember(copy, name, after);
  }
  return copy ?? value;
}
