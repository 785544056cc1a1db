// Attributes of an entity by dotted path: its own, and those in objects that it holds (`attributes.title`, `properties.owner`).
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import { memberText } from '../explain/literal.ts';
import { isPlainObject } from '../explain/samples.ts';
import { scalarText } from './sites.ts';

/** Every attribute that is no object, by its path, two levels deep; what begins with `$` is left out. */
export function* attributePaths(attributes: JsonObject): Generator<[path: string, value: Json]> {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('$')) continue;
    if (!isPlainObject(value)) yield [name, value];
    else
      for (const [inner, member] of Object.entries(value))
        if (!inner.startsWith('$') && !isPlainObject(member)) yield [`${name}.${inner}`, member];
  }
}

/** Texts of the scalars of an object, and of the objects in it, by path. */
export function scalarPaths(value: JsonObject): (readonly [path: string, text: string])[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = isObject(member) ? Object.entries(member) : [];
    const parts = inner.map(([part, each]) => [`${name}.${part}`, scalarText(each)] as const);
    return [[name, scalarText(member)] as const, ...parts].flatMap(([path, text]) =>
      text === undefined ? [] : [[path, text] as const],
    );
  });
}

/** `x.attributes.title`. */
export const pathText = (base: string, path: string): string =>
  path.split('.').reduce((text, name) => memberText(text, name), base);

export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
