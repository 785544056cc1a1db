// JSON Pointer (RFC 6901): `/items/0/name`; `~1` is a slash and `~0` a tilde inside a name.
import { isArray, memberOf, type Json } from './json.ts';

/** Names of a pointer, outermost first; undefined when it is none. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function printPointer(names: readonly (string | number)[]): string {
  return names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The value at the end of the names, or undefined. */
export function valueAt(value: Json | undefined, names: readonly string[]): Json | undefined {
  let here = value;
  for (const name of names) {
    here = isArray(here) ? (/^(0|[1-9]\d*)$/.test(name) ? here[Number(name)] : undefined) : memberOf(here, name);
    if (here === undefined) return undefined;
  }
  return here;
}
