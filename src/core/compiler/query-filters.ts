// Which query parameters filter a list, by which attribute and how, and what applies where one is absent.
import { type Filter, type FilterOperator } from '../model/clone-model.ts';
import { type Json, isArray, isObject } from '../std/json.ts';
import { type Evidence, livesByKey } from './evidence.ts';
import { isList, scalarOf } from './explain/samples.ts';
import { type Listing, type Row, readPath, setScore } from './query-rows.ts';
import { type Life, isRef } from './timeline.ts';
import { identityRank } from './words.ts';

const SUFFIXES: readonly [RegExp, FilterOperator][] = [
  [/[_.\[-]?gte\]?$/i, 'gte'],
  [/[_.\[-]?lte\]?$/i, 'lte'],
  [/[_.\[-]gt\]?$/i, 'gt'],
  [/[_.\[-]lt\]?$/i, 'lt'],
  [/[_.\[-]?ne\]?$/i, 'ne'],
  [/[_.\[-]?(like|contains)\]?$/i, 'contains-ci'],
];

const OPERATORS: readonly FilterOperator[] = ['eq', 'in', 'gte', 'lte', 'ne', 'contains-ci', 'prefix'];

export function fitFilters(listings: readonly Listing[], names: readonly string[], evidence: Evidence): Filter[] {
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
