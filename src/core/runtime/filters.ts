// Filters of a list: does an entity pass what a query parameter asks? Operands are texts; attributes are what they are.
import type { Filter, FilterOperator, Query, WordMeaning } from '../model/clone-model.ts';
import { keyPartText } from '../model/entity-key.ts';
import { equalJson, isArray, isObject, memberOf, type Json, type JsonObject } from '../std/json.ts';
import { valuesAt } from './attribute-path.ts';
import type { EntityObject } from './entity-object.ts';
import type { StepHost } from './host.ts';
import type { LoadedType } from './loaded-type.ts';

export type Test = (row: EntityObject) => boolean;

/** The tests that a request's query asks for. */
export function testsOf(query: Query, params: JsonObject, type: LoadedType, host: StepHost): readonly Test[] {
  const tests: Test[] = [];
  for (const filter of query.filters ?? []) {
    const operand = operandOf(filter, query.filters ?? [], params);
    if (operand === undefined || isOneOf(operand, filter.any)) continue;
    const word = filter.words?.[keyPartText(operand) ?? ''];
    if (word !== undefined) tests.push(wordTest(word, type, host));
    else if (isOneOf(operand, filter.none)) tests.push((row) => !hasValue(filter, row, type, host));
    else if (isOneOf(operand, filter.some)) tests.push((row) => hasValue(filter, row, type, host));
    else tests.push(testOf(filter.operator, filter.attributes, operand, type, host));
  }
  return [...tests, ...openTestsOf(query, params, type, host)];
}

/** What the filter is asked for: nothing where the parameter is absent, or begins with the marker of another filter. */
function operandOf(filter: Filter, all: readonly Filter[], params: JsonObject): Json | undefined {
  const given = parameterOf(params, filter.param) ?? filter.default;
  const marked = (marker: string | undefined): boolean =>
    marker !== undefined && typeof given === 'string' && given.startsWith(marker);
  if (filter.marker !== undefined)
    return marked(filter.marker) ? (given as string).slice(filter.marker.length) : undefined;
  return all.some((other) => other.param === filter.param && marked(other.marker)) ? undefined : given;
}

function wordTest({ attribute, equals, not = false }: WordMeaning, type: LoadedType, host: StepHost): Test {
  const path = attribute.split('.');
  return (row) => valuesAt(host.draft, type, row, path).some((value) => equalJson(value, equals)) !== not;
}

/** A query parameter by its name as sent: `filter[name]` is the member `name` of `filter`. */
export function parameterOf(params: JsonObject, name: string): Json | undefined {
  const own = memberOf(params, name);
  if (own !== undefined || !name.includes('[')) return own;
  let value: Json | undefined = params;
  for (const key of name.replaceAll(']', '').split('[')) value = key === '' ? value : memberOf(value, key);
  return value;
}

/** The first value of a parameter as text. */
export function parameterText(params: JsonObject, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : parameterOf(params, name);
  return keyPartText(isArray(value) ? value[0] : value);
}

function isOneOf(operand: Json, words: readonly Json[] | undefined): boolean {
  const text = keyPartText(operand);
  return text !== undefined && (words ?? []).some((word) => keyPartText(word) === text);
}

function hasValue(filter: Filter, row: EntityObject, type: LoadedType, host: StepHost): boolean {
  return filter.attributes.some((attribute) =>
    valuesAt(host.draft, type, row, attribute.split('.')).some((value) => value !== null),
  );
}

/**
 * Parameters that no filter names. Without a suffix they count only when some living entity has the attribute: APIs that
 * filter by any attribute pass over parameters that mean nothing to them.
 */
function openTestsOf(query: Query, params: JsonObject, type: LoadedType, host: StepHost): readonly Test[] {
  const { openFilters } = query;
  if (openFilters === undefined) return [];
  const named = new Set([
    ...openFilters.ignore,
    ...(query.filters ?? []).map(({ param }) => param),
    ...[query.sort?.by, query.sort?.direction, query.page?.at, query.page?.size].filter((name) => name !== undefined),
  ]);
  const suffixes = Object.keys(openFilters.suffixes ?? {}).sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const tests: Test[] = [];
  for (const param of Object.keys(params)) {
    const operand = params[param];
    if (named.has(param) || operand === undefined) continue;
    const path = param.split('.');
    if (host.rows(type).some((row) => valuesAt(host.draft, type, row, path).length > 0)) {
      tests.push(testOf('eq', [param], operand, type, host));
      continue;
    }
    const suffix = suffixes.find((end) => param.length > end.length && param.endsWith(end));
    if (suffix === undefined) continue;
    const operator = (openFilters.suffixes ?? {})[suffix] as FilterOperator;
    tests.push(testOf(operator, [param.slice(0, -suffix.length)], operand, type, host));
  }
  return tests;
}

