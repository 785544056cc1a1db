// The order of lists: by one or two attributes or by insertion, and what sort parameters change about it. An order is
// believed when every recorded list of two and more agrees with it; short lists agree with much by chance, so insertion
// and identity are preferred to other attributes that fit equally well.
import { append } from '../../std/grouping.ts';
import { RawNumber, type Json } from '../../std/json.ts';
import { isRef } from '../timeline/timeline.ts';
import { isCalled } from './query-page.ts';
import { type Listing, type Row } from './query-rows.ts';
import { identityRank } from '../entities/words.ts';

export interface SortKey {
  /** Attribute path, or `$rank` for the order of insertion. */
  readonly path: string;
  readonly descending: boolean;
}

export interface SortRule {
  readonly base: readonly SortKey[];
  readonly parameter:
    | {
        readonly by: string;
        readonly direction: string | undefined;
        readonly fields: Readonly<Record<string, string>>;
        readonly open: boolean;
        readonly descendingDefault: boolean;
      }
    | undefined;
}

type Read = (row: Row, path: string) => readonly (Json | undefined)[];

const SORT_NAME = /^_?(sort|order|order_?by|sort_?by|ordering)$/i;
const DIRECTION_NAME = /^_?(direction|dir|order|sort_?dir|sort_?order|desc|descending|reverse)$/i;

export function fitOrder(listings: readonly Listing[], names: readonly string[], read: Read): SortRule {
  const by = names
    .filter((name) => isCalled(SORT_NAME, name))
    .sort((a, b) => Number(/sort/i.test(b)) - Number(/sort/i.test(a)))[0];
  const direction = names.find((name) => name !== by && isCalled(DIRECTION_NAME, name));
  const plain = listings.filter(
    (listing) =>
      (by === undefined || listing.params[by] === undefined) &&
      (direction === undefined || listing.params[direction] === undefined),
  );
  const base = fitKeys(plain.length > 0 ? plain : listings, read);
  if (by === undefined) return { base, parameter: undefined };
  return { base, parameter: fitParameter(listings, by, direction, base, read) };
}

/** Ranks of shown rows must follow the order; rows tied by the first key fall back to the rest. */
function fitKeys(listings: readonly Listing[], read: Read): SortKey[] {
  const candidates: SortKey[][] = [[{ path: '$rank', descending: false }], [{ path: '$rank', descending: true }]];
  const paths = scalarPaths(listings);
  for (const path of paths)
    for (const descending of [false, true]) {
      candidates.push([{ path, descending }]);
      candidates.push([
        { path, descending },
        { path: '$rank', descending: true },
      ]);
    }
  let best: { keys: SortKey[]; score: number } | undefined;
  for (const keys of candidates) {
    const score = orderScore(listings, keys, read) - complexity(keys);
    if (best === undefined || score > best.score + 1e-9) best = { keys, score };
  }
  const chosen = best?.keys ?? [];
  return chosen.length === 1 && chosen[0]?.path === '$rank' && !chosen[0].descending ? [] : chosen;
}

const complexity = (keys: readonly SortKey[]): number =>
  keys.reduce(
    (sum, key) =>
      sum +
      (key.path === '$rank'
        ? 0.004
        : identityRank(key.path) >= 2
          ? 0.01
          : /(created|time|date|_at$|At$)/i.test(key.path)
            ? 0.012
            : 0.03),
    0,
  );

function scalarPaths(listings: readonly Listing[]): string[] {
  const paths = new Set<string>();
  for (const listing of listings.slice(0, 30))
    for (const row of listing.rows.slice(0, 5))
      for (const [name, value] of Object.entries(row.attributes))
        if (
          (typeof value === 'string' || typeof value === 'number' || value instanceof RawNumber) &&
          !name.startsWith('$')
        )
          paths.add(name);
  return [...paths];
}

/** Share of adjacent shown pairs that stand in order. */
function orderScore(listings: readonly Listing[], keys: readonly SortKey[], read: Read): number {
  const { pairs, good } = pairsInOrder(listings, keys, read);
  return pairs === 0 ? 0 : good / pairs;
}

function pairsInOrder(
  listings: readonly Listing[],
  keys: readonly SortKey[],
  read: Read,
): { readonly pairs: number; readonly good: number } {
  let pairs = 0;
  let good = 0;
  for (const listing of listings) {
    const rows = shownRows(listing);
    for (let i = 1; i < rows.length; i++) {
      pairs++;
      if (compareRows(rows[i - 1] as Row, rows[i] as Row, keys, read) < 0) good++;
    }
  }
  return { pairs, good };
}

function shownRows(listing: Listing): Row[] {
  const byKey = new Map(listing.rows.map((row) => [row.life.key, row]));
  return listing.shown.map((key) => byKey.get(key)).filter((row): row is Row => row !== undefined);
}

