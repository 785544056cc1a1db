// Pass "queries": which entities a list holds and in what order. The parts of a query (scope, filters by parameter,
// default filter, order, page) are searched one after the other; each is judged by how many recorded lists the query so
// far reproduces exactly, and by how close it comes to the others.
import { type Filter, type Order, type Query } from '../../model/clone-model.ts';
import { type Json, type JsonObject } from '../../std/json.ts';
import { attributePaths, pathText } from '../entities/attribute-paths.ts';
import { type Call } from '../calls/call.ts';
import { relationText } from '../types/derive.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { type Evidence, boundLife, principalOf, routeOf } from '../evidence.ts';
import { literalText, memberText, quote } from '../explain/literal.ts';
import { scalarOf } from '../explain/samples.ts';
import { fitFilters, passes } from './query-filters.ts';
import { type SortRule, fitOrder, ordered } from './query-order.ts';
import { type PageRule, endsBefore, fitPage, placeOf, isCut, isPageParameter, pageOf } from './query-page.ts';
import { linkTests } from './query-links.ts';
import { type Listing, type Row, declaredTotals, readPath, sameKeys, setScore } from './query-rows.ts';
import { related } from '../entities/relations.ts';
import { seedOrder } from '../seed/seed-order.ts';
import { scalarText, valueAt } from '../entities/sites.ts';
import { attributesAt, isRef } from '../timeline/timeline.ts';

export interface QueryDraft {
  readonly query: Query;
  /** Recorded lists reproduced exactly, of all. */
  readonly exact: number;
  readonly total: number;
  /** What the query says of each recorded list, by call index. */
  readonly facts: ReadonlyMap<number, ListFacts>;
}

export interface ListFacts {
  readonly total: number;
  readonly hasMore: boolean;
  readonly size: number;
  /** Attributes of the last element of the page, and of the first one behind it. */
  readonly last: JsonObject | undefined;
  readonly following: JsonObject | undefined;
  /** Numbers of `list` that tell of pages, by name. */
  readonly place: Readonly<Record<string, number>>;
}

interface Test {
  readonly keep: (row: Row, listing: Listing) => boolean;
  readonly text: string;
  /** What rows stand in order by, where that is not when they were made, and the place of each. */
  readonly order?: string;
  readonly rank?: (row: Row, listing: Listing) => number;
}

const LISTINGS_MAX = 150;

/** The query behind lists of one type's entities in the answers of one route. */
export function inferQuery(
  evidence: Evidence,
  type: EntityDraft,
  found: readonly { readonly call: Call; readonly shown: readonly string[]; readonly total?: number }[],
  paramsOf: (call: Call) => JsonObject,
): QueryDraft {
  const stride = Math.max(1, found.length / LISTINGS_MAX);
  const chosen = found.filter((_, i) => Math.floor(i / stride) !== Math.floor((i - 1) / stride));
  const read = chosen.map(({ call, shown, total }): Listing => ({
    ...(total === undefined ? {} : { total }),
    call,
    shown,
    params: paramsOf(call),
    rows: rowsAt(evidence, type, call, shown),
    isCut: isCut(paramsOf(call), shown.length),
  }));
  const totals = declaredTotals(read);
  const listings = read.map((listing): Listing => {
    const total = totals.get(listing);
    return total === undefined ? listing : { ...listing, total };
  });
  const names = [...new Set(listings.flatMap((listing) => Object.keys(listing.params)))];
  const place = bestScope(listings, placeScopes(evidence, type, listings));
  let universe = restrict(listings, place === undefined ? [] : [place]).map((listing) => ranked(listing, place));
  const owner = bestScope(universe, ownerScopes(evidence, listings));
  universe = restrict(universe, owner === undefined ? [] : [owner]);
  const filters = fitFilters(
    universe,
    names.filter((name) => !isPageParameter(name)),
    evidence,
  );
  universe = universe.map((listing) => ({
    ...listing,
    rows: listing.rows.filter((row) => filters.every((filter) => passes(filter, row, listing, evidence))),
  }));
  const fixed = fitFixed(universe);
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
        {
          total: listing.rows.length,
          size: items.length,
          hasMore:
            last !== undefined &&
            (endsBefore(listing, page) ? items[0] !== listing.rows[0] : listing.rows.at(-1) !== last),
          last: last?.attributes,
          following: last === undefined ? undefined : listing.rows[listing.rows.indexOf(last) + 1]?.attributes,
          place: placeOf(listing, page),
        },
      ];
    }),
  );
  return { query: assemble(type, [place, owner, ...fixed], filters, sort, page), exact, total: listings.length, facts };
}

