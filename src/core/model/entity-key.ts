// How an entity is named by text: the key that references hold, that logs print and that worlds are indexed by.
import { isObject, memberOf, RawNumber, type Json } from '../std/json.ts';

/**
 * The text of one attribute value as part of a key: path parameters are texts while stored ids may be numbers, so parts
 * compare as text. A reference or an entity counts by its own key. Undefined for what cannot name anything.
 */
export function keyPartText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (value instanceof RawNumber) return value.text;
  if (!isObject(value)) return undefined;
  const key = memberOf(value, memberOf(value, '$ref') === undefined ? '$key' : 'key');
  return typeof key === 'string' ? key : undefined;
}

/** Key text: a single part as it is; of several, `~` and `/` escaped as in JSON Pointer and joined with `/`. */
export function joinKey(parts: readonly string[]): string {
  if (parts.length === 1) return parts[0] as string;
  return parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
}