export function compareRows(a: Row, b: Row, keys: readonly SortKey[], read: Read): number {
  for (const { path, descending } of keys) {
    const sign = path === '$rank' ? a.rank - b.rank : compareValues(read(a, path)[0], read(b, path)[0]);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return a.rank - b.rank;
}

/** Numbers by size, text by code unit, nothing last. */
export function compareValues(a: Json | undefined, b: Json | undefined): number {
  const none = (value: Json | undefined): boolean => value === undefined || value === null;
  if (none(a) || none(b)) return Number(none(a)) - Number(none(b));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const x = String(a);
  const y = String(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

function fitParameter(
  listings: readonly Listing[],
  by: string,
  direction: string | undefined,
  base: readonly SortKey[],
  read: Read,
): SortRule['parameter'] {
  const fields: Record<string, string> = {};
  const paths = scalarPaths(listings);
  const asked = new Map<string, Listing[]>();
  for (const listing of listings) {
    const words = listing.params[by];
    if (typeof words !== 'string') continue;
    const { name } = askedKey(words.split(',')[0] as string);
    append(asked, name, listing);
  }
  let named = 0;
  let down = 0;
  let up = 0;
  for (const [name, own] of [...asked].sort((a, b) => Number(asksMore(a[1], by)) - Number(asksMore(b[1], by)))) {
    if (paths.includes(name)) {
      named++;
      continue;
    }
    let best: { path: string; score: number; descending: boolean } | undefined;
    for (const path of [...paths, ...pathsBehind(listings, name, read), '$rank'])
      for (const descending of [false, true]) {
        const said = (listing: Listing): boolean | undefined =>
          askedKey(String(listing.params[by]).split(',')[0] as string).descending ??
          (direction === undefined || listing.params[direction] === undefined
            ? undefined
            : saysDown(listing.params[direction]));
        const judged = own.filter((listing) => said(listing) === undefined || said(listing) === descending);
        if (judged.length === 0) continue;
        const rest = (listing: Listing): SortKey[] =>
          String(listing.params[by])
            .split(',')
            .slice(1)
            .flatMap((word) => {
              const key = askedKey(word);
              const known = fields[key.name] ?? (paths.includes(key.name) ? key.name : undefined);
              return known === undefined ? [] : [{ path: known, descending: key.descending ?? false }];
            });
        const pairs = judged.map((listing) =>
          pairsInOrder([listing], [{ path, descending }, ...rest(listing), ...base], read),
        );
        const count = pairs.reduce((sum, each) => sum + each.pairs, 0);
        const score =
          (count === 0 ? 0 : pairs.reduce((sum, each) => sum + each.good, 0) / count) -
          complexity([{ path, descending }]) +
          (path.toLowerCase().startsWith(name.toLowerCase()) ? 0.05 : 0);
        if (best === undefined || score > best.score) best = { path, score, descending };
      }
    if (best === undefined || best.path === '$rank') continue;
    fields[name] = best.path;
    const silent = own.some(
      (listing) =>
        askedKey(String(listing.params[by]).split(',')[0] as string).descending === undefined &&
        (direction === undefined || listing.params[direction] === undefined),
    );
    if (silent && best.descending) down++;
    else if (silent) up++;
  }
  if (named === 0 && Object.keys(fields).length === 0) return undefined;
  return { by, direction, fields, open: named >= 1, descendingDefault: down > up };
}

/** One of the words divided by commas: `name`, `-name`, `name:desc`. */
function askedKey(word: string): { readonly name: string; readonly descending: boolean | undefined } {
  const [name, way] = word.trim().replace(/^[-+]/, '').split(/[: ]/) as [string, string | undefined];
  const descending =
    way === undefined ? (word.startsWith('-') ? true : word.startsWith('+') ? false : undefined) : saysDown(way);
  return { name, descending };
}

const asksMore = (listings: readonly Listing[], by: string): boolean =>
  listings.every((listing) => String(listing.params[by]).includes(','));

/** Scalars of what the attribute of that name refers to: an order by a reference is one by something of what it stands for. */
function pathsBehind(listings: readonly Listing[], name: string, read: Read): string[] {
  const paths = new Set<string>();
  for (const listing of listings.slice(0, 30))
    for (const row of listing.rows.slice(0, 5))
      if (isRef(row.attributes[name]))
        for (const field of BEHIND)
          if (['string', 'number'].includes(typeof read(row, `${name}.${field}`)[0])) paths.add(`${name}.${field}`);
  return [...paths];
}

/** Members of referenced things that lists of what refers to them are sorted by. */
const BEHIND = ['position', 'rank', 'order', 'id', 'key', 'name', 'title', 'login'];

export const saysDown = (value: Json | undefined): boolean =>
  typeof value === 'string' && /^(desc|descending|down|-1|true|reverse)$/i.test(value);

/** Rows in the order that the listing's parameters ask for. */
export function ordered(listing: Listing, rule: SortRule, read: Read): Row[] {
  return [...listing.rows].sort((a, b) => compareRows(a, b, keysFor(listing, rule), read));
}

export function keysFor(listing: Listing, rule: SortRule): SortKey[] {
  const { parameter } = rule;
  if (parameter === undefined) return [...rule.base];
  const asked = listing.params[parameter.by];
  const directions = parameter.direction === undefined ? undefined : listing.params[parameter.direction];
  if (typeof asked !== 'string') {
    if (directions === undefined) return [...rule.base];
    return rule.base.map((key) => ({ ...key, descending: saysDown(directions) }));
  }
  const down = typeof directions === 'string' ? directions.split(',') : [];
  const keys: SortKey[] = [];
  asked.split(',').forEach((word, i) => {
    const { name, descending } = askedKey(word);
    const path = parameter.fields[word] ?? parameter.fields[name] ?? (parameter.open ? name : undefined);
    if (path === undefined) return;
    const said = down[i] ?? down.at(-1);
    keys.push({
      path,
      descending: descending ?? (said === undefined ? parameter.descendingDefault : saysDown(said)),
    });
  });
  return [...keys, ...rule.base];
}
