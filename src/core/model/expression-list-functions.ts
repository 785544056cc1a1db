// Pure functions over lists, and size(), concat(), reverse() which mean texts and objects too.
import { canonicalText } from '../std/canonical.ts';
import { equalJson, isArray, isObject, memberOf, type Json } from '../std/json.ts';
import { listLengthMax } from '../std/limits.ts';
import type { PureFunction } from './expression-functions.ts';
import { add, compareForSort, doubleOf, numberOrMissing } from './expression-operators.ts';
import { cutOf, textSize } from './expression-text-functions.ts';
import type { Value } from './expression.ts';

function size(value: Value): Value {
  if (typeof value === 'string') return textSize(value);
  if (isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

/** The first of those that are equal. */
export function distinct(list: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return list.filter((element) => {
    const text = canonicalText(element);
    return !seen.has(text) && seen.add(text);
  });
}

function append(args: readonly Value[]): Value {
  const [list, ...more] = args;
  return isArray(list) ? [...list, ...present(more)] : undefined;
}

function present(values: readonly Value[]): Json[] {
  return values.filter((value) => value !== undefined);
}

/** Lists or texts, one behind the other; missing ones are passed over, a mixture is missing. */
function concat(args: readonly Value[]): Value {
  const [first, ...rest] = present(args);
  if (typeof first !== 'string' && !isArray(first)) return undefined;
  return rest.reduce<Value>((joined, next) => add(joined, next), first);
}

function union(args: readonly Value[]): Value {
  const lists = present(args);
  if (lists.length === 0 || !lists.every(isArray)) return undefined;
  return lists.reduce((size, list) => size + list.length, 0) <= listLengthMax ? distinct(lists.flat(1)) : undefined;
}

function flatten(list: readonly Json[]): Value {
  const flat: Json[] = [];
  for (const element of list) {
    if (isArray(element)) for (const inner of element) flat.push(inner);
    else flat.push(element);
    if (flat.length > listLengthMax) return undefined;
  }
  return flat;
}

/** 0 for an empty list; missing when an element is no number. */
function sum(list: readonly Json[]): Value {
  let total = 0;
  for (const element of list) {
    const number = doubleOf(element);
    if (number === undefined) return undefined;
    total += number;
  }
  return numberOrMissing(total);
}

function reverse(value: Value): Value {
  if (typeof value === 'string') return Array.from(value).reverse().join('');
  return isArray(value) ? value.toReversed() : undefined;
}

/** Elements by the member at a path (`a.b`), in the order of sort(); equal ones keep their order. */
function sortByPath(list: Value, path: Value): Value {
  if (!isArray(list) || typeof path !== 'string') return undefined;
  const names = path.split('.');
  const keyed = list.map((element) => ({ element, key: names.reduce<Value>(memberOf, element) }));
  return keyed.sort((a, b) => compareForSort(a.key, b.key)).map((entry) => entry.element);
}

function slice(list: Value, from: Value, to: Value): Value {
  const cut = isArray(list) ? cutOf(from, to, list.length) : undefined;
  return isArray(list) && cut !== undefined ? list.slice(...cut) : undefined;
}

function ofList(make: (list: readonly Json[]) => Value): PureFunction {
  return { least: 1, most: 1, apply: (value) => (isArray(value) ? make(value) : undefined) };
}

export const listFunctions: Readonly<Record<string, PureFunction>> = {
  size: { least: 1, most: 1, apply: size },
  first: ofList((list) => list[0]),
  last: ofList((list) => list.at(-1)),
  append: { least: 2, applyAll: append },
  remove: {
    least: 2,
    most: 2,
    apply: (list, gone) => (isArray(list) ? list.filter((element) => !equalJson(element, gone)) : undefined),
  },
  union: { least: 1, applyAll: union },
  concat: { least: 1, applyAll: concat },
  distinct: ofList(distinct),
  sort: ofList((list) => list.toSorted(compareForSort)),
  sortBy: { least: 2, most: 2, apply: sortByPath },
  reverse: { least: 1, most: 1, apply: reverse },
  slice: { least: 2, most: 3, apply: slice },
  flatten: ofList(flatten),
  sum: ofList(sum),
};
