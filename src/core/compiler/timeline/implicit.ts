// Pass "implicit births": things that a write made without showing them (the first branch of a repository, the event
// row of a change, the charge of a confirmed payment). They are first seen in a later read. What made one is told by its
// own creation time, else by a write that names it, else by the making of what it belongs to.
import { append } from '../../std/grouping.ts';
import { parseTime } from '../../std/clock.ts';
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { boundLife, livesByKey, routeOf, type Evidence } from '../evidence.ts';
import type { Relation } from '../entities/relations.ts';
import { scalarText } from '../entities/sites.ts';
import { isRef, type Life } from './timeline.ts';

/** Finds the births and moves each life's beginning to the call that made it. */
export function placeImplicitBirths(evidence: Evidence): void {
  const births = evidence.unseenBirths;
  const linked = linkedMakers(evidence);
  for (const life of evidence.timeline.lives) {
    if (life.origin !== 'implicit') continue;
    const parents = parentsOf(evidence, life);
    const isOld = creationTime(life.versions[0]?.attributes ?? {}) === undefined && isShared(evidence, life, parents);
    if (isOld || isHeldByMany(evidence, life)) {
      life.origin = 'seed';
      continue;
    }
    const call = linked.get(life) ?? makerOf(evidence, life, parents);
    if (call === undefined) continue;
    for (const parent of parents) life.mark(belongsTo(parent.type), parent);
    life.bornAt(call.index);
    append(births, call.index, life);
  }
  evidence.relations.push(...unseenRelations(births));
}

/** Shown where none of the parents is concerned, without having been mentioned before: it was there already, and is referred to. */
function isShared(evidence: Evidence, life: Life, parents: readonly Life[]): boolean {
  if (parents.length === 0) return false;
  const attributes = life.versions[0]?.attributes ?? {};
  const before = evidence.calls.slice(Math.max(0, life.firstSeen - MENTION_CALLS_MAX), life.firstSeen);
  if (before.some((call) => !isRead(call) && mentions(call, life, attributes))) return false;
  return evidence.timeline.sightings.slice(life.firstSeen + 1, life.lastSeen + 1).some((sightings, i) => {
    const call = evidence.calls[life.firstSeen + 1 + i] as Call;
    return (
      sightings.some((sighting) => sighting.life === life) &&
      !parents.some((parent) => concerns(evidence, call, parent))
    );
  });
}

/** Unseen births belong to what they were marked with. */
function unseenRelations(births: ReadonlyMap<number, readonly Life[]>): Relation[] {
  const found = new Map<string, Relation>();
  for (const lives of births.values())
    for (const life of lives)
      for (const [name, parent] of life.marks)
        found.set(`${life.type.name} ${name}`, {
          child: life.type,
          parent,
          by: 'scope',
          pairs: [{ child: name, parent: '$key' }],
        });
  return [...found.values()];
}

/** Name of the hidden attribute that holds the key of what an unseen birth belongs to. */
export const belongsTo = (type: EntityDraft): string => `$of_${type.name}`;

/** Entities that the path leads through where the life was first seen, or what it is a part of. */
function parentsOf(evidence: Evidence, life: Life): Life[] {
  if (life.type.owner !== undefined) return life.inside === undefined ? [] : [life.inside];
  const bound = [...(evidence.timeline.bound[life.firstSeen]?.values() ?? [])];
  const around = life.inside === undefined ? bound : [...bound, life.inside];
  return [...new Set(around)].filter((parent) => parent !== life && parent.type !== life.type);
}

const HOLDERS_MIN = 3;

/** Shown inside several things, no scope in its key: nothing that was made along with the first of them (a user, a kind). */
function isHeldByMany(evidence: Evidence, life: Life): boolean {
  if (life.inside === undefined || life.type.key.some((attribute) => attribute.startsWith('$'))) return false;
  const holders = new Set<Life>();
  for (const [index, sightings] of evidence.timeline.sightings.entries()) {
    if (!sightings.some((sighting) => sighting.life === life)) continue;
    for (const bound of evidence.timeline.bound[index]?.values() ?? [])
      if (bound.type === life.inside.type) holders.add(bound);
    if (holders.size >= HOLDERS_MIN) return true;
  }
  return false;
}

