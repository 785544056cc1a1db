// JSON values as Mynah holds them. A number whose source text a double cannot hold exactly is kept as RawNumber, so that
// what was recorded is what is served. Objects keep the order of their keys.
// Known limit: JavaScript puts keys that look like array indexes ("0", "17") first, in numeric order, whatever the source says.
import { MynahError } from './errors.ts';
import { jsonDepthMax } from './limits.ts';

/** Counts how often JSON.stringify met a RawNumber: how printJson learns that its fast path was not exact. */
let rawNumbersMet = 0;

/** A JSON number that a double would change (1.0, 12345678901234567890): kept by its source text. */
export class RawNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** For JSON.stringify, which can only print the nearest double. printJson prints the text. */
  toJSON(): number {
    rawNumbersMet += 1;
    return Number(this.text);
  }
}

export type Json = null | boolean | number | string | RawNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RawNumber);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object's own member, or undefined: never what objects inherit (`constructor`). */
export function memberOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Sets a member of an object under construction; a plain assignment to `__proto__` would change its prototype. */
export function putMember(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

/** The number as JSON holds it: a double when that prints the same text, else the text. */
export function numberFromText(text: string): number | RawNumber {
  const double = Number(text);
  return String(double) === text ? double : new RawNumber(text);
}

/**
 * Parses JSON text without loss: numbers that JavaScript would print differently become RawNumber; of duplicate keys the
 * last wins. Throws ERR_JSON_SYNTAX with line and column (both from 1) for malformed text and for nesting over jsonDepthMax.
 */
export function parseJson(text: string): Json {
  if (nativeParseKeeps(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // The reader below says where.
    }
  }
  return new Reader(text).document();
}

/** parseJson, or undefined where it would throw. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof MynahError) return undefined;
    throw error;
  }
}

/** Compact JSON text; a RawNumber prints the text it was read from. */
export function printJson(value: Json): string {
  const met = rawNumbersMet;
  const text = JSON.stringify(value);
  return met === rawNumbersMet ? text : printExactly(value);
}

function printExactly(value: Json): string {
  if (value instanceof RawNumber) return value.text;
  if (isArray(value)) return `[${value.map(printExactly).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members: string[] = [];
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${printExactly(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Deep equality. The order of keys does not matter; two RawNumbers are equal by text, one and a number by numeric value. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    if (a instanceof RawNumber) return typeof b === 'number' && Number(a.text) === b;
    return b instanceof RawNumber && typeof a === 'number' && Number(b.text) === a;
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index += 1) if (!equalJson(a[index] as Json, b[index] as Json)) return false;
    return true;
  }
  if (a instanceof RawNumber) return b instanceof RawNumber && a.text === b.text;
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !equalJson(a[key], b[key])) return false;
  return true;
}

/**
 * One pass over the text: do its numbers survive as doubles, and is its nesting within the limit? Only trusted together
 * with a successful JSON.parse, which proves that the text is JSON.
 */
function nativeParseKeeps(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
      if (at < 0) return false;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > jsonDepthMax) return false;
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const start = at;
      let plain = code !== 0x2d;
      for (at += 1; at < text.length; at += 1) {
        const next = text.charCodeAt(at);
        if (next >= 0x30 && next <= 0x39) continue;
        if (next !== 0x2e && next !== 0x65 && next !== 0x45 && next !== 0x2b && next !== 0x2d) break;
        plain = false;
      }
      if (!plain || at - start > 15) {
        const number = text.slice(start, at);
        if (String(Number(number)) !== number) return false;
      }
      at -= 1;
    }
  }
  return true;
}

/** Index of the quote that ends the string which begins at `start`, or -1. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return -1;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** The careful parser: exact numbers, and the place of a mistake. */
class Reader {
  readonly text: string;
  at = 0;
  depth = 0;
  constructor(text: string) {
    this.text = text;
  }

  document(): Json {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail('text after the end of the value');
    return value;
  }

  private value(): Json {
    const char = this.text[this.at];
    if (char === '{') return this.object();
    if (char === '[') return this.array();
    if (char === '"') return this.string();
    for (const [word, meaning] of literals) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meaning;
      }
    }
    numberPattern.lastIndex = this.at;
    const number = numberPattern.exec(this.text)?.[0];
    if (number === undefined)
      this.fail(char === undefined ? 'the text ends where a value should be' : `unexpected ${JSON.stringify(char)}`);
    this.at += number.length;
    return numberFromText(number);
  }

  private object(): JsonObject {
    const object: Record<string, Json> = {};
    this.open();
    for (let first = true; !this.take('}'); first = false) {
      if (!first && !this.take(',')) this.fail("',' or '}' must follow a member");
      if (this.text[this.at] !== '"') this.fail('a key in double quotes must stand here');
      const key = this.string();
      this.skipSpace();
      if (!this.take(':')) this.fail("':' must follow a key");
      putMember(object, key, this.value());
      this.skipSpace();
    }
    this.depth -= 1;
    return object;
  }

  private array(): readonly Json[] {
    const array: Json[] = [];
    this.open();
    for (let first = true; !this.take(']'); first = false) {
      if (!first && !this.take(',')) this.fail("',' or ']' must follow an element");
      array.push(this.value());
      this.skipSpace();
    }
    this.depth -= 1;
    return array;
  }

  private string(): string {
    const start = this.at;
    const end = endOfString(this.text, start);
    if (end < 0) this.fail('this string does not end');
    try {
      const text = JSON.parse(this.text.slice(start, end + 1)) as string;
      this.at = end + 1;
      return text;
    } catch {
      return this.fail('this string holds a control character or a malformed escape');
    }
  }

  private open(): void {
    this.depth += 1;
    if (this.depth > jsonDepthMax) this.fail(`nested deeper than ${jsonDepthMax} levels`);
    this.at += 1;
    this.skipSpace();
  }

  /** Passes `char` and the space behind it, when it stands here. */
  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    if (char === '}' || char === ']') return true;
    this.skipSpace();
    return true;
  }

  private skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  private fail(why: string): never {
    const lines = this.text.slice(0, this.at).split('\n');
    const line = lines.length;
    const column = (lines.at(-1)?.length ?? 0) + 1;
    throw new MynahError('ERR_JSON_SYNTAX', `not valid JSON at line ${line}, column ${column}: ${why}`, {
      line,
      column,
    });
  }
}
