// Which query parameters filter a list, by which attribute and how, and what applies where one is absent.
import { append } from '../../std/grouping.ts';
import { type Filter, type FilterOperator, type WordMeaning } from '../../model/clone-model.ts';
import { type Json, equalJson, isArray, isObject } from '../../std/json.ts';
import { type Evidence, livesByKey } from '../evidence.ts';
import { isList, scalarOf } from '../explain/samples.ts';
import { type Listing, type Row, readPath, setScore } from './query-rows.ts';
import { type Life, isRef } from '../timeline/timeline.ts';
import { identityRank } from '../entities/words.ts';

const SUFFIXES: readonly [RegExp, FilterOperator][] = [
  [/[_.\[-]?\$?gte\]?$/i, 'gte'],
  [/[_.\[-]?\$?lte\]?$/i, 'lte'],
  [/[_.\[-]\$?gt\]?$/i, 'gt'],
  [/[_.\[-]\$?lt\]?$/i, 'lt'],
  [/[_.\[-]?\$?ne\]?$/i, 'ne'],
  [/[_.\[-]?\$?(like|contains)\]?$/i, 'contains-ci'],
];

const OPERATORS: readonly FilterOperator[] = ['eq', 'in', 'gte', 'lte', 'ne', 'contains-ci', 'prefix'];

export function fitFilters(listings: readonly Listing[], names: readonly string[], evidence: Evidence): Filter[] {
  const filters: Filter[] = [];
  const paths = attributePaths(listings, evidence);
  const words = conditionsOf(listings, paths, evidence);
  for (const name of names)
    for (const marker of markersOf(listings, name)) {
      const filter = fitFilter(listings, name, marker, paths, words, evidence, filters);
      if (filter !== undefined) filters.push(filter);
    }
  return filters.map((filter) =>
    filter.marker === undefined ? withDefault(filter, listings, evidence, filters) : filter,
  );
}

/** Signs that some operands begin with, and undefined for those without. */
function markersOf(listings: readonly Listing[], name: string): (string | undefined)[] {
  const operands = listings
    .map((listing) => scalarOf(listing.params[name]))
    .filter((operand): operand is string => operand !== undefined);
  const signs = new Map<string, Set<string>>();
  for (const operand of operands) {
    const sign = /^([~^*<>=!]{1,2})[A-Za-z0-9]/.exec(operand)?.[1];
    if (sign !== undefined) signs.set(sign, (signs.get(sign) ?? new Set()).add(operand));
  }
  const markers = [...signs].filter(([, words]) => words.size >= 2).map(([sign]) => sign);
  const plain = operands.some((operand) => !markers.some((marker) => operand.startsWith(marker)));
  return [...markers, ...(plain ? [undefined] : [])];
}

/** Conditions that a word may stand for: attributes of few different values. */
function conditionsOf(
  listings: readonly Listing[],
  paths: readonly string[],
  evidence: Evidence,
): ReadonlyMap<string, readonly Json[]> {
  const rows = new Map(listings.flatMap((listing) => listing.rows.map((row) => [row.life, row] as const)));
  const found = new Map<string, readonly Json[]>();
  for (const path of paths) {
    const values = new Map<string, Json>();
    for (const row of rows.values()) {
      for (const value of readPath(evidence, row, path))
        if (value !== undefined && (value === null || scalarOf(value) !== undefined))
          values.set(JSON.stringify(value), value);
      if (values.size > CONDITION_VALUES_MAX) break;
    }
    if (values.size >= 2 && values.size <= CONDITION_VALUES_MAX) found.set(path, [...values.values()]);
  }
  return found;
}

