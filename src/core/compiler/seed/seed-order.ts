// The order of insertion of what was there before the recording: that of keys as far as anybody knows, and the one in which
// lists show things, where lists show what is made later in the order of its making, or backwards.
import { append } from '../../std/grouping.ts';
import { isRead } from '../calls/call.ts';
import type { EntityDraft } from '../entities/entity-draft.ts';
import type { Evidence } from '../evidence.ts';
import type { Life } from '../timeline/timeline.ts';

type Compare = (a: string, b: string) => number;

const known = new WeakMap<Evidence, Map<EntityDraft, Compare>>();

/** Compares keys of seeds by the order of their insertion. */
export function seedOrder(evidence: Evidence, type: EntityDraft): Compare {
  const orders = known.get(evidence) ?? new Map<EntityDraft, Compare>();
  known.set(evidence, orders);
  const order = orders.get(type) ?? inferOrder(evidence, type);
  orders.set(type, order);
  return order;
}

function inferOrder(evidence: Evidence, type: EntityDraft): Compare {
  const keys = new Set(
    evidence.timeline.lives.filter((life) => life.type === type && life.origin === 'seed').map(({ key }) => key),
  );
  if ([...keys].every(isNumber)) return compareKeys;
  const sequences = [...listsBySite(evidence, type).values()].flatMap((lists) => {
    const way = wayOf(lists);
    const oriented = way < 0 ? lists.map((lives) => [...lives].reverse()) : lists;
    return way === 0 ? [] : oriented.map((lives) => lives.filter(isSeed).map(({ key }) => key));
  });
  const ranks = ranksOf([...keys].sort(compareKeys), sequences);
  return (a, b) => (ranks.get(a) ?? Infinity) - (ranks.get(b) ?? Infinity) || compareKeys(a, b);
}

const isSeed = (life: Life): boolean => life.origin === 'seed';
const isNumber = (key: string): boolean => key !== '' && !Number.isNaN(Number(key));

/** Lists of the type that nobody asked to be sorted, by where they stand. */
function listsBySite({ calls, timeline, entities }: Evidence, type: EntityDraft): Map<string, Life[][]> {
  const lists = new Map<string, Life[][]>();
  for (const [index, sightings] of timeline.sightings.entries()) {
    const call = calls[index];
    if (call === undefined || !isRead(call) || Object.keys(call.query).some((name) => SORT_NAME.test(name))) continue;
    const shown = new Map<string, Life[]>();
    for (const { life, site } of sightings)
      if (life.type === type && site.endsWith('[]') && entities.direct.has(site)) append(shown, site, life);
    for (const [site, lives] of shown) append(lists, site, lives);
  }
  return lists;
}

const SORT_NAME = /sort|order|dir/i;

/** Share of neighbours that must stand in the order of their making, or all against it. */
const AGREEING_MIN = 0.9;

/** 1 where lists show the oldest first, -1 where they show the newest first, 0 where they follow something else. */
function wayOf(lists: readonly (readonly Life[])[]): 1 | -1 | 0 {
  let up = 0;
  let down = 0;
  for (const lives of lists)
    for (let at = 1; at < lives.length; at++) {
      const sign = age(lives[at - 1] as Life) - age(lives[at] as Life);
      if (sign < 0) up++;
      else if (sign > 0) down++;
    }
  if (up >= AGREEING_MIN * (up + down)) return 1;
  return down >= AGREEING_MIN * (up + down) ? -1 : 0;
}

const age = (life: Life): number => (isSeed(life) ? -1 : life.firstSeen);

/** Positions that agree with all sequences as far as those agree with each other; by the given order where they say nothing. */
function ranksOf(keys: readonly string[], sequences: readonly (readonly string[])[]): Map<string, number> {
  const followers = new Map<string, Set<string>>();
  for (const sequence of sequences)
    for (let at = 1; at < sequence.length; at++) {
      const [before, after] = [sequence[at - 1] as string, sequence[at] as string];
      if (followers.get(after)?.has(before) !== true)
        followers.set(before, (followers.get(before) ?? new Set<string>()).add(after));
    }
  const waiting = new Map<string, number>(keys.map((key) => [key, 0]));
  for (const after of followers.values()) for (const key of after) waiting.set(key, (waiting.get(key) ?? 0) + 1);
  const ranks = new Map<string, number>();
  while (waiting.size > 0) {
    const next = firstReady(waiting);
    waiting.delete(next);
    ranks.set(next, ranks.size);
    for (const key of followers.get(next) ?? []) {
      const count = waiting.get(key);
      if (count !== undefined) waiting.set(key, count - 1);
    }
  }
  return ranks;
}

/** The first that waits for nothing; where all wait for each other, the first. */
function firstReady(waiting: ReadonlyMap<string, number>): string {
  let first: string | undefined;
  for (const [key, count] of waiting) {
    if (count === 0) return key;
    first ??= key;
  }
  return first as string;
}

/** Numbers by size, other keys by code units. */
function compareKeys(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
