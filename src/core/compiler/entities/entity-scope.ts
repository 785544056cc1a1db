// What names an object in an answer beyond its own field: the parameters of the path, what the object says of its scope,
// and the entity that it stands in.
import { joinKey } from '../../model/entity-key.ts';
import type { JsonObject } from '../../std/json.ts';
import type { EntityDraft } from './entity-draft.ts';
import type { CallRoute } from './routes.ts';
import { scalarText, valueAt } from './sites.ts';

/** The entity around an object, with the values of its first lookup's attributes. */
export interface Surrounding {
  readonly type: EntityDraft;
  readonly names: readonly (string | undefined)[];
}

/**
 * Scope attributes of an object. The scope of a part is what names its owner. Of others: what names the entity around
 * them, what they say themselves, and parameters of the path, `all` of them or those that name the type.
 */
export function scopeOf(
  type: EntityDraft,
  route: CallRoute,
  raw: JsonObject,
  around: Surrounding | undefined,
  all: boolean,
): Record<string, string> {
  const scope: Record<string, string> = {};
  if (type.owner !== undefined) {
    if (type.owner !== around?.type) return scope;
    for (const [i, name] of around.names.entries()) if (name !== undefined) scope[type.key[i] as string] = name;
    return scope;
  }
  for (const [i, param] of (around?.type.lookups[0]?.params ?? []).entries()) {
    const name = around?.names[i];
    if (name !== undefined && type.key.includes(`$${param}`)) scope[`$${param}`] = name;
  }
  for (const [attribute, field] of type.scopeFields) {
    const text = scalarText(raw[field]);
    if (text !== undefined && type.key.includes(attribute)) scope[attribute] = text;
  }
  for (const { name, prefix } of route.prefixes) {
    if (type.sites.size > 0 && type.lookups.some((lookup) => lookup.prefix === prefix)) continue;
    if (all || type.lookups.some((lookup) => lookup.attributes.includes(`$${name}`)))
      scope[`$${name}`] = route.params[name] ?? '';
  }
  return scope;
}

/** Values of the attributes of the type's first lookup, in their order. */
export const namesOf = (type: EntityDraft, raw: JsonObject, scope: JsonObject): (string | undefined)[] =>
  (type.lookups[0]?.attributes ?? []).map((attribute) => partOf(attribute, raw, scope));

/** Key text of an object; undefined where a part of the key is not known. */
export function keyOf(type: EntityDraft, raw: JsonObject, scope: JsonObject): string | undefined {
  const parts = type.key.map((attribute) => partOf(attribute, raw, scope));
  return parts.every((part) => part !== undefined) ? joinKey(parts) : undefined;
}

const partOf = (attribute: string, raw: JsonObject, scope: JsonObject): string | undefined =>
  scalarText(attribute.startsWith('$') ? scope[attribute] : valueAt(raw, attribute));