const CONDITION_VALUES_MAX = 4;

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
  marker: string | undefined,
  paths: readonly string[],
  words: ReadonlyMap<string, readonly Json[]>,
  evidence: Evidence,
  earlier: readonly Filter[],
): Filter | undefined {
  const markers = earlier.filter((filter) => filter.param === name).flatMap((filter) => filter.marker ?? []);
  const using = listings
    .filter((listing) => {
      const operand = scalarOf(listing.params[name]);
      return marker === undefined
        ? listing.params[name] !== undefined && !markers.some((other) => operand?.startsWith(other) === true)
        : operand?.startsWith(marker) === true;
    })
    .map((listing) => ({
      ...listing,
      rows: listing.rows.filter((row) => earlier.every((filter) => passes(filter, row, listing, evidence))),
    }));
  if (using.length === 0) return undefined;
  const meanings = meaningsOf(using, name, words, evidence);
  let best: { filter: Filter; score: number } | undefined;
  const consider = (unmarked: Filter, bonus: number): void => {
    const filter = marker === undefined ? unmarked : { ...unmarked, marker };
    const score = filterScore(using, filter, evidence) + bonus;
    if (best === undefined || score > best.score + 1e-9) best = { filter, score };
  };
  const suffix = SUFFIXES.find(([pattern]) => pattern.test(name) && name.replace(pattern, '') !== '');
  const stem = (suffix === undefined ? name : name.replace(suffix[0], ''))
    .replace(/\[\]$|\[[$_]\w+\]$/, '')
    .replace(/^.*\[([^\]]+)\]$/, '$1');
  for (const path of paths) {
    const affinity = nameAffinity(stem, path);
    for (const operator of OPERATORS) {
      if (operator !== 'eq' && affinity === 0 && suffix === undefined) continue;
      if (suffix !== undefined && operator === suffix[1])
        consider({ param: name, operator, attributes: [path] }, affinity + 0.05);
      else consider({ param: name, operator, attributes: [path] }, affinity - (operator === 'eq' ? 0 : 0.04));
    }
    if (affinity > 0)
      for (const special of specialOperands(using, name, path, meanings, evidence)) consider(special, affinity - 0.03);
  }
  for (const path of paths) {
    const affinity = nameAffinity(stem, path);
    const filter: Filter = { param: name, operator: 'eq', attributes: [path] };
    if (affinity >= 0.08)
      for (const other of alsoEqual(using, name, paths, filter, evidence))
        consider({ ...filter, attributes: [path, other] }, affinity - 0.02);
  }
  if (/^(q|query|search|filter|term|text|keyword|s)$/i.test(name))
    consider({ param: name, operator: 'search', attributes: [] }, 0.05);
  const without = filterScore(using, undefined, evidence);
  if (best === undefined || best.score < without + 0.04) return undefined;
  return best.filter;
}

/** Further attributes that hold the operand in rows that are shown and that the filter would drop. */
function alsoEqual(
  using: readonly Listing[],
  name: string,
  paths: readonly string[],
  filter: Filter,
  evidence: Evidence,
): string[] {
  const dropped = using.flatMap((listing) =>
    listing.rows
      .filter((row) => listing.shown.includes(row.life.key) && !passes(filter, row, listing, evidence))
      .map((row) => ({ row, operand: scalarOf(listing.params[name]) })),
  );
  if (dropped.length < 2) return [];
  return paths.filter((path) =>
    dropped.every(({ row, operand }) => operand !== undefined && compare('eq', readPath(evidence, row, path), operand)),
  );
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
  if (plain(first).startsWith(wanted) || wanted.startsWith(plain(first))) return 0.03;
  return wordsOf(last).some((word) => wordsOf(stem).includes(word)) ? 0.02 : 0;
}

/** The words of a name that say something: `exclude_archived` and `isArchived` share one. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length >= 4);

/** Operands that mean "any" (`state=all`), "none" (`assignee=none`) or "some" (`milestone=*`). */
function specialOperands(
  using: readonly Listing[],
  name: string,
  path: string,
  meanings: ReadonlyMap<string, Meaning>,
  evidence: Evidence,
): Filter[] {
  const words = new Set(
    using.map((listing) => scalarOf(listing.params[name])).filter((word): word is string => word !== undefined),
  );
  const any: string[] = [];
  const none: string[] = [];
  const some: string[] = [];
  const meant: Record<string, WordMeaning> = {};
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
    const meaning = meanings.get(word);
    if (meaning !== undefined && meaning.score > score + 0.03) {
      meant[word] = meaning.word;
      continue;
    }
    if (list !== undefined && score > 0.5 && !/^[\w-]*\d[\w-]*$/.test(word) && word.length <= 12) list.push(word);
  }
  const hasMeanings = Object.keys(meant).length > 0;
  if (any.length + none.length + some.length === 0 && !hasMeanings) return [];
  return [
    {
      param: name,
      operator: 'eq',
      attributes: [path],
      ...(any.length > 0 ? { any } : {}),
      ...(none.length > 0 ? { none } : {}),
      ...(some.length > 0 ? { some } : {}),
      ...(hasMeanings ? { words: meant } : {}),
    },
  ];
}