/** The last answer that showed what it stands in, and not it. */
function lastWithout(evidence: Evidence, life: Life): number {
  const around = life.inside;
  const member = /\.(\w+)\[\]$/.exec(life.firstSite)?.[1];
  if (around === undefined || member === undefined) return -1;
  for (let index = life.firstSeen - 1; index >= around.firstSeen; index--)
    for (const { life: shown, shown: attributes } of evidence.timeline.sightings[index] ?? []) {
      const list = shown === around ? attributes[member] : undefined;
      if (Array.isArray(list) && !list.some((item) => isRef(item as Json) && (item as { key?: Json }).key === life.key))
        return index;
    }
  return -1;
}

/**
 * Makers of things first seen apart from what they belong to, but which name it (the charge that names its payment): of the
 * writes at the time of the making that are about what is named, those of the route that such births fall on most, for how
 * often it is called.
 */
function linkedMakers(evidence: Evidence): Map<Life, Call> {
  const suspects: { life: Life; candidates: readonly Call[] }[] = [];
  for (const life of evidence.timeline.lives) {
    if (life.origin !== 'implicit' || parentsOf(evidence, life).length > 0) continue;
    const links = linksOf(evidence, life);
    const near = links.length === 0 ? [] : writesNear(evidence, life);
    const candidates = near.filter((call) => links.some((link) => concerns(evidence, call, link)));
    if (candidates.length > 0) suspects.push({ life, candidates });
  }
  const worth = worthOfRoutes(evidence, suspects);
  const makers = new Map<Life, Call>();
  for (const { life, candidates } of suspects)
    makers.set(
      life,
      candidates.reduce((a, b) => (worth(b) > worth(a) ? b : a)),
    );
  return makers;
}

/** How many of a route's calls the births could fall on: 1 where each of them may have made one. */
export function worthOfRoutes(
  evidence: Evidence,
  suspects: readonly { readonly life: Life; readonly candidates: readonly Call[] }[],
): (call: Call) => number {
  const covered = new Map<string, number>();
  for (const { life, candidates } of suspects)
    for (const id of new Set(candidates.map((call) => `${life.type.name} ${routeOf(evidence, call).id}`)))
      covered.set(id, (covered.get(id) ?? 0) + 1);
  const types = new Set(suspects.map(({ life }) => life.type.name));
  return (call) => {
    const { id } = routeOf(evidence, call);
    const calls = (evidence.byRoute.get(id) ?? []).filter(isSuccess).length;
    return Math.max(0, ...[...types].map((type) => Math.min(1, (covered.get(`${type} ${id}`) ?? 0) / calls)));
  };
}

const LINK_LENGTH_MIN = 6;

/** Entities of other types whose keys the life's attributes hold. */
function linksOf(evidence: Evidence, life: Life): Life[] {
  const texts = new Set<string>();
  for (const value of Object.values(life.versions[0]?.attributes ?? {})) {
    const text = scalarText(isObject(value) ? value['key'] : value);
    if (text !== undefined && text.length >= LINK_LENGTH_MIN) texts.add(text);
  }
  return evidence.entities.types
    .filter((type) => type !== life.type && type.lookups.length > 0)
    .flatMap((type) => [...texts].flatMap((text) => livesByKey(evidence, type.name, text)));
}

/** Accepted writes, the latest first, around the time at which the life says it was made; none where it does not say. */
function writesNear(evidence: Evidence, life: Life): Call[] {
  const created = creationTime(life.versions[0]?.attributes ?? {});
  if (created === undefined) return [];
  return evidence.calls
    .slice(0, life.firstSeen)
    .filter((call) => !isRead(call) && isSuccess(call) && distanceTo(created, call) <= CLOCK_SLACK_MS)
    .reverse();
}

