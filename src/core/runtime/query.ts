// Runs a rule's query: membership, filters, order and page.
import { compareForSort } from '../model/expression-operators.ts';
import type { Scope, Value } from '../model/expression.ts';
import { memberOf, type JsonObject } from '../std/json.ts';
import { valuesAt } from './attribute-path.ts';
import type { EntityObject } from './entity-object.ts';
import { parameterText, testsOf } from './filters.ts';
import type { StepHost } from './host.ts';
import type { LoadedQuery } from './loaded-rule.ts';
import { pageOf } from './paging.ts';
import { ifKnown } from './unknown.ts';

interface SortKey {
  readonly valueOf: (row: EntityObject) => Value;
  readonly descending: boolean;
}

/**
 * The value of `list`; paging.ts tells its members. `scope` holds the names of the rule. Of an entity that nobody knows to
 * fit it is believed that it does not: most do not.
 */
export function runQuery(loaded: LoadedQuery, params: JsonObject, scope: Scope, host: StepHost): JsonObject {
  const { query, type, where } = loaded;
  const outer = scope['x'];
  let rows = host.rows(type);
  if (where !== undefined) {
    rows = rows.filter((row) => {
      scope['x'] = row;
      return ifKnown(() => where.evaluate(scope, host)) === true;
    });
  }
  for (const test of testsOf(query, params, type, host)) rows = rows.filter((row) => ifKnown(() => test(row)) === true);
  rows = sorted(rows, sortKeysOf(loaded, params, scope, host));
  scope['x'] = outer;
  return pageOf(rows, query.page, params);
}

/**
 * By each key in turn; what is equal in all keeps the order of insertion. Values of different kinds are ordered as sort()
 * orders them, but null and missing come last in both directions.
 */
function sorted(rows: readonly EntityObject[], keys: readonly SortKey[]): readonly EntityObject[] {
  if (keys.length === 0 || rows.length < 2) return rows;
  const decorated = rows.map((row) => ({ row, values: keys.map(({ valueOf }) => valueOf(row)) }));
  decorated.sort((a, b) => {
    for (let at = 0; at < keys.length; at += 1) {
      const order = compareKeys(a.values[at], b.values[at], (keys[at] as SortKey).descending);
      if (order !== 0) return order;
    }
    return 0;
  });
  return decorated.map(({ row }) => row);
}

function compareKeys(a: Value, b: Value, descending: boolean): number {
  const [aLast, bLast] = [a === undefined || a === null, b === undefined || b === null];
  if (aLast || bLast) return Number(aLast) - Number(bLast);
  return descending ? compareForSort(b, a) : compareForSort(a, b);
}

/** The order that the request asks for, else that of the API; a direction alone turns the API's first key. */
function sortKeysOf(loaded: LoadedQuery, params: JsonObject, scope: Scope, host: StepHost): readonly SortKey[] {
  const { sort } = loaded.query;
  const directions = directionsOf(parameterText(params, sort?.direction), sort?.descending);
  const asked = askedKeys(loaded, parameterText(params, sort?.by), directions, scope, host);
  if (asked.length > 0) return asked;
  return loaded.order.map(({ by, descending }, at) => ({
    valueOf: (row) => {
      scope['x'] = row;
      return by.evaluate(scope, host);
    },
    descending: (at === 0 ? directions[0] : undefined) ?? descending,
  }));
}

/** For every direction named (divided by commas): is it descending? Undefined for words that mean nothing. */
function directionsOf(
  text: string | undefined,
  meaning: Readonly<Record<string, boolean>> = { asc: false, desc: true },
) {
  if (text === undefined) return [];
  return text.split(',').map((word) => meaning[word.trim()] ?? meaning[word.trim().toLowerCase()]);
}

function askedKeys(
  loaded: LoadedQuery,
  text: string | undefined,
  directions: readonly (boolean | undefined)[],
  scope: Scope,
  host: StepHost,
): readonly SortKey[] {
  const { sort } = loaded.query;
  if (sort === undefined || text === undefined || text === '') return [];
  const names = loaded.sortFields.has(text) ? [text] : text.split(',').map((name) => name.trim());
  return names.flatMap((word, at) => {
    const known = loaded.sortFields.has(word);
    const signed = !known && /^[-+]/.test(word);
    const said = known ? undefined : /^(.+)[: ](asc|desc)$/i.exec(word);
    const name = said?.[1] ?? (signed ? word.slice(1) : word);
    const field = loaded.sortFields.get(name);
    if (field === undefined && sort.open !== true) return [];
    const path = name.split('.');
    const valueOf =
      field === undefined
        ? (row: EntityObject): Value =>
            path.length === 1 ? memberOf(row, name) : valuesAt(host.draft, loaded.type, row, path)[0]
        : (row: EntityObject): Value => {
            scope['x'] = row;
            return field.evaluate(scope, host);
          };
    const descending =
      said === undefined || said === null
        ? signed
          ? word.startsWith('-')
          : (directions[at] ?? sort.descendingDefault ?? false)
        : said[2]?.toLowerCase() === 'desc';
    return [{ valueOf, descending }];
  });
}