/** Of several operands (a repeated parameter) one must hold; for `ne` all of them. */
function testOf(
  operator: FilterOperator,
  attributes: readonly string[],
  operand: Json,
  type: LoadedType,
  host: StepHost,
): Test {
  const operands = isArray(operand) ? operand : [operand];
  if (operator === 'search') return searchTest(attributes, operands, type, host);
  const paths = attributes.map((attribute) => attribute.split('.'));
  const valuesOf = (row: EntityObject): readonly Json[] =>
    paths.length === 1
      ? valuesAt(host.draft, type, row, paths[0] as readonly string[])
      : paths.flatMap((path) => valuesAt(host.draft, type, row, path));
  if (operator === 'ne') {
    return (row) => {
      const values = valuesOf(row).filter((value) => value !== null);
      return values.length > 0 && operands.every((one) => values.every((value) => !isEqual(value, one)));
    };
  }
  if (operator === 'eq' && operands.includes(null)) {
    return (row) => valuesOf(row).every((value) => value === null || operands.some((one) => isEqual(value, one)));
  }
  const holds = operators[operator];
  return (row) => valuesOf(row).some((value) => value !== null && operands.some((one) => holds(value, one)));
}

const operators: Readonly<Record<Exclude<FilterOperator, 'ne' | 'search'>, (value: Json, operand: Json) => boolean>> = {
  eq: isEqual,
  in: (value, operand) => (keyPartText(operand) ?? '').split(',').some((one) => isEqual(value, one.trim())),
  gt: (value, operand) => compareAsSent(value, operand) > 0,
  gte: (value, operand) => compareAsSent(value, operand) >= 0,
  lt: (value, operand) => compareAsSent(value, operand) < 0,
  lte: (value, operand) => compareAsSent(value, operand) <= 0,
  contains: (value, operand) => textsHold(value, operand, (text, part) => text.includes(part)),
  'contains-ci': (value, operand) =>
    textsHold(value, operand, (text, part) => text.toLowerCase().includes(part.toLowerCase())),
  prefix: (value, operand) => textsHold(value, operand, (text, part) => text.startsWith(part)),
};

function isEqual(value: Json, operand: Json): boolean {
  return textsHold(value, operand, (text, other) => text === other);
}

function textsHold(value: Json, operand: Json, holds: (text: string, operand: string) => boolean): boolean {
  const [text, other] = [keyPartText(value), keyPartText(operand)];
  return text !== undefined && other !== undefined && holds(text, other);
}

const numericText = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** By number where both are numbers or texts of numbers, else by code units; NaN (never true) where there is no text. */
function compareAsSent(value: Json, operand: Json): number {
  const [text, other] = [keyPartText(value), keyPartText(operand)];
  if (text === undefined || other === undefined) return Number.NaN;
  if (numericText.test(text) && numericText.test(other)) return Number(text) - Number(other);
  return text < other ? -1 : text > other ? 1 : 0;
}

/** `search`: the operand is part of some text, whatever the case; without attributes, of any visible scalar at any depth. */
function searchTest(attributes: readonly string[], operands: readonly Json[], type: LoadedType, host: StepHost): Test {
  const needles = operands.map((operand) => (keyPartText(operand) ?? '').toLowerCase());
  const paths = attributes.map((attribute) => attribute.split('.'));
  return (row) => {
    const values =
      paths.length === 0 ? visibleValues(row) : paths.flatMap((path) => valuesAt(host.draft, type, row, path));
    return needles.some((needle) => values.some((value) => holdsText(value, needle)));
  };
}

function visibleValues(row: EntityObject): readonly Json[] {
  return Object.keys(row).flatMap((name) => {
    const value = name.startsWith('$') ? undefined : row[name];
    return value === undefined ? [] : [value];
  });
}

function holdsText(value: Json, needle: string): boolean {
  if (isArray(value)) return value.some((element) => holdsText(element, needle));
  if (isObject(value)) return Object.values(value).some((member) => holdsText(member, needle));
  return value !== null && (keyPartText(value) ?? '').toLowerCase().includes(needle);
}
