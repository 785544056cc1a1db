// Part of the pass "timeline": ends that were none. What a refusal or a deletion seemed to have ended, and a later read shows
// again although nothing was written about it between, was there all the time: refused for another reason, hidden from
// somebody, or only marked as deleted.
import { append } from '../../std/grouping.ts';
import { isArray, isObject, type Json } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import type { CallRoute } from '../entities/routes.ts';
import { scalarText, valueAt } from '../entities/sites.ts';
import type { Life } from './timeline.ts';

/** A life that a call seemed to end. */
export interface SeemingEnd {
  readonly life: Life;
  /** Index of the call. */
  readonly at: number;
}

/** A route's deletions end nothing when so many of those that were looked at later were still there. */
const STILL_THERE_SHARE = 0.5;
const STILL_THERE_MIN = 2;

/** Indexes of the calls that ended nothing. `lives` are those that came of believing all ends. */
export function falseEnds(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  lives: readonly Life[],
  ends: readonly SeemingEnd[],
): Set<number> {
  const later = new Map<string, Life[]>();
  for (const life of lives) append(later, nameOf(life), life);
  const missing = new Set(calls.filter(({ status }) => status === 404).map(({ index }) => routes[index]?.id));
  /** What was only refused, and then acted on under its own path by a route that needs it to be there, was there. */
  const isActedOn = ({ life, at }: SeemingEnd, next: Life): boolean => {
    const [refusal, call] = [calls[at] as Call, calls[next.firstSeen] as Call];
    if (!refusal.refused || !isSuccess(call) || call.status === 201 || !['POST', 'PUT'].includes(call.method))
      return false;
    return call.path.split('/').includes(wordOf(life)) && missing.has(routes[call.index]?.id);
  };
  const seenAgain = ends.flatMap((end) => {
    const next = later.get(nameOf(end.life))?.find((life) => life !== end.life && life.firstSeen > end.at);
    const shows = next !== undefined && (canOnlyShow(calls[next.firstSeen]) || isActedOn(end, next));
    return shows ? [{ end, until: next.firstSeen }] : [];
  });
  const writes = writesByWord(calls, new Set(seenAgain.map(({ end }) => wordOf(end.life))));
  const found = new Set<number>();
  for (const { end, until } of seenAgain) {
    const between = writes.get(wordOf(end.life)) ?? [];
    if (!between.some((index) => index > end.at && index < until)) found.add(end.at);
  }
  for (const index of deletionsThatKeep(calls, routes, ends, found)) found.add(index);
  return found;
}

/** Within one epoch a key names one thing at a time. */
const nameOf = ({ type, since, key }: Life): string => `${since} ${type.name} ${key}`;

/** The last part of its key, as requests spell it; of a thing without a key the last part of its path. */
function wordOf({ type, versions, key }: Life): string {
  const last = type.key.at(-1);
  if (last === undefined) return type.lookups[0]?.prefix.split('/').at(-1) ?? key;
  return scalarText(valueAt(versions[0]?.attributes, last)) ?? key;
}

/** Its answer cannot show what it has made itself. */
const canOnlyShow = (call: Call | undefined): boolean =>
  call !== undefined && (isRead(call) || (call.method === 'PATCH' && isSuccess(call)));

/** Successful writes by the words that they say, of those words. */
function writesByWord(calls: readonly Call[], words: ReadonlySet<string>): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const note = (word: string, index: number): void => {
    if (words.has(word)) append(found, word, index);
  };
  const visit = (value: Json | undefined, index: number): void => {
    if (isArray(value)) for (const element of value) visit(element, index);
    else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        note(name, index);
        visit(member, index);
      }
    } else {
      const text = scalarText(value);
      if (text !== undefined) note(text, index);
    }
  };
  if (words.size === 0) return found;
  for (const call of calls) {
    if (isRead(call) || !isSuccess(call)) continue;
    for (const segment of call.path.split('/')) note(segment, call.index);
    visit(call.query, call.index);
    visit(call.body, call.index);
  }
  return found;
}

/** Deletions of routes after which things are still there when somebody looks. */
function deletionsThatKeep(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  ends: readonly SeemingEnd[],
  found: ReadonlySet<number>,
): number[] {
  const lastLook = new Map<string, number>();
  for (const call of calls) if (call.method === 'GET') lastLook.set(`${call.epoch} ${call.path}`, call.index);
  const byRoute = new Map<string, SeemingEnd[]>();
  for (const end of ends) {
    const call = calls[end.at];
    if (call === undefined || call.method !== 'DELETE' || !isSuccess(call)) continue;
    append(byRoute, `${(routes[end.at] as CallRoute).id} ${call.status}`, end);
  }
  return [...byRoute.values()].flatMap((group) => {
    const lookedAt = group.filter(({ at }) => {
      const call = calls[at] as Call;
      return found.has(at) || (lastLook.get(`${call.epoch} ${call.path}`) ?? -1) > at;
    });
    const kept = lookedAt.filter(({ at }) => found.has(at)).length;
    return kept >= STILL_THERE_MIN && kept >= STILL_THERE_SHARE * lookedAt.length ? group.map(({ at }) => at) : [];
  });
}