/** Milliseconds between the call and a moment, which may be told in seconds. */
function distanceTo(created: number, call: Call): number {
  const grain = created % 1000 === 0 ? 1000 : 1;
  return Math.max(0, Math.floor(call.startedAt / grain) * grain - created, created - call.endedAt);
}

function makerOf(evidence: Evidence, life: Life, parents: readonly Life[]): Call | undefined {
  const attributes = life.versions[0]?.attributes ?? {};
  const writes: Call[] = [];
  const from = Math.max(lastWithout(evidence, life), life.returnedFrom ?? -1);
  for (let index = life.firstSeen - 1; index > from; index--) {
    const call = evidence.calls[index] as Call;
    if (!isRead(call) && isSuccess(call) && parents.every((parent) => concerns(evidence, call, parent)))
      writes.push(call);
  }
  if (life.returnedFrom !== undefined)
    return writes.find(
      (call) =>
        Object.values(routeOf(evidence, call).params).includes(nameOf(life)) || mentions(call, life, attributes),
    );
  const created = creationTime(attributes);
  if (created === undefined)
    return (
      writes.findLast((call) => mentions(call, life, attributes)) ?? (parents.length > 0 ? writes.at(-1) : undefined)
    );
  const distance = (call: Call): number => distanceTo(created, call);
  const near = writes.filter((call) => distance(call) <= CLOCK_SLACK_MS);
  const nearest = Math.min(...near.map(distance));
  const best = near.filter((call) => distance(call) <= nearest + 1);
  return best.findLast((call) => mentions(call, life, attributes)) ?? best[0];
}

/** So far back a write may have named what is first seen now. */
const MENTION_CALLS_MAX = 200;

/** Clocks of the original and of the recorder may differ by so much. */
const CLOCK_SLACK_MS = 60;

/** The call is about the entity: its path leads through it, or its answer shows it. */
export function concerns(evidence: Evidence, call: Call, life: Life): boolean {
  for (const bound of evidence.timeline.bound[call.index]?.values() ?? []) if (bound === life) return true;
  for (const binding of evidence.bindings.get(routeOf(evidence, call).id) ?? [])
    if (binding.type === life.type && binding.prefix === undefined && boundLife(evidence, call, binding) === life)
      return true;
  if (life.type.owner !== undefined && life.origin === 'created' && life.firstSeen === call.index) return true;
  return (evidence.timeline.sightings[call.index] ?? []).some((sighting) => sighting.life === life);
}

/** The moment that the entity says it was made. */
export function creationTime(attributes: JsonObject): number | undefined {
  for (const [name, value] of Object.entries(attributes))
    if (
      /^(created|created_?at|created_?on|creation_?(time|date)?|inserted_?at|date_?created|submitted_?at|occurred_?at|at|timestamp)$/i.test(
        name,
      )
    )
      return parseTime(value);
  return undefined;
}

/** An object says of itself that it was made after that moment; some clocks know only whole seconds. */
export function wasMadeAfter(attributes: JsonObject, moment: number): boolean {
  const created = creationTime(attributes);
  return created !== undefined && (created % 1000 === 0 ? created > moment : created >= moment);
}

/** The request or its answer holds the name of the entity, whole or as the end of a path. */
function mentions(call: Call, life: Life, attributes: JsonObject): boolean {
  const name = scalarText(attributes[life.type.field]) ?? life.key;
  if (name.length < 3) return false;
  const texts = new Set<string>();
  collect(call.body, texts, 4);
  collect(call.answer, texts, 3);
  for (const text of texts) if (text === name || text.endsWith(`/${name}`)) return true;
  return false;
}

const nameOf = (life: Life): string => scalarText(life.versions[0]?.attributes[life.type.field]) ?? life.key;

function collect(value: Json | undefined, into: Set<string>, depth: number): void {
  const text = scalarText(value);
  if (text !== undefined) into.add(text);
  else if (depth > 0 && Array.isArray(value)) for (const item of value) collect(item as Json, into, depth - 1);
  else if (depth > 0 && isObject(value)) for (const member of Object.values(value)) collect(member, into, depth - 1);
}