/** Entities alive when the list was made, in order of insertion; what is shown was there although nobody had seen it. */
function rowsAt(evidence: Evidence, type: EntityDraft, call: Call, shown: readonly string[]): Row[] {
  const lives = new Set(evidence.timeline.alive(type, call.index));
  for (const life of evidence.timeline.lives)
    if (life.type === type && life.firstSeen === call.index && shown.includes(life.key)) lives.add(life);
  const sorted = [...lives].filter((life) => life.origin !== 'implicit' || life.firstSeen <= call.index);
  const order = seedOrder(evidence, type);
  sorted.sort(
    (a, b) =>
      Number(a.origin !== 'seed') - Number(b.origin !== 'seed') ||
      (a.origin === 'seed' ? order(a.key, b.key) : a.firstSeen - b.firstSeen),
  );
  return sorted.map((life, rank) => ({
    life,
    rank,
    attributes: attributesAt(life, call.index) ?? (life.versions[0]?.attributes as JsonObject),
  }));
}

const restrict = (listings: readonly Listing[], tests: readonly Test[]): Listing[] =>
  listings.map((listing) => ({
    ...listing,
    rows: listing.rows.filter((row) => tests.every((test) => test.keep(row, listing))),
  }));

const ranked = (listing: Listing, scope: Test | undefined): Listing =>
  scope?.rank === undefined
    ? listing
    : { ...listing, rows: listing.rows.map((row) => ({ ...row, rank: scope.rank?.(row, listing) ?? row.rank })) };

