// Recorded lists with the entities that were alive when each was made, and how attributes are read from them.
import { type Json, type JsonObject, isArray, isObject } from '../../std/json.ts';
import { type Call } from '../calls/call.ts';
import { type Evidence, livesByKey } from '../evidence.ts';
import { scalarOf } from '../explain/samples.ts';
import { type Life, isRef } from '../timeline/timeline.ts';

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
  /** How many there are besides what is shown, where the answer says so. */
  readonly total?: number;
  /** Only a part of what there is may be shown. */
  readonly isCut?: boolean;
}

export const sameKeys = (rows: readonly Row[], shown: readonly string[]): boolean =>
  rows.length === shown.length && rows.every((row, i) => row.life.key === shown[i]);

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

/** 1 for exactly what is shown; showing more is worse, losing what was shown is worst. */
export function setScore(listing: Listing, kept: readonly Row[]): number {
  const keys = new Set(kept.map((row) => row.life.key));
  const covered = listing.shown.filter((key) => keys.has(key)).length;
  if (covered < listing.shown.length) return -2 * (1 - covered / listing.shown.length);
  if (listing.total !== undefined)
    return (1 + Math.min(listing.total, kept.length)) / (1 + Math.max(listing.total, kept.length));
  const precision = (1 + covered) / (1 + kept.length);
  return listing.isCut === true ? 1 - CUT_WEIGHT * (1 - precision) : precision;
}

/** A list that paging may have cut says little about what it does not show. */
const CUT_WEIGHT = 0.1;

/**
 * Where answers say how many there are besides what they show: a number beside the list that is never less, and sometimes
 * more, than what is shown.
 */
export function declaredTotals(listings: readonly Listing[]): ReadonlyMap<Listing, number> {
  const tallies = new Map<string, { values: Map<Listing, number>; fits: boolean; more: boolean }>();
  for (const listing of listings)
    for (const [path, value] of numbersOf(listing.call.answer, 2)) {
      const tally = tallies.get(path) ?? { values: new Map<Listing, number>(), fits: true, more: false };
      tallies.set(path, tally);
      tally.values.set(listing, value);
      tally.fits &&= value >= listing.shown.length;
      tally.more ||= value > listing.shown.length;
    }
  const best = [...tallies]
    .filter(([path, { fits, more }]) => fits && more && /total|count/i.test(path))
    .sort((a, b) => b[1].values.size - a[1].values.size)[0];
  return best?.[1].values ?? new Map<Listing, number>();
}

function* numbersOf(value: Json | undefined, depth: number, path = ''): Generator<[string, number]> {
  if (typeof value === 'number') yield [path, value];
  else if (depth > 0 && isObject(value) && !isArray(value))
    for (const [name, member] of Object.entries(value)) yield* numbersOf(member, depth - 1, `${path}.${name}`);
}
