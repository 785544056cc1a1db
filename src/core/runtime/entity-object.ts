// Entities as expressions see them, and the values that stand for entities inside attributes. Both are classes, so that
// nothing a client sends can pass for one.
import { isArray, isObject, memberOf, putMember, type Json, type JsonObject } from '../std/json.ts';
import type { Value } from '../model/expression.ts';

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

/** A value as a client sees it, and how many values are in it. */
export interface Rendering {
  readonly value: Json;
  readonly size: number;
}

/** The attributes of an entity, its derived ones, and the hidden members `$type`, `$key` and `$seq` (number of insertion). */
export class EntityObject {
  readonly [member: string]: Json;
  declare readonly $type: string;
  declare readonly $key: string;
  declare readonly $seq: number;
  readonly #renderings = new Map<string, Rendering>();

  constructor(type: string, key: string, seq: number, attributes: JsonObject) {
    const members = this as Record<string, Json>;
    for (const name in attributes) putMember(members, name, attributes[name] as Json);
    members['$type'] = type;
    members['$key'] = key;
    members['$seq'] = seq;
  }

  /** What a view makes of this entity, where it depends on nothing else and has been made before. */
  static rendering(entity: EntityObject, view: string): Rendering | undefined {
    return entity.#renderings.get(view);
  }

  static keepRendering(entity: EntityObject, view: string, rendering: Rendering): void {
    entity.#renderings.set(view, rendering);
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