/** The relation to an entity of the path, or an attribute equal to a parameter. */
function placeScopes(evidence: Evidence, type: EntityDraft, listings: readonly Listing[]): Test[] {
  const tests: Test[] = [];
  const first = listings[0];
  if (first === undefined) return [];
  const route = routeOf(evidence, first.call);
  for (const binding of evidence.bindings.get(route.id) ?? []) {
    for (const relation of evidence.relations) {
      if (relation.child !== type || relation.parent !== binding.type) continue;
      if (binding.prefix === undefined && relation.by !== 'scope') continue;
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
  tests.push(...linkTests(evidence, type, listings));
  return tests;
}

/** An attribute that equals one of the principal: of things of several owners each sees their own. */
function ownerScopes(evidence: Evidence, listings: readonly Listing[]): Test[] {
  const asking = new Set(listings.map(({ call }) => principalOf(evidence, call)));
  const names = new Set([...asking].flatMap(({ attributes }) => Object.keys(attributes)));
  const tests: Test[] = [];
  const rows = listings.flatMap((listing) => listing.rows).slice(0, ROWS_READ);
  const paths = new Set(rows.flatMap((row) => [...attributePaths(row.attributes)].map(([path]) => path)));
  for (const name of names)
    for (const attribute of paths) {
      const isByRef = [...asking].some(({ attributes }) => isRef(attributes[name]));
      const [own, asked] = [pathText('x', attribute), memberText('principal', name)];
      tests.push({
        text: isByRef ? `${own}.key == ${asked}.key` : `${own} == ${asked}`,
        keep: (row, { call }) => {
          const wanted = nameIn(principalOf(evidence, call).attributes[name]);
          return wanted !== undefined && nameIn(valueAt(row.attributes, attribute)) === wanted;
        },
      });
    }
  return tests;
}

/** So many rows tell what attributes there are. */
const ROWS_READ = 200;

/** The test that says best which rows are shown, where it says more than none does. */
function bestScope(listings: readonly Listing[], tests: readonly Test[]): Test | undefined {
  let best: { test: Test | undefined; score: number } = { test: undefined, score: scopeScore(listings, undefined) };
  for (const test of tests) {
    const score = scopeScore(listings, test);
    if (score > best.score + 1e-9) best = { test, score };
  }
  return best.test;
}

const nameIn = (value: Json | undefined): string | undefined => (isRef(value) ? value.key : scalarText(value));

/** Everything shown must be kept; of the rest the less is kept, the better. */
function scopeScore(listings: readonly Listing[], test: Test | undefined): number {
  let score = 0;
  for (const listing of listings) {
    const kept = test === undefined ? listing.rows : listing.rows.filter((row) => test.keep(row, listing));
    if (listing.total !== undefined && listing.shown.length === 0) {
      score += setScore(listing, kept);
      continue;
    }
    const keys = new Set(kept.map((row) => row.life.key));
    const covered = listing.shown.filter((key) => keys.has(key)).length;
    if (covered < listing.shown.length) score -= 3 * (1 - covered / listing.shown.length);
    score += (1 + covered) / (1 + kept.length);
  }
  return score / listings.length;
}

/** Lists that show all there is; fewer are judged together with those that paging cut. */
const WHOLE_MIN = 3;
/** What a condition must add to the mean score; less where it mends several lists, and most of what there is to mend. */
const GAIN_MIN = 0.08;
const IMPROVED_MIN = 3;

/** Conditions that hold for everything shown, without any parameter (`archived == false`). */
function fitFixed(all: readonly Listing[]): Test[] {
  const whole = all.filter((listing) => listing.isCut !== true);
  const listings = whole.length >= WHOLE_MIN ? whole : all;
  const scoresBefore = listings.map((listing) => setScore(listing, listing.rows));
  const before = scoresBefore.reduce((sum, score) => sum + score, 0) / (listings.length || 1);
  const unshown = listings.some((listing) => listing.rows.length > listing.shown.length);
  if (!unshown || before > 0.995) return [];
  let best = undefined as { test: Test; score: number } | undefined;
  const lifting = flagsOf(listings);
  const seen = new Map<string, Map<string, Json>>();
  for (const listing of listings)
    for (const row of listing.rows)
      for (const [path, value] of attributePaths(row.attributes)) {
        if (scalarOf(value) === undefined && value !== null) continue;
        const words = seen.get(path) ?? new Map<string, Json>();
        seen.set(path, words);
        if (words.size <= 5 || value === null) words.set(JSON.stringify(value), value);
      }
  const judge = (test: Test): void => {
    judgeOne(test);
    for (const { text, holds } of lifting)
      judgeOne({
        text: `(${text} || ${test.text})`,
        keep: (row, listing) => holds(listing) || test.keep(row, listing),
      });
  };
  const judgeOne = (test: Test): void => {
    const scores = listings.map((listing) =>
      setScore(
        listing,
        listing.rows.filter((row) => test.keep(row, listing)),
      ),
    );
    const score = scores.reduce((sum, each) => sum + each, 0) / listings.length;
    const improved = scores.filter((each, at) => each > (scoresBefore[at] as number) + 1e-9).length;
    const gain = improved >= IMPROVED_MIN ? Math.min(GAIN_MIN, 0.6 * (1 - before)) : GAIN_MIN;
    if (score > before + gain && (best === undefined || score > best.score + 1e-9)) best = { test, score };
  };
  for (const path of optionalPaths(listings)) {
    const own = pathText('x', path);
    judge({ text: `${own} == missing`, keep: (row) => valueAt(row.attributes, path) === undefined });
    judge({ text: `${own} != missing`, keep: (row) => valueAt(row.attributes, path) !== undefined });
  }
  for (const [path, words] of seen) {
    const own = pathText('x', path);
    if (words.has('null') && words.size > 5) {
      judge({ text: `${own} == null`, keep: (row) => valueAt(row.attributes, path) === null });
      judge({ text: `${own} != null`, keep: (row) => valueAt(row.attributes, path) !== null });
    }
    if (words.size < 2 || words.size > 5) continue;
    for (const word of words.values()) {
      const text = JSON.stringify(word);
      for (const equal of [true, false]) {
        judge({
          text: `${own} ${equal ? '==' : '!='} ${literalText(word)}`,
          keep: (row) => (JSON.stringify(valueAt(row.attributes, path)) === text) === equal,
        });
      }
    }
  }
  return best === undefined ? [] : [best.test];
}

interface Flag {
  readonly text: string;
  readonly holds: (listing: Listing) => boolean;
}

/** More parameters, or more words of one, are no flags. */
const FLAGS_MAX = 6;
const FLAG_WORDS_MAX = 2;
/** Of lists that show all there is, but for gaps in what is believed of that. */
const WHOLE_SCORE_MIN = 0.6;

/** Words of parameters that some lists were asked with: they may lift a condition (`?archived=true` shows those too). */
function flagsOf(listings: readonly Listing[]): Flag[] {
  const words = new Map<string, Set<string>>();
  for (const { call } of listings)
    for (const [name, value] of Object.entries(call.query))
      if (typeof value === 'string') words.set(name, (words.get(name) ?? new Set<string>()).add(value));
  return [...words]
    .filter(([, seen]) => seen.size <= FLAG_WORDS_MAX)
    .flatMap(([name, seen]) =>
      [...seen].map((word): Flag => ({
        text: `${memberText('query', name)} == ${quote(word)}`,
        holds: ({ call }) => call.query[name] === word,
      })),
    )
    .filter(({ holds }) => listings.filter(holds).every((listing) => setScore(listing, listing.rows) > WHOLE_SCORE_MIN))
    .slice(0, FLAGS_MAX);
}

/** Attributes that some rows have and others lack. */
function optionalPaths(listings: readonly Listing[]): string[] {
  const rows = new Set(listings.flatMap((listing) => listing.rows));
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const [path] of attributePaths(row.attributes)) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].filter(([, count]) => count < rows.size).map(([path]) => path);
}

