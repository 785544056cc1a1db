// What something was like before the recording began. An answer of a write tells how it is after that write, so what the
// write gave it tells nothing of the time before: then the others of its kind speak, where they all say the same; where they
// do not, it has an attribute whose value nobody knows. So it has those that all others were shown with, and it never was.
import { detectTimeFormat } from '../../std/clock.ts';
import { equalJson, isArray, type Json, type JsonObject } from '../../std/json.ts';
import { type Call } from '../calls/call.ts';
import type { EntityDraft } from '../entities/entity-draft.ts';
import { routeOf, type Evidence } from '../evidence.ts';
import { isPlainObject } from '../explain/samples.ts';
import { isQuiet } from '../timeline/quiet-routes.ts';
import { isFresh, isFull, writtenBetween } from '../timeline/states.ts';
import { attributesAt, attributesBefore, type Life, type Sighting } from '../timeline/timeline.ts';
import type { TypeModel } from '../types/type-models.ts';
import { scalarText } from '../entities/sites.ts';

/** Hidden attribute that names the attributes whose values nothing ever told. */
export const UNTOLD = '$unknown';
/** What fewer others have in common is no rule. */
const OTHERS_MIN = 2;
/** So many others that agree in a value that tells something. */
const AGREEING_MIN = 4;
/** Share of the others that have an attribute, where all are believed to have it. */
const USUAL_MIN = 0.8;
const DEPTH_MAX = 4;

type Path = readonly string[];

/** The attributes of a seed before the first call. */
export function firstState(evidence: Evidence, life: Life, model: TypeModel): JsonObject {
  let state = shownState(evidence, life, model);
  const untold = new Set<string>();
  const overwritten = overwrittenPaths(evidence, life, state);
  const others = overwritten.length === 0 ? [] : otherSeeds(evidence, life);
  for (const path of overwritten) {
    const common = commonValue(evidence, others, path);
    if (common !== undefined) state = withValue(state, path, common);
    else if (path.length === 1) untold.add(path[0] as string);
  }
  for (const name of usualAttributes(evidence, life, model))
    if (!(name in state) && !life.lacks.has(name)) untold.add(name);
  return withUntold(state, untold);
}

const otherSeeds = (evidence: Evidence, life: Life): readonly Life[] =>
  evidence.timeline.lives.filter((each) => each.type === life.type && each !== life && each.origin === 'seed');

/** What keeps the names of attributes nobody knows, and not their values. */
export function withUntold(state: JsonObject, untold: ReadonlySet<string>): JsonObject {
  if (untold.size === 0) return state;
  const told = Object.entries(state).filter(([name]) => !untold.has(name));
  return { ...Object.fromEntries(told), [UNTOLD]: [...untold].sort() };
}

/** Attributes that nearly all others were shown with. */
export function usualAttributes(
  evidence: Evidence,
  life: Life | undefined,
  { draft, derived }: TypeModel,
): readonly string[] {
  const { lives, counts } = shownAttributes(evidence, draft);
  const isCounted = life !== undefined && life.type === draft && wasShownWhole(evidence, life);
  const own = isCounted ? attributeNames(life) : new Set<string>();
  const others = lives - Number(isCounted);
  if (others < OTHERS_MIN) return [];
  return [...counts]
    .filter(([name, count]) => count - Number(own.has(name)) >= USUAL_MIN * others)
    .map(([name]) => name)
    .filter((name) => !name.startsWith('$') && !derived.has(name) && !draft.key.includes(name));
}

/** How many lives of a type were shown whole, and how many of them with each attribute. */
interface ShownAttributes {
  readonly lives: number;
  readonly counts: ReadonlyMap<string, number>;
}

const attributeCounts = new WeakMap<Evidence, Map<EntityDraft, ShownAttributes>>();

