// Paths to attributes (`owner.login`): through references, through lists, to derived attributes that need no world.
import { joinKey, keyPartText } from '../model/entity-key.ts';
import { isArray, memberOf, type Json, type JsonObject } from '../std/json.ts';
import { isRef, type Ref } from './entity-object.ts';
import type { LoadedType, LookupTuple } from './loaded-type.ts';
import type { WorldDraft } from './world-draft.ts';

/**
 * The values at the end of a path: every element where it meets lists, nothing where it meets what is missing or gone.
 * An attribute whose name has dots in it is tried first.
 */
export function valuesAt(
  draft: WorldDraft,
  type: LoadedType,
  attributes: JsonObject,
  path: readonly string[],
): readonly Json[] {
  const whole = path.length > 1 ? memberOf(attributes, path.join('.')) : undefined;
  if (whole !== undefined) return elementsOf(whole);
  const [first, ...rest] = path as [string, ...string[]];
  let values = elementsOf(attributeOf(type, attributes, first));
  for (const name of rest) {
    values = values.flatMap((value) =>
      elementsOf(isRef(value) ? memberBehind(draft, type, value, name) : memberOf(value, name)),
    );
  }
  return values;
}

function elementsOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : isArray(value) ? value : [value];
}

function memberBehind(draft: WorldDraft, from: LoadedType, ref: Ref, name: string): Json | undefined {
  const type = from.service.types.get(ref.$ref);
  const entity = type === undefined ? undefined : draft.withId(type, ref.key);
  if (type === undefined || entity === undefined) return undefined;
  return attributeOf(type, entity.attributes, name);
}

function attributeOf(type: LoadedType, attributes: JsonObject, name: string): Json | undefined {
  const stored = memberOf(attributes, name);
  return stored === undefined ? type.derive(attributes, name) : stored;
}

/** Text of an entity's tuple; undefined when a part is missing or, but for the key, null. */
export function tupleTextAt(
  draft: WorldDraft,
  type: LoadedType,
  tuple: LookupTuple,
  attributes: JsonObject,
): string | undefined {
  const parts: string[] = [];
  for (const path of tuple.paths) {
    const value = valuesAt(draft, type, attributes, path)[0];
    const text = value === null && tuple !== type.key ? undefined : keyPartText(value);
    if (text === undefined) return undefined;
    parts.push(text);
  }
  return joinKey(parts);
}

/** Text of a tuple of values; undefined when one of them is missing or cannot name anything. */
export function tupleTextOf(values: readonly (Json | undefined)[]): string | undefined {
  const parts = values.map(keyPartText);
  return parts.includes(undefined) ? undefined : joinKey(parts as string[]);
}