function assemble(
  type: EntityDraft,
  tests: readonly (Test | undefined)[],
  filters: readonly Filter[],
  sort: SortRule,
  page: PageRule | undefined,
): Query {
  const where = tests.filter((test): test is Test => test !== undefined).map((test) => test.text);
  const inserted = tests.find((test) => test?.order !== undefined)?.order ?? 'x["$seq"]';
  const order: Order[] = sort.base
    .map(({ path, descending }) => ({
      by: path === '$rank' ? '$rank' : pathText('x', path),
      ...(descending ? { descending: true } : {}),
    }))
    .map((each) => (each.by === '$rank' ? { ...each, by: inserted } : each));
  if (order.length === 0 && inserted !== 'x["$seq"]') order.push({ by: inserted });
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
              Object.entries(sort.parameter.fields).map(([word, path]) => [word, sortText(path)]),
            ),
            ...(sort.parameter.open ? { open: true } : {}),
            ...(sort.parameter.descendingDefault ? { descendingDefault: true } : {}),
          },
        }),
    ...(page === undefined ? {} : { page: page.model }),
  };
}

/** What a list is sorted by: an attribute, or something behind a reference. */
function sortText(path: string): string {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  return rest.length === 0
    ? pathText('x', head)
    : rest.reduce((text, name) => memberText(text, name), `deref(${pathText('x', head)})`);
}
