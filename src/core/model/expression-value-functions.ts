// Pure functions over single values: conversions, numbers, times, digests.
import { canonicalText } from '../std/canonical.ts';
import { detectTimeFormat, formatTime, parseTime } from '../std/clock.ts';
import { base64UrlEncode, hexEncode, utf8Encode } from '../std/encoding.ts';
import { md5Hex, sha1Hex, sha256, sha256Hex } from '../std/hashing.ts';
import { isArray, numberFromText, RawNumber, tryParseJson } from '../std/json.ts';
import type { PureFunction } from './expression-functions.ts';
import { compare, doubleOf, kindOf, numberOrMissing } from './expression-operators.ts';
import type { Value } from './expression.ts';

const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const integerPattern = /^[+-]?\d{1,400}$/;

/** Decimal digits to a JSON number, exact at any length: "007" is 7. */
function integerFromText(text: string): Value {
  const integer = text.trim();
  return integerPattern.test(integer) ? numberFromText(String(BigInt(integer.replace(/^\+/, '')))) : undefined;
}

function toInt(value: Value): Value {
  if (typeof value === 'string') return integerFromText(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof RawNumber && integerPattern.test(value.text)) return integerFromText(value.text);
  const number = doubleOf(value);
  return number === undefined ? undefined : numberOrMissing(Math.trunc(number));
}

/** A text in JSON's number syntax becomes that number with its source text: "1.0" stays 1.0. */
function toNumber(value: Value): Value {
  if (typeof value === 'number' || value instanceof RawNumber) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return numberPattern.test(text) ? numberFromText(text) : undefined;
}

function toDouble(value: Value): Value {
  const number = doubleOf(toNumber(value));
  return number === undefined ? undefined : numberOrMissing(number);
}

/** Text of a scalar as string() gives it; undefined for null, lists and objects. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof RawNumber) return value.text;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['0', false],
]);

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? truths.get(value) : undefined;
}

/** Away from zero at the half: 2.5 is 3, -2.5 is -3. */
function round(value: Value, places: Value): Value {
  const [number, digits] = [doubleOf(value), places === undefined ? 0 : doubleOf(places)];
  if (number === undefined || digits === undefined || !Number.isInteger(digits) || Math.abs(digits) > 15)
    return undefined;
  const factor = 10 ** Math.abs(digits);
  const size = Math.abs(number);
  const rounded = digits < 0 ? Math.round(size / factor) * factor : Math.round(size * factor) / factor;
  return numberOrMissing(number < 0 ? -rounded : rounded);
}

function isInt(value: Value): boolean {
  if (value instanceof RawNumber && integerPattern.test(value.text)) return true;
  const number = doubleOf(value);
  return number !== undefined && Number.isInteger(number);
}

/** The least or greatest of numbers or of texts; missing when they are mixed, or when there is none. */
function extreme(args: readonly Value[], side: -1 | 1): Value {
  const values = args.length === 1 && isArray(args[0]) ? args[0] : args;
  let best = values[0];
  if (compare(best, best) === undefined) return undefined;
  for (const value of values) {
    const order = compare(value, best);
    if (order === undefined) return undefined;
    if (order === side) best = value;
  }
  return best;
}

/** The same format as the time that is given: a text stays a text, seconds stay seconds. */
function addSeconds(time: Value, seconds: Value): Value {
  const [ms, step, format] = [parseTime(time), doubleOf(seconds), detectTimeFormat(time)];
  if (ms === undefined || step === undefined || format === undefined) return undefined;
  return formatTime(Math.round(ms + step * 1000), format);
}

function timeAs(time: Value, format: Value): Value {
  const ms = parseTime(time);
  return ms === undefined || typeof format !== 'string' ? undefined : formatTime(ms, format);
}

function hex(value: Value): Value {
  if (typeof value === 'string') return hexEncode(utf8Encode(value));
  const number = doubleOf(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 ? number.toString(16) : undefined;
}

function ofNumber(calculate: (number: number) => number): PureFunction {
  return {
    least: 1,
    most: 1,
    apply(value) {
      const number = doubleOf(value);
      return number === undefined ? undefined : numberOrMissing(calculate(number));
    },
  };
}

/** A function of one text; missing for anything else. */
export function ofText(make: (text: string) => Value): PureFunction {
  return { least: 1, most: 1, apply: (value) => (typeof value === 'string' ? make(value) : undefined) };
}

export const valueFunctions: Readonly<Record<string, PureFunction>> = {
  orNull: { least: 1, most: 1, apply: (value) => value ?? null },
  typeOf: { least: 1, most: 1, apply: kindOf },
  string: { least: 1, most: 1, apply: textOf },
  int: { least: 1, most: 1, apply: toInt },
  double: { least: 1, most: 1, apply: toDouble },
  number: { least: 1, most: 1, apply: toNumber },
  bool: { least: 1, most: 1, apply: toBool },
  json: ofText(tryParseJson),
  text: { least: 1, most: 1, apply: (value) => (value === undefined ? undefined : canonicalText(value)) },
  isInt: { least: 1, most: 1, apply: isInt },
  abs: ofNumber(Math.abs),
  floor: ofNumber(Math.floor),
  ceil: ofNumber(Math.ceil),
  round: { least: 1, most: 2, apply: round },
  min: { least: 1, applyAll: (args) => extreme(args, -1) },
  max: { least: 1, applyAll: (args) => extreme(args, 1) },
  addSeconds: { least: 2, most: 2, apply: addSeconds },
  timeAs: { least: 2, most: 2, apply: timeAs },
  epochMs: { least: 1, most: 1, apply: (time) => parseTime(time) },
  hex: { least: 1, most: 1, apply: hex },
  md5: ofText(md5Hex),
  sha1: ofText(sha1Hex),
  sha256: ofText(sha256Hex),
  s256: ofText((text) => base64UrlEncode(sha256(text))),
};
