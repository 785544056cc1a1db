// What the operators of the expression language mean for every pair of values. All are total.
import { equalJson, isArray, isObject, RawNumber } from '../std/json.ts';
import { listLengthMax, textLengthMax } from '../std/limits.ts';
import type { Value } from './expression.ts';

/** The number as a double, or undefined for what is no number. */
export function doubleOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof RawNumber ? Number(value.text) : undefined;
}

/** A result of arithmetic: what is not finite is missing, and -0 is 0. */
export function numberOrMissing(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** `+`: the sum of numbers, one text or list behind the other, else missing. */
export function add(a: Value, b: Value): Value {
  if (typeof a === 'string') {
    return typeof b === 'string' && a.length + b.length <= textLengthMax ? a + b : undefined;
  }
  if (isArray(a)) return isArray(b) && a.length + b.length <= listLengthMax ? [...a, ...b] : undefined;
  const [left, right] = [doubleOf(a), doubleOf(b)];
  return left === undefined || right === undefined ? undefined : numberOrMissing(left + right);
}

export type ArithmeticOperator = '-' | '*' | '/' | '%';

/** `-`, `*`, `/`, `%` of two numbers, as doubles; missing for anything else and for division by zero. */
export function calculate(operator: ArithmeticOperator, a: Value, b: Value): Value {
  const [left, right] = [doubleOf(a), doubleOf(b)];
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '-':
      return numberOrMissing(left - right);
    case '*':
      return numberOrMissing(left * right);
    case '/':
      return right === 0 ? undefined : numberOrMissing(left / right);
    case '%':
      return right === 0 ? undefined : numberOrMissing(left % right);
  }
}

/** -1, 0 or 1 for two numbers or two texts (by UTF-16 code units), undefined for what cannot be compared. */
export function compare(a: Value, b: Value): -1 | 0 | 1 | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? sign(a, b) : undefined;
  const [left, right] = [doubleOf(a), doubleOf(b)];
  if (left === undefined || right === undefined) return undefined;
  if (left === right && a instanceof RawNumber && b instanceof RawNumber) return compareLongIntegers(a.text, b.text);
  return sign(left, right);
}

function sign<T extends number | string>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Integers beyond 2^53 that are one double: identifiers, which lists are ordered by. */
function compareLongIntegers(a: string, b: string): -1 | 0 | 1 {
  const integer = /^-?\d{1,100}$/;
  if (!integer.test(a) || !integer.test(b)) return 0;
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `in`: an element of a list, or a key of an object; false for anything else. */
export function isIn(value: Value, container: Value): boolean {
  if (value === undefined) return false;
  if (isArray(container)) return container.some((element) => equalJson(element, value));
  return isObject(container) && typeof value === 'string' && Object.hasOwn(container, value);
}

const kinds = ['missing', 'null', 'bool', 'number', 'string', 'list', 'object'] as const;
export type Kind = (typeof kinds)[number];

export function kindOf(value: Value): Kind {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (isArray(value)) return 'list';
  return isObject(value) ? 'object' : 'number';
}

/**
 * The order of sort(): by kind (missing, null, false, true, numbers, texts, lists, objects), then by value. Lists and objects
 * among themselves stay in the order they have.
 */
export function compareForSort(a: Value, b: Value): number {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA !== kindB) return kinds.indexOf(kindA) - kinds.indexOf(kindB);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  return compare(a, b) ?? 0;
}
