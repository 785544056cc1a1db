// Pass "queries": which entities a list holds and in what order. The parts of a query (scope, filters by parameter,
// default filter, order, page) are searched one after the other; each is judged by how many recorded lists the query so
// far reproduces exactly, and by how close it comes to the others.
import type { Filter, FilterOperator, Order, Query } from '../model/clone-model.ts';
import { isArray, isObject, type Json, type JsonObject } from '../std/json.ts';
import type { Call } from './call.ts';
import { relationText } from './derive.ts';
import type { EntityDraft } from './entities.ts';
import { boundLife, livesByKey, principalOf, routeOf, type Evidence } from './evidence.ts';
import { literalText, memberText } from './explain/literal.ts';
import { isList, scalarOf } from './explain/samples.ts';
import { fitOrder, ordered, type SortRule } from './query-order.ts';
import { fitPage, isPageParameter, pageOf, type PageRule } from './query-page.ts';
import { related } from './relations.ts';
import { scalarText } from './sites.ts';
import { attributesAt, isRef, type Life } from './timeline.ts';
import { identityRank } from './words.ts';

export interface Row {
  readonly life: Life;
  readonly attributes: JsonObject;
  /** Position in the order of insertion. */
  readonly rank: number;
}

/** One recorded list: the keys shown, and all entities of the type that were alive. */
export interface Listing {
  readonly call: Call;
  readonly params: JsonObject;
  readonly shown: readonly string[];
  readonly rows: readonly Row[];
}

export interface QueryDraft {
  readonly query: Query;
  /** Recorded lists reproduced exactly, of all. */
  readonly exact: number;
  readonly total: number;
  /** What the query says of each recorded list, by call index. */
  readonly facts: ReadonlyMap<number, { readonly total: number; readonly hasMore: boolean; readonly size: number }>;
}

interface Test {
  readonly keep: (row: Row, listing: Listing) => boolean;
  readonly text: string;
}

const LISTINGS_MAX = 150;

/** The query behind lists of one type's entities in the answers of one route. */
export function inferQuery(
  evidence: Evidence,
  type: EntityDraft,
  found: readonly { readonly call: Call; readonly shown: readonly string[] }[],
  paramsOf: (call: Call) => JsonObject,
): QueryDraft {
  const stride = Math.max(1, found.length / LISTINGS_MAX);
  const chosen = found.filter((_, i) => Math.floor(i / stride) !== Math.floor((i - 1) / stride));
  const listings = chosen.map(({ call, shown }) => ({
    call,
    shown,
    params: paramsOf(call),
    rows: rowsAt(evidence, type, call, shown),
  }));
  const names = [...new Set(listings.flatMap((listing) => Object.keys(listing.params)))];
  const scope = fitScope(evidence, type, listings);
  let universe = restrict(listings, scope === undefined ? [] : [scope]);
  const filters = fitFilters(
    universe,
    names.filter((name) => !isPageParameter(name)),
    evidence,
  );
  universe = universe.map((listing) => ({
    ...listing,
    rows: listing.rows.filter((row) => filters.every((filter) => passes(filter, row, listing, evidence))),
  }));
  const fixed = fitFixed(universe, evidence);
  universe = restrict(universe, fixed);
  const sort = fitOrder(universe, names, (row, path) => readPath(evidence, row, path));
  const sorted = universe.map((listing) => ({
    ...listing,
    rows: ordered(listing, sort, (row, path) => readPath(evidence, row, path)),
  }));
  const page = fitPage(sorted, names);
  const exact = sorted.filter((listing) => sameKeys(pageOf(listing, page), listing.shown)).length;
  const facts = new Map(
    sorted.map((listing) => {
      const items = pageOf(listing, page);
      const last = items.at(-1);
      return [
        listing.call.index,
        { total: listing.rows.length, size: items.length, hasMore: last !== undefined && listing.rows.at(-1) !== last },
      ];
    }),
  );
  return { query: assemble(type, [scope, ...fixed], filters, sort, page), exact, total: listings.length, facts };
}

