// application/x-www-form-urlencoded text (queries and bodies) as JSON: `a=1&a=2` is a list, `a[b]=c` an object,
// `a[]=c` a list. Percent sequences that are not UTF-8 stand for themselves. And the way back.
import { percentEncode } from '../std/encoding.ts';
import { isArray, isObject, printJson, type Json, type JsonObject } from '../std/json.ts';

type Draft = { [key: string]: Json };

const FORM_FIELDS_MAX = 10_000;
const FORM_DEPTH_MAX = 16;

/** Values are strings. Fields beyond 10,000 and brackets nested deeper than 16 are left out. */
export function parseForm(text: string): JsonObject {
  const form: Draft = {};
  for (const [name, value] of formFields(text)) {
    const keys = splitKeys(name);
    if (keys.length <= FORM_DEPTH_MAX) put(form, keys, value);
  }
  return form;
}

/** Its fields as they stand there, decoded; at most 10,000. */
export function formFields(text: string): readonly (readonly [name: string, value: string])[] {
  const fields = text.split('&').filter((field) => field !== '');
  return fields.slice(0, FORM_FIELDS_MAX).map((field) => {
    const equals = field.indexOf('=');
    if (equals < 0) return [decodeFormText(field), ''];
    return [decodeFormText(field.slice(0, equals)), decodeFormText(field.slice(equals + 1))];
  });
}

/**
 * The way back: numbers and booleans as their JSON text, null as an empty text.
 *
 * @param lists plain values of a list as `a=1&a=2`, as queries have them, or as `a[]=1&a[]=2`
 */
export function printForm(form: JsonObject, lists: 'repeated' | 'bracketed'): string {
  return Object.entries(form)
    .flatMap(([name, value]) => printFields(percentEncode(name), value, lists))
    .join('&');
}

function printFields(name: string, value: Json, lists: 'repeated' | 'bracketed'): readonly string[] {
  if (isArray(value)) {
    const isPlain = value.every((element) => !isArray(element) && !isObject(element));
    const ending = (index: number) => (!isPlain ? `[${index}]` : lists === 'bracketed' ? '[]' : '');
    return value.flatMap((element, index) => printFields(name + ending(index), element, lists));
  }
  if (isObject(value))
    return Object.entries(value).flatMap(([key, member]) =>
      printFields(`${name}[${percentEncode(key)}]`, member, lists),
    );
  const text = value === null ? '' : typeof value === 'string' ? value : printJson(value);
  return [`${name}=${percentEncode(text)}`];
}

function splitKeys(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return [name];
  return [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
}

function put(form: Draft, keys: readonly string[], value: string): void {
  let at = form;
  for (let i = 0; i < keys.length - 1; i++) {
    const key = keys[i] as string;
    if (keys[i + 1] === '' && i === keys.length - 2) {
      const list = at[key];
      at[key] = Array.isArray(list) ? [...list, value] : [value];
      return;
    }
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) at = next as Draft;
    else at = define(at, key, {}) as Draft;
  }
  const last = keys.at(-1) as string;
  const earlier = Object.hasOwn(at, last) ? at[last] : undefined;
  if (earlier === undefined) define(at, last, value);
  else define(at, last, Array.isArray(earlier) ? [...earlier, value] : [earlier, value]);
}

/** Sets an own member even where the name is `__proto__`. */
function define(target: Draft, key: string, value: Json): Json {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

/** Undoes `+` and percent-encoding; text that is not valid stands for itself. */
export function decodeFormText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