interface Meaning {
  readonly word: WordMeaning;
  readonly score: number;
}

/** For words that are asked for: the condition under which the lists are what they are. */
function meaningsOf(
  using: readonly Listing[],
  name: string,
  conditions: ReadonlyMap<string, readonly Json[]>,
  evidence: Evidence,
): Map<string, Meaning> {
  const found = new Map<string, Meaning>();
  const byWord = new Map<string, Listing[]>();
  for (const listing of using) {
    const word = scalarOf(listing.params[name]);
    if (word === undefined || !/^[a-z][\w-]*$/i.test(word)) continue;
    append(byWord, word, listing);
  }
  if (byWord.size > WORDS_MAX) return found;
  for (const [word, own] of byWord) {
    const meaning = own.length < 2 ? undefined : meaningOf(own, name, conditions, evidence);
    if (meaning !== undefined) found.set(word, meaning);
  }
  return found;
}

/** More different words than these are values rather than names of conditions. */
const WORDS_MAX = 8;

function meaningOf(
  own: readonly Listing[],
  name: string,
  conditions: ReadonlyMap<string, readonly Json[]>,
  evidence: Evidence,
): Meaning | undefined {
  let best: Meaning | undefined;
  for (const [attribute, values] of conditions) {
    const stem = attribute.split('.')[0] as string;
    const bonus = nameAffinity(name, stem) > 0 ? 0.02 : 0;
    for (const equals of values)
      for (const not of [false, true]) {
        const word: WordMeaning = { attribute, equals, ...(not ? { not } : {}) };
        const sum = own.reduce(
          (total, listing) =>
            total +
            setScore(
              listing,
              listing.rows.filter((row) => means(word, readPath(evidence, row, attribute))),
            ),
          0,
        );
        const score = sum / own.length + bonus - (not ? 0.01 : 0);
        if (best === undefined || score > best.score) best = { word, score };
      }
  }
  return best;
}

const means = ({ equals, not = false }: WordMeaning, values: readonly (Json | undefined)[]): boolean =>
  values.some((value) => value !== undefined && equalJson(value, equals)) !== not;

/** A value that applies where the parameter is absent (`state` is `open` unless said otherwise). */
function withDefault(filter: Filter, listings: readonly Listing[], evidence: Evidence, all: readonly Filter[]): Filter {
  const name = filter.param;
  const others = all.filter((other) => other !== filter);
  const silent = listings
    .filter((listing) => listing.params[name] === undefined)
    .map((listing) => ({
      ...listing,
      rows: listing.rows.filter((row) => others.every((each) => passes(each, row, listing, evidence))),
    }));
  if (silent.length < 2) return filter;
  const words = new Map<string, Json>();
  for (const listing of listings)
    for (const row of listing.rows)
      for (const value of readPath(evidence, row, filter.attributes[0] ?? ''))
        if (value !== undefined && scalarOf(value) !== undefined && words.size < 8)
          words.set(JSON.stringify(value), value);
  for (const word of Object.keys(filter.words ?? {})) words.set(JSON.stringify(word), word);
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
  const { marker } = filter;
  if (marker !== undefined && scalarOf(given)?.startsWith(marker) !== true) return true;
  const operands = (isList(given) ? given : [given])
    .map((value) => scalarOf(value))
    .filter((text): text is string => text !== undefined)
    .map((text) => (marker === undefined ? text : text.slice(marker.length)));
  const values =
    filter.operator === 'search' && filter.attributes.length === 0
      ? allTexts(row.attributes)
      : filter.attributes.flatMap((path) => [...readPath(evidence, row, path)]);
  return operands.some((operand) => {
    if (filter.any?.includes(operand) === true) return true;
    const word = filter.words?.[operand];
    if (word !== undefined) return means(word, readPath(evidence, row, word.attribute));
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