export const sameKeys = (rows: readonly Row[], shown: readonly string[]): boolean =>
  rows.length === shown.length && rows.every((row, i) => row.life.key === shown[i]);

/** Entities alive when the list was made, in order of insertion; what is shown was there although nobody had seen it. */
function rowsAt(evidence: Evidence, type: EntityDraft, call: Call, shown: readonly string[]): Row[] {
  const lives = new Set(evidence.timeline.alive(type, call.index));
  for (const life of evidence.timeline.lives)
    if (life.type === type && life.firstSeen === call.index && shown.includes(life.key)) lives.add(life);
  const sorted = [...lives].filter((life) => life.origin !== 'implicit' || life.firstSeen <= call.index);
  sorted.sort(
    (a, b) =>
      Number(a.origin !== 'seed') - Number(b.origin !== 'seed') ||
      (a.origin === 'seed' ? compareKeys(a.key, b.key) : a.firstSeen - b.firstSeen),
  );
  return sorted.map((life, rank) => ({
    life,
    rank,
    attributes: attributesAt(life, call.index) ?? (life.versions[0]?.attributes as JsonObject),
  }));
}

/** Seeds stand in the order of their keys as far as anybody knows. */
function compareKeys(a: string, b: string): number {
  const x = Number(a);
  const y = Number(b);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Values at a dotted path, through refs and into lists. */
export function readPath(evidence: Evidence, row: Row, path: string): readonly (Json | undefined)[] {
  let values: (Json | undefined)[] = [row.attributes];
  for (const name of path.split('.')) {
    values = values.flatMap((value): (Json | undefined)[] => {
      if (isArray(value)) return value.map((item) => memberOf(evidence, item, name));
      return [memberOf(evidence, value, name)];
    });
  }
  return values.flatMap((value): readonly (Json | undefined)[] =>
    isArray(value) && value.every((item) => scalarOf(item) !== undefined) ? value : [value],
  );
}

function memberOf(evidence: Evidence, value: Json | undefined, name: string): Json | undefined {
  if (isRef(value)) return livesByKey(evidence, value.$ref, value.key).at(-1)?.versions.at(-1)?.attributes[name];
  return isObject(value) ? value[name] : undefined;
}

const restrict = (listings: readonly Listing[], tests: readonly Test[]): Listing[] =>
  listings.map((listing) => ({
    ...listing,
    rows: listing.rows.filter((row) => tests.every((test) => test.keep(row, listing))),
  }));

/** The relation to an entity of the path, an attribute equal to a parameter or to the principal, or none. */
function fitScope(evidence: Evidence, type: EntityDraft, listings: readonly Listing[]): Test | undefined {
  const tests: Test[] = [];
  const first = listings[0];
  if (first === undefined) return undefined;
  const route = routeOf(evidence, first.call);
  for (const binding of evidence.bindings.get(route.id) ?? []) {
    if (binding.prefix === undefined) continue;
    for (const relation of evidence.relations) {
      if (relation.child !== type || relation.parent !== binding.type) continue;
      tests.push({
        text: relationText(relation, 'x', binding.name),
        keep: (row, listing) => {
          const parent = boundLife(evidence, listing.call, binding);
          return parent !== undefined && related(relation, row.life, parent, listing.call.index + 1);
        },
      });
    }
  }
  const params = Object.keys(route.params);
  if (params.length > 0)
    tests.push({
      text: params
        .map((param) => `string(${memberText('x', `$${param}`)}) == ${memberText('path', param)}`)
        .join(' && '),
      keep: (row, { call }) =>
        params.every((param) => scalarText(row.attributes[`$${param}`]) === routeOf(evidence, call).params[param]),
    });
  for (const param of params)
    for (const attribute of type.fields)
      tests.push({
        text: `string(${memberText('x', attribute)}) == ${memberText('path', param)}`,
        keep: (row, { call }) => scalarText(row.attributes[attribute]) === routeOf(evidence, call).params[param],
      });
  for (const [name, value] of Object.entries(principalOf(evidence, first.call).attributes))
    for (const attribute of type.fields)
      if (isRef(value))
        tests.push({
          text: `${memberText(memberText('x', attribute), 'key')} == ${memberText('principal', name)}.key`,
          keep: (row, { call }) =>
            refKey(row.attributes[attribute]) === refKey(principalOf(evidence, call).attributes[name]),
        });
  let best: { test: Test | undefined; score: number } = { test: undefined, score: scopeScore(listings, undefined) };
  for (const test of tests) {
    const score = scopeScore(listings, test);
    if (score > best.score + 1e-9) best = { test, score };
  }
  return best.test;
}

const refKey = (value: Json | undefined): string | undefined => (isRef(value) ? value.key : undefined);

/** Everything shown must be kept; of the rest the less is kept, the better. */
function scopeScore(listings: readonly Listing[], test: Test | undefined): number {
  let score = 0;
  for (const listing of listings) {
    const kept = test === undefined ? listing.rows : listing.rows.filter((row) => test.keep(row, listing));
    const keys = new Set(kept.map((row) => row.life.key));
    const covered = listing.shown.filter((key) => keys.has(key)).length;
    if (covered < listing.shown.length) score -= 3 * (1 - covered / listing.shown.length);
    score += (1 + covered) / (1 + kept.length);
  }
  return score / listings.length;
}

const SUFFIXES: readonly [RegExp, FilterOperator][] = [
  [/[_.\[-]?gte\]?$/i, 'gte'],
  [/[_.\[-]?lte\]?$/i, 'lte'],
  [/[_.\[-]gt\]?$/i, 'gt'],
  [/[_.\[-]lt\]?$/i, 'lt'],
  [/[_.\[-]?ne\]?$/i, 'ne'],
  [/[_.\[-]?(like|contains)\]?$/i, 'contains-ci'],
];
const OPERATORS: readonly FilterOperator[] = ['eq', 'in', 'gte', 'lte', 'ne', 'contains-ci', 'prefix'];

function fitFilters(listings: readonly Listing[], names: readonly string[], evidence: Evidence): Filter[] {
  const filters: Filter[] = [];
  const paths = attributePaths(listings, evidence);
  for (const name of names) {
    const filter = fitFilter(listings, name, paths, evidence, filters);
    if (filter !== undefined) filters.push(filter);
  }
  return filters;
}

/** Scalar attributes of rows, three levels deep, through refs and into lists. */
function attributePaths(listings: readonly Listing[], evidence: Evidence): string[] {
  const paths = new Set<string>();
  const visit = (value: Json | undefined, path: string, depth: number): void => {
    const target = isRef(value)
      ? livesByKey(evidence, value.$ref, value.key).at(-1)?.versions.at(-1)?.attributes
      : value;
    if (isArray(target)) for (const item of target.slice(0, 3)) visit(item, path, depth);
    else if (isObject(target) && depth > 0)
      for (const [name, member] of Object.entries(target))
        visit(member, path === '' ? name : `${path}.${name}`, depth - 1);
    else if (path !== '' && path.length < 80) paths.add(path);
  };
  const seen = new Set<Life>();
  for (const listing of listings)
    for (const row of listing.rows) {
      if (seen.has(row.life) || seen.size > 40) continue;
      seen.add(row.life);
      visit(row.attributes, '', 3);
    }
  return [...paths];
}

function fitFilter(
  listings: readonly Listing[],
  name: string,
  paths: readonly string[],
  evidence: Evidence,
  earlier: readonly Filter[],
): Filter | undefined {
  const using = listings
    .filter((listing) => listing.params[name] !== undefined)
    .map((listing) => ({
      ...listing,
      rows: listing.rows.filter((row) => earlier.every((filter) => passes(filter, row, listing, evidence))),
    }));
  if (using.length === 0) return undefined;
  let best: { filter: Filter; score: number } | undefined;
  const consider = (filter: Filter, bonus: number): void => {
    const score = filterScore(using, filter, evidence) + bonus;
    if (best === undefined || score > best.score + 1e-9) best = { filter, score };
  };
  const suffix = SUFFIXES.find(([pattern]) => pattern.test(name) && name.replace(pattern, '') !== '');
  const stem = (suffix === undefined ? name : name.replace(suffix[0], '')).replace(/\[\]$/, '');
  for (const path of paths) {
    const affinity = nameAffinity(stem, path);
    for (const operator of OPERATORS) {
      if (operator !== 'eq' && affinity === 0 && suffix === undefined) continue;
      if (suffix !== undefined && operator === suffix[1])
        consider({ param: name, operator, attributes: [path] }, affinity + 0.05);
      else consider({ param: name, operator, attributes: [path] }, affinity - (operator === 'eq' ? 0 : 0.04));
    }
    if (affinity > 0)
      for (const special of specialOperands(using, name, path, evidence)) consider(special, affinity - 0.03);
  }
  if (/^(q|query|search|filter|term|text|keyword|s)$/i.test(name))
    consider({ param: name, operator: 'search', attributes: [] }, 0.05);
  const without = filterScore(using, undefined, evidence);
  if (best === undefined || best.score < without + 0.04) return undefined;
  return withDefault(best.filter, listings, name, evidence, earlier);
}

function nameAffinity(stem: string, path: string): number {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const last = path.split('.').at(-1) as string;
  const first = path.split('.')[0] as string;
  const wanted = plain(stem);
  if (plain(path) === wanted) return 0.1;
  if (plain(first) === wanted && path.split('.').length === 2 && identityRank(last) > 0) return 0.09;
  if (plain(last) === wanted || plain(path.replace('.', '_')) === wanted) return 0.08;
  if (plain(first) === wanted) return 0.05;
  return plain(first).startsWith(wanted) || wanted.startsWith(plain(first)) ? 0.03 : 0;
}

/** Operands that mean "any" (`state=all`), "none" (`assignee=none`) or "some" (`milestone=*`). */
function specialOperands(using: readonly Listing[], name: string, path: string, evidence: Evidence): Filter[] {
  const words = new Set(
    using.map((listing) => scalarOf(listing.params[name])).filter((word): word is string => word !== undefined),
  );
  const any: string[] = [];
  const none: string[] = [];
  const some: string[] = [];
  for (const word of words) {
    const own = using.filter((listing) => scalarOf(listing.params[name]) === word);
    const empty = (row: Row): boolean =>
      readPath(evidence, row, path).every((value) => value === undefined || value === null);
    const fits = (test: (row: Row) => boolean): number =>
      own.reduce((sum, listing) => sum + setScore(listing, listing.rows.filter(test)), 0) / own.length;
    const scores: [string[] | undefined, number][] = [
      [undefined, fits((row) => compare('eq', readPath(evidence, row, path), word))],
      [any, fits(() => true)],
      [none, fits(empty)],
      [some, fits((row) => !empty(row))],
    ];
    const [list, score] = scores.reduce((a, b) => (b[1] > a[1] + 0.02 ? b : a));
    if (list !== undefined && score > 0.5 && !/^[\w-]*\d[\w-]*$/.test(word) && word.length <= 12) list.push(word);
  }
  if (any.length + none.length + some.length === 0) return [];
  return [
    {
      param: name,
      operator: 'eq',
      attributes: [path],
      ...(any.length > 0 ? { any } : {}),
      ...(none.length > 0 ? { none } : {}),
      ...(some.length > 0 ? { some } : {}),
    },
  ];
}

/** A value that applies where the parameter is absent (`state` is `open` unless said otherwise). */
function withDefault(
  filter: Filter,
  listings: readonly Listing[],
  name: string,
  evidence: Evidence,
  earlier: readonly Filter[],
): Filter {
  const silent = listings
    .filter((listing) => listing.params[name] === undefined)
    .map((listing) => ({
      ...listing,
      rows: listing.rows.filter((row) => earlier.every((each) => passes(each, row, listing, evidence))),
    }));
  if (silent.length < 2) return filter;
  const words = new Map<string, Json>();
  for (const listing of listings)
    for (const row of listing.rows)
      for (const value of readPath(evidence, row, filter.attributes[0] ?? ''))
        if (value !== undefined && scalarOf(value) !== undefined && words.size < 8)
          words.set(JSON.stringify(value), value);
  let best: { filter: Filter; score: number } = {
    filter,
    score: silent.reduce((sum, listing) => sum + setScore(listing, listing.rows), 0) / silent.length,
  };
  for (const word of words.values()) {
    const candidate = { ...filter, default: word };
    const score =
      silent.reduce(
        (sum, listing) =>
          sum +
          setScore(
            listing,
            listing.rows.filter((row) => passes(candidate, row, listing, evidence)),
          ),
        0,
      ) / silent.length;
    if (score > best.score + 0.05) best = { filter: candidate, score };
  }
  return best.filter;
}

function filterScore(using: readonly Listing[], filter: Filter | undefined, evidence: Evidence): number {
  return (
    using.reduce(
      (sum, listing) =>
        sum +
        setScore(
          listing,
          filter === undefined ? listing.rows : listing.rows.filter((row) => passes(filter, row, listing, evidence)),
        ),
      0,
    ) / using.length
  );
}

/** 1 for exactly what is shown; showing more is worse, losing what was shown is worst. */
function setScore(listing: Listing, kept: readonly Row[]): number {
  const keys = new Set(kept.map((row) => row.life.key));
  const covered = listing.shown.filter((key) => keys.has(key)).length;
  if (covered < listing.shown.length) return -2 * (1 - covered / listing.shown.length);
  return (1 + covered) / (1 + kept.length);
}

export function passes(filter: Filter, row: Row, listing: Listing, evidence: Evidence): boolean {
  const given = listing.params[filter.param] ?? filter.default;
  if (given === undefined || given === null) return true;
  const operands = (isList(given) ? given : [given])
    .map((value) => scalarOf(value))
    .filter((text): text is string => text !== undefined);
  const values =
    filter.operator === 'search' && filter.attributes.length === 0
      ? allTexts(row.attributes)
      : filter.attributes.flatMap((path) => [...readPath(evidence, row, path)]);
  return operands.some((operand) => {
    if (filter.any?.includes(operand) === true) return true;
    if (filter.none?.includes(operand) === true) return values.every((value) => value === undefined || value === null);
    if (filter.some?.includes(operand) === true) return values.some((value) => value !== undefined && value !== null);
    return compare(filter.operator, values, operand);
  });
}

function allTexts(value: Json | undefined): Json[] {
  if (isRef(value)) return [];
  if (isArray(value)) return value.flatMap(allTexts);
  if (isObject(value))
    return Object.entries(value).flatMap(([name, member]) => (name.startsWith('$') ? [] : allTexts(member)));
  return value === undefined || value === null ? [] : [value];
}

/** Does any of the values stand in the relation to the operand? The runtime compares alike. */
export function compare(operator: FilterOperator, values: readonly (Json | undefined)[], operand: string): boolean {
  if (operator === 'ne') return !values.some((value) => scalarOf(value) === operand);
  if (operator === 'in') {
    const operands = operand.split(',');
    return values.some((value) => operands.includes(scalarOf(value) ?? '\u0000'));
  }
  return values.some((value) => {
    const text = scalarOf(value);
    if (text === undefined) return false;
    switch (operator) {
      case 'eq':
        return text === operand;
      case 'contains':
        return text.includes(operand);
      case 'contains-ci':
      case 'search':
        return text.toLowerCase().includes(operand.toLowerCase());
      case 'prefix':
        return text.startsWith(operand);
      default:
        return orderedAs(operator, text, operand);
    }
  });
}

function orderedAs(operator: FilterOperator, text: string, operand: string): boolean {
  const a = Number(text);
  const b = Number(operand);
  const numeric = text !== '' && operand !== '' && !Number.isNaN(a) && !Number.isNaN(b);
  const sign = numeric ? a - b : text < operand ? -1 : text > operand ? 1 : 0;
  if (operator === 'gt') return sign > 0;
  if (operator === 'gte') return sign >= 0;
  if (operator === 'lt') return sign < 0;
  return sign <= 0;
}

/** Conditions that hold for everything shown, without any parameter (`archived == false`). */
function fitFixed(listings: readonly Listing[], evidence: Evidence): Test[] {
  const before = listings.reduce((sum, listing) => sum + setScore(listing, listing.rows), 0) / (listings.length || 1);
  const unshown = listings.some((listing) => listing.rows.length > listing.shown.length);
  if (!unshown || before > 0.995) return [];
  let best: { test: Test; score: number } | undefined;
  const seen = new Map<string, Map<string, Json>>();
  for (const listing of listings)
    for (const row of listing.rows)
      for (const [name, value] of Object.entries(row.attributes)) {
        if (name.startsWith('$') || (scalarOf(value) === undefined && value !== null)) continue;
        const words = seen.get(name) ?? new Map<string, Json>();
        seen.set(name, words);
        if (words.size <= 5) words.set(JSON.stringify(value), value);
      }
  for (const [name, words] of seen) {
    if (words.size < 2 || words.size > 5) continue;
    for (const word of words.values()) {
      const text = JSON.stringify(word);
      for (const equal of [true, false]) {
        const test: Test = {
          text: `${memberText('x', name)} ${equal ? '==' : '!='} ${literalText(word)}`,
          keep: (row) => (JSON.stringify(row.attributes[name]) === text) === equal,
        };
        const score =
          listings.reduce(
            (sum, listing) =>
              sum +
              setScore(
                listing,
                listing.rows.filter((row) => test.keep(row, listing)),
              ),
            0,
          ) / listings.length;
        if (score > before + 0.08 && (best === undefined || score > best.score + 1e-9)) best = { test, score };
      }
    }
  }
  void evidence;
  return best === undefined ? [] : [best.test];
}

function assemble(
  type: EntityDraft,
  tests: readonly (Test | undefined)[],
  filters: readonly Filter[],
  sort: SortRule,
  page: PageRule | undefined,
): Query {
  const where = tests.filter((test): test is Test => test !== undefined).map((test) => test.text);
  const order: Order[] = sort.base
    .map(({ path, descending }) => ({
      by: path === '$rank' ? '$rank' : pathText(path),
      ...(descending ? { descending: true } : {}),
    }))
    .map((each) => (each.by === '$rank' ? { ...each, by: 'x["$seq"]' } : each));
  return {
    type: type.name,
    ...(where.length > 0 ? { where: where.join(' && ') } : {}),
    ...(filters.length > 0 ? { filters } : {}),
    ...(order.length > 0 ? { order } : {}),
    ...(sort.parameter === undefined
      ? {}
      : {
          sort: {
            by: sort.parameter.by,
            ...(sort.parameter.direction === undefined ? {} : { direction: sort.parameter.direction }),
            fields: Object.fromEntries(
              Object.entries(sort.parameter.fields).map(([word, path]) => [word, pathText(path)]),
            ),
            ...(sort.parameter.open ? { open: true } : {}),
            ...(sort.parameter.descendingDefault ? { descendingDefault: true } : {}),
          },
        }),
    ...(page === undefined ? {} : { page: page.model }),
  };
}

const pathText = (path: string): string => path.split('.').reduce((text, name) => memberText(text, name), 'x');