function shownAttributes(evidence: Evidence, type: EntityDraft): ShownAttributes {
  const known = attributeCounts.get(evidence) ?? new Map<EntityDraft, ShownAttributes>();
  attributeCounts.set(evidence, known);
  const found = known.get(type);
  if (found !== undefined) return found;
  const whole = evidence.timeline.lives.filter((life) => life.type === type && wasShownWhole(evidence, life));
  const counts = new Map<string, number>();
  for (const life of whole) for (const name of attributeNames(life)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const shown = { lives: whole.length, counts };
  known.set(type, shown);
  return shown;
}

const attributeNames = (life: Life): ReadonlySet<string> =>
  new Set(life.versions.flatMap(({ attributes }) => Object.keys(attributes)));

const sightingsOf = (evidence: Evidence, life: Life, index: number): readonly Sighting[] =>
  (evidence.timeline.sightings[index] ?? []).filter((sighting) => sighting.life === life);

const wholeLives = new WeakMap<Evidence, ReadonlySet<Life>>();

function wasShownWhole(evidence: Evidence, life: Life): boolean {
  let whole = wholeLives.get(evidence);
  if (whole === undefined) {
    const all = evidence.timeline.sightings.flat().filter((sighting) => isFull(evidence, sighting));
    wholeLives.set(evidence, (whole = new Set(all.map((sighting) => sighting.life))));
  }
  return whole.has(life);
}

/** What was first seen, completed by what other reads showed before anything was written to it. */
function shownState(evidence: Evidence, life: Life, model: TypeModel): JsonObject {
  const state: Record<string, Json> = {};
  for (const version of life.versions) {
    if (version !== life.versions[0] && writtenBetween(evidence, life, life.firstSeen, version.at)) break;
    for (const [name, value] of Object.entries(version.attributes))
      if (!(name in state) && !model.derived.has(name)) state[name] = value;
  }
  return state;
}

/** Paths to what the call that showed it first gave it: what its body says, and what such calls change otherwise. */
function overwrittenPaths(evidence: Evidence, life: Life, state: JsonObject): readonly Path[] {
  const call = evidence.calls[life.firstSeen] as Call;
  const isSubject = sightingsOf(evidence, life, call.index).some(
    ({ site, isOld }) => !isOld && evidence.entities.direct.has(site) && !site.endsWith('[]'),
  );
  if (!isSubject || isQuiet(evidence, call)) return [];
  const names = new Set([...life.type.key, ...life.type.lookups.flatMap(({ attributes }) => attributes)]);
  const changed = changedPaths(evidence, routeOf(evidence, call).id);
  return [...leaves(state, [])]
    .filter(([path]) => !names.has(path.join('.')) && !(path[0] as string).startsWith('$'))
    .filter(
      ([path, value]) =>
        isSent(call, path, value) || (changed.has(path.join('.')) && detectTimeFormat(value) === undefined),
    )
    .map(([path]) => path);
}

const routeChanges = new WeakMap<Evidence, Map<string, ReadonlySet<string>>>();

/** Paths at which calls of the route were seen to change what they are about to what their bodies do not say. */
function changedPaths(evidence: Evidence, routeId: string): ReadonlySet<string> {
  const known = routeChanges.get(evidence) ?? new Map<string, ReadonlySet<string>>();
  routeChanges.set(evidence, known);
  const found = known.get(routeId);
  if (found !== undefined) return found;
  const changed = new Set<string>();
  for (const call of evidence.byRoute.get(routeId) ?? [])
    for (const { life, site, isNew, isOld } of evidence.timeline.sightings[call.index] ?? []) {
      if (isNew || isOld || !evidence.entities.direct.has(site) || !isFresh(evidence, call, life)) continue;
      const before = new Map(
        [...leaves(attributesBefore(life, call.index), [])].map(([path, value]) => [path.join('.'), value]),
      );
      for (const [path, value] of leaves(attributesAt(life, call.index) as JsonObject, [])) {
        const earlier = before.get(path.join('.'));
        if (earlier === undefined || equalJson(earlier, value) || isSent(call, path, value)) continue;
        changed.add(path.join('.'));
      }
    }
  known.set(routeId, changed);
  return changed;
}

/** The value at the path that others had in common, of those whose value is known. */
function commonValue(evidence: Evidence, others: readonly Life[], path: Path): Json | undefined {
  const values: Json[] = [];
  for (const other of others) {
    const first = other.versions[0]?.attributes ?? {};
    const value = at(first, path);
    if (value === undefined) continue;
    if (overwrittenAtFirst(evidence, other).has(path.join('.'))) continue;
    values.push(value);
  }
  const [first, ...rest] = values;
  if (first === undefined || !rest.every((value) => equalJson(value, first))) return undefined;
  return values.length >= (isEmpty(first) ? OTHERS_MIN : AGREEING_MIN) ? first : undefined;
}

const overwrittenOnes = new WeakMap<Evidence, Map<Life, ReadonlySet<string>>>();

/** Paths, as texts, to what the call that showed it first gave it. */
function overwrittenAtFirst(evidence: Evidence, life: Life): ReadonlySet<string> {
  const known = overwrittenOnes.get(evidence) ?? new Map<Life, ReadonlySet<string>>();
  overwrittenOnes.set(evidence, known);
  const found = known.get(life);
  if (found !== undefined) return found;
  const paths = overwrittenPaths(evidence, life, life.versions[0]?.attributes ?? {});
  const names = new Set(paths.map((path) => path.join('.')));
  known.set(life, names);
  return names;
}

/** What things have before anybody gives them something. */
const isEmpty = (value: Json): boolean =>
  value === null || value === '' || value === false || value === 0 || (isArray(value) && value.length === 0);

/** What is no object, by path; references and lists whole. */
function* leaves(value: Json | undefined, path: Path): Generator<[Path, Json]> {
  if (value === undefined) return;
  if (!isPlainObject(value) || path.length >= DEPTH_MAX) {
    if (path.length > 0) yield [path, value];
    return;
  }
  for (const [name, member] of Object.entries(value)) yield* leaves(member as Json, [...path, name]);
}

const at = (value: JsonObject, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((inner, name) => (isPlainObject(inner) ? (inner[name] as Json) : undefined), value);

function withValue(value: JsonObject, [name, ...rest]: Path, given: Json): JsonObject {
  const inner = value[name as string];
  return { ...value, [name as string]: rest.length === 0 ? given : withValue(inner as JsonObject, rest, given) };
}

const endsWith = (path: Path, end: Path): boolean => path.slice(-end.length).join('.') === end.join('.');

/** The body says so, under that name. */
function isSent(call: Call, path: Path, value: Json): boolean {
  for (const [from, given] of leaves(call.body, [])) if (endsWith(from, path) && sameText(given, value)) return true;
  return false;
}

/** Forms send numbers and flags as text. */
function sameText(a: Json, b: Json): boolean {
  if (isArray(a) || isArray(b)) return equalJson(a, b);
  return equalJson(a, b) || (scalarText(a) !== undefined && scalarText(a) === scalarText(b));
}
