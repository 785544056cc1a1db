// Pure functions over texts. Positions and lengths count Unicode code points, as CEL says.
import { base64DecodeText, base64Encode, base64UrlEncode, percentDecode, percentEncode } from '../std/encoding.ts';
import { equalJson, isArray } from '../std/json.ts';
import { textLengthMax } from '../std/limits.ts';
import type { PureFunction } from './expression-functions.ts';
import { doubleOf } from './expression-operators.ts';
import { ofText, textOf } from './expression-value-functions.ts';
import type { Value } from './expression.ts';

/** Every code point is one unit: then positions need no translation. */
function isSimple(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

/** Length in code points. */
export function textSize(text: string): number {
  if (isSimple(text)) return text.length;
  let size = 0;
  for (const _ of text) size += 1;
  return size;
}

/** Start and end of a cut, as Array.slice understands them: whole numbers, negative from the end; missing is the default. */
export function cutOf(from: Value, to: Value, size: number): readonly [start: number, end: number] | undefined {
  const [start, end] = [from === undefined ? 0 : doubleOf(from), to === undefined ? size : doubleOf(to)];
  if (start === undefined || end === undefined || !Number.isInteger(start) || !Number.isInteger(end)) return undefined;
  return [start < 0 ? Math.max(0, size + start) : start, end < 0 ? Math.max(0, size + end) : end];
}

function substr(text: Value, from: Value, to: Value): Value {
  if (typeof text !== 'string') return undefined;
  const cut = cutOf(from, to, textSize(text));
  if (cut === undefined) return undefined;
  return isSimple(text)
    ? text.slice(...cut)
    : Array.from(text)
        .slice(...cut)
        .join('');
}

/** Position of a text in a text, or of an element in a list; -1 when it is not in there. */
function position(container: Value, part: Value, last: boolean): Value {
  if (isArray(container)) {
    const isPart = (element: Value): boolean => equalJson(element, part);
    return last ? container.findLastIndex(isPart) : container.findIndex(isPart);
  }
  if (typeof container !== 'string' || typeof part !== 'string') return undefined;
  const at = last ? container.lastIndexOf(part) : container.indexOf(part);
  return at < 0 ? -1 : textSize(container.slice(0, at));
}

function contains(container: Value, part: Value): boolean {
  if (isArray(container)) return container.some((element) => equalJson(element, part));
  return typeof container === 'string' && typeof part === 'string' && container.includes(part);
}

function split(text: Value, separator: Value): Value {
  if (typeof text !== 'string' || typeof separator !== 'string') return undefined;
  return separator === '' ? Array.from(text) : text.split(separator);
}

/** The elements one behind the other; missing when one of them is no text, number or bool. */
function join(list: Value, separator: Value): Value {
  if (!isArray(list) || (separator !== undefined && typeof separator !== 'string')) return undefined;
  const parts: string[] = [];
  let length = 0;
  for (const element of list) {
    const part = textOf(element);
    if (part === undefined) return undefined;
    parts.push(part);
    length += part.length + (separator?.length ?? 0);
    if (length > textLengthMax) return undefined;
  }
  return parts.join(separator ?? '');
}

/** Every occurrence replaced. */
function replace(text: Value, part: Value, by: Value): Value {
  if (typeof text !== 'string' || typeof part !== 'string' || typeof by !== 'string') return undefined;
  if (part === '') return text;
  const parts = text.split(part);
  const length = text.length + (parts.length - 1) * (by.length - part.length);
  return length <= textLengthMax ? parts.join(by) : undefined;
}

function padStart(value: Value, length: Value, pad: Value): Value {
  const [text, size] = [textOf(value), doubleOf(length)];
  const filler = pad === undefined ? ' ' : textOf(pad);
  if (text === undefined || size === undefined || filler === undefined || filler === '') return undefined;
  const lacking = Math.min(size, textLengthMax) - textSize(text);
  return lacking > 0 ? ''.padEnd(lacking, filler) + text : text;
}

/** Small ASCII letters and digits, with dashes between. */
export function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

function title(text: string): string {
  return text.replace(/[^\s\-_]+/g, (word) => capital(word) + word.slice(capitalLength(word)));
}

function capitalLength(text: string): number {
  return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
}

function capital(text: string): string {
  return text.slice(0, capitalLength(text)).toUpperCase();
}

/** The paths that a path leads through, from the top, without itself. */
function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) found.push(path.slice(0, at));
  return found;
}

function ofTexts(test: (text: string, part: string) => boolean): PureFunction {
  return {
    least: 2,
    most: 2,
    apply: (text, part) => typeof text === 'string' && typeof part === 'string' && test(text, part),
  };
}

export const textFunctions: Readonly<Record<string, PureFunction>> = {
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trim: ofText((text) => text.trim()),
  squash: ofText((text) => text.trim().replace(/\s+/g, ' ')),
  slug: ofText(slug),
  title: ofText(title),
  capitalize: ofText((text) => capital(text) + text.slice(capitalLength(text)).toLowerCase()),
  substr: { least: 2, most: 3, apply: substr },
  indexOf: { least: 2, most: 2, apply: (container, part) => position(container, part, false) },
  lastIndexOf: { least: 2, most: 2, apply: (container, part) => position(container, part, true) },
  contains: { least: 2, most: 2, apply: contains },
  startsWith: ofTexts((text, part) => text.startsWith(part)),
  endsWith: ofTexts((text, part) => text.endsWith(part)),
  split: { least: 2, most: 2, apply: split },
  join: { least: 1, most: 2, apply: join },
  replace: { least: 3, most: 3, apply: replace },
  folder: ofText((text) => (text.includes('/') ? text.slice(0, text.lastIndexOf('/')) : undefined)),
  ancestors: ofText(ancestors),
  padStart: { least: 2, most: 3, apply: padStart },
  b64: ofText(base64Encode),
  b64url: ofText(base64UrlEncode),
  b64decode: ofText(base64DecodeText),
  urlenc: ofText(percentEncode),
  urldec: ofText(percentDecode),
};
