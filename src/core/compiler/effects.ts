// Pass "effects": what a successful call does to the world. Judged by the state before and after, not by the verb:
// creations by the sites that keep showing new things, changes by comparing what is believed of each bound entity before
// with what is seen of it next, deletions by what never shows again.
import type { Generator, Template } from '../model/clone-model.ts';
import { equalJson, isArray, type Json, type JsonObject } from '../std/json.ts';
import { isRead, type Call } from './call.ts';
import { entityOf } from './derive.ts';
import type { EntityDraft } from './entities.ts';
import {
  addAttributeSources,
  boundLife,
  requestSources,
  routeOf,
  type BindingDraft,
  type Evidence,
} from './evidence.ts';
import type { Search } from './explain/candidates.ts';
import { explain, type Explanation } from './explain/explain.ts';
import { memberText, quote } from './explain/literal.ts';
import { addSources, isPlainObject, type Sample, type Sources } from './explain/samples.ts';
import { birthsOf, inferGenerator, type Birth } from './generated.ts';
import type { SharedCounter } from './shared-counters.ts';
import { concerns, implicitBirths } from './implicit.ts';
import type { TypeModel } from './types.ts';
import { attributesAt, attributesBefore, isRef, type Life, type Sighting } from './timeline.ts';

export interface CreateDraft {
  readonly kind: 'create';
  readonly type: EntityDraft;
  /** Site whose objects are the created ones. */
  readonly site: string;
  /** Condition under which it is made; always when absent. */
  readonly when: string | undefined;
  readonly lets: ReadonlyMap<string, string>;
  readonly from: string | undefined;
  readonly set: ReadonlyMap<string, Template>;
  /** Attributes explained in every example. */
  readonly sure: ReadonlySet<string>;
}

export interface ChangeDraft {
  readonly kind: 'change';
  readonly binding: BindingDraft;
  readonly lets: ReadonlyMap<string, string>;
  readonly from: string | undefined;
  readonly replace: boolean;
  readonly set: ReadonlyMap<string, Template>;
}

export interface DeleteDraft {
  readonly kind: 'delete';
  readonly binding: BindingDraft;
}

export type EffectDraft = CreateDraft | ChangeDraft | DeleteDraft;

export interface Effects {
  readonly effects: readonly EffectDraft[];
  /** Values of created entities, by call index and site: what replies and later passes may refer to as `made`. */
  readonly made: ReadonlyMap<number, Life>;
}

export interface EffectContext {
  readonly evidence: Evidence;
  readonly types: ReadonlyMap<EntityDraft, TypeModel>;
  /** Generators of the service, by name; filled as creations are explained. */
  readonly generators: Map<string, Generator>;
  /** Counters that several types draw from. */
  readonly counters: readonly SharedCounter[];
}

export function inferEffects(context: EffectContext, calls: readonly Call[]): Effects {
  const { evidence } = context;
  const first = calls[0];
  if (first === undefined || isRead(first)) return { effects: [], made: new Map() };
  const effects: EffectDraft[] = [];
  const made = new Map<number, Life>();
  for (const [site, sightings] of creations(evidence, calls)) {
    const create = explainCreation(context, site, sightings);
    if (create === undefined) continue;
    effects.push(create);
    for (const [index, sighting] of sightings) if (!made.has(index)) made.set(index, sighting.life);
  }
  for (const [type, births] of implicitGroups(evidence, calls)) {
    const create = explainImplicit(context, calls, type, births, made);
    if (create !== undefined) effects.push(create);
  }
  for (const binding of evidence.bindings.get(routeOf(evidence, first).id) ?? []) {
    if (isDeletion(evidence, calls, binding)) {
      const last = explainChange(context, calls, binding, true);
      if (last !== undefined) effects.push(last);
      effects.push({ kind: 'delete', binding });
      continue;
    }
    const change = explainChange(context, calls, binding);
    if (change !== undefined) effects.push(change);
  }
  return { effects, made };
}

/** New things at creation sites, by site and call. */
function creations(evidence: Evidence, calls: readonly Call[]): Map<string, Map<number, Sighting>> {
  const found = new Map<string, Map<number, Sighting>>();
  for (const call of calls)
    for (const sighting of evidence.timeline.sightings[call.index] ?? []) {
      if (!evidence.timeline.creationSites.has(sighting.site) || !sighting.isNew || sighting.site.endsWith('[]'))
        continue;
      const group = found.get(sighting.site) ?? new Map<number, Sighting>();
      found.set(sighting.site, group);
      group.set(call.index, sighting);
    }
  return found;
}

/** Unseen births of one type, by the call that made each; of several in one call the first counts. */
function implicitGroups(evidence: Evidence, calls: readonly Call[]): Map<EntityDraft, Map<number, Life>> {
  const groups = new Map<EntityDraft, Map<number, Life>>();
  for (const call of calls)
    for (const life of implicitBirths(evidence, call)) {
      const group = groups.get(life.type) ?? new Map<number, Life>();
      groups.set(life.type, group);
      if (!group.has(call.index)) group.set(call.index, life);
    }
  return groups;
}

/** What a write makes unseen, and when: judged by the calls whose scope was looked into later. */
function explainImplicit(
  context: EffectContext,
  calls: readonly Call[],
  type: EntityDraft,
  births: ReadonlyMap<number, Life>,
  made: ReadonlyMap<number, Life>,
): CreateDraft | undefined {
  const { evidence } = context;
  const judged = calls.filter((call) => births.has(call.index) || wasLookedInto(evidence, call, type));
  if (births.size < 2 && judged.length > 1) return undefined;
  const cases = [...births].map(([index, life]) => {
    const call = evidence.calls[index] as Call;
    return { call, attributes: attributesAt(life, index) ?? {}, sources: withMade(evidence, call, made) };
  });
  const draft = explainAttributes(context, type, cases, 'side');
  if (!type.key.every((name) => draft.sure.has(name))) return undefined;
  if (births.size >= 0.9 * judged.length) return { ...draft, site: '', when: undefined };
  const when = explain(
    judged.map((call) => sampleFor(call, withMade(evidence, call, made), births.has(call.index))),
    { name: '', depth: 2, noClock: true },
  );
  if (when.misses > 0.1 * judged.length || typeof when.template !== 'string') return undefined;
  const condition = when.template;
  const lets = new Map([...draft.lets].map(([name, text]) => [name, `(${condition} ? ${text} : missing)`]));
  return { ...draft, lets, site: '', when: condition };
}

function withMade(evidence: Evidence, call: Call, made: ReadonlyMap<number, Life>): Sources {
  const sources = requestSources(evidence, call);
  const life = made.get(call.index);
  if (life !== undefined) {
    addAttributeSources(evidence, sources, 'made', attributesAt(life, call.index) ?? {}, call.index + 1, 3);
    sources.set('ref(made)', { value: { $ref: life.type.name, key: life.key }, cost: 2 });
    sources.set('made["$key"]', { value: life.key, cost: 3 });
  }
  return sources;
}

/** A list of the type, of something that the call concerns, was read after the call. */
function wasLookedInto(evidence: Evidence, call: Call, type: EntityDraft): boolean {
  return evidence.calls.slice(call.index + 1, call.index + 200).some((later) => {
    if (!isRead(later) || later.status >= 300) return false;
    const route = routeOf(evidence, later);
    if (![...type.sites].some((site) => site.startsWith(`${route.id} `) && evidence.entities.direct.has(site)))
      return false;
    const about = [...(evidence.timeline.bound[later.index]?.values() ?? [])].filter((life) => life.type !== type);
    return about.length > 0 && about.every((life) => concerns(evidence, call, life));
  });
}

export function searchFor(context: EffectContext, name: string): Search {
  return {
    name,
    tuplesOf: (type) => {
      const draft = context.evidence.entities.types.find((each) => each.name === type);
      return draft === undefined
        ? []
        : draft.lookups
            .map((lookup) => lookup.attributes)
            .filter((tuple) => tuple.length > 1 || tuple[0] !== draft.key[0]);
    },
    entityOf: (ref, sample) => entityOf(context.evidence, ref, (sample as IndexedSample).index ?? 0),
  };
}

export interface IndexedSample extends Sample {
  readonly index: number;
}

export function sampleFor(call: Call, sources: Sources, target: Json | undefined): IndexedSample {
  return { sources, target, from: call.startedAt, until: call.endedAt, index: call.index };
}

function explainCreation(
  context: EffectContext,
  site: string,
  sightings: ReadonlyMap<number, Sighting>,
): CreateDraft | undefined {
  const { evidence } = context;
  const type = [...sightings.values()][0]?.life.type;
  if (type === undefined) return undefined;
  const cases = [...sightings].map(([index, { life }]) => {
    const call = evidence.calls[index] as Call;
    return { call, attributes: attributesAt(life, index) ?? {}, sources: requestSources(evidence, call) };
  });
  return { ...explainAttributes(context, type, cases, ''), site, when: undefined };
}

interface CreationCase {
  readonly call: Call;
  readonly attributes: JsonObject;
  readonly sources: Sources;
}

/** How each stored attribute of what is made comes to be: generated, taken from a source, or composed. */
function explainAttributes(
  context: EffectContext,
  type: EntityDraft,
  cases: readonly CreationCase[],
  prefix: string,
): Omit<CreateDraft, 'site' | 'when'> {
  const { evidence } = context;
  const model = context.types.get(type) as TypeModel;
  const births = birthsOf(evidence, type);
  const lets = new Map<string, string>();
  const set = new Map<string, Template>();
  const sure = new Set<string>();
  const names = [...new Set([...type.key, ...cases.flatMap(({ attributes }) => Object.keys(attributes))])].filter(
    (name) => !model.derived.has(name),
  );
  const open = model.open && prefix === '' ? 'body' : undefined;
  const counts = (name: string): boolean =>
    context.counters.some((counter) => counter.onWrite && counter.attribute === name && counter.types.includes(type));
  names.sort((a, b) => Number(counts(b)) - Number(counts(a)) || sizeOf(cases, type, a) - sizeOf(cases, type, b));
  for (const name of names) {
    const samples = cases.map(({ call, attributes, sources }) => sampleFor(call, sources, attributes[name]));
    if (
      open !== undefined &&
      cases.every(({ call, attributes }) => isPlainObject(call.body) && sameOptional(call.body[name], attributes[name]))
    )
      continue;
    const isKey = type.key.includes(name) || type.lookups.some((lookup) => lookup.attributes.at(-1) === name);
    const found = explain(samples, { ...searchFor(context, name), noLiterals: isKey, noClock: false });
    if (found.misses === 0 && !counts(name) && !(isKey && usesClockOrLiteral(found.template))) {
      set.set(name, found.template);
      sure.add(name);
      continue;
    }
    const made = generatorFor(context, type, name, births);
    const generator = made?.generator;
    if (
      made !== undefined &&
      generator !== undefined &&
      (isKey || counts(name) || found.misses > samples.length * 0.2)
    ) {
      const generatorName = made.name;
      context.generators.set(generatorName, generator);
      const variable = `${prefix}new_${name.replace(/[^A-Za-z0-9]/g, '_')}`;
      lets.set(variable, withOverride(cases, name, `gen(${quote(generatorName)})`));
      set.set(name, variable);
      sure.add(name);
      for (const { sources, attributes } of cases) addSources(sources, variable, attributes[name], 3, 0);
    } else if (found.misses < samples.length || samples.length === 1) set.set(name, found.template);
  }
  for (const counter of context.counters)
    if (counter.consumers.includes(type)) {
      context.generators.set(counter.name, counter.generator);
      lets.set(`skipped_${counter.attribute.replace(/[^A-Za-z0-9]/g, '_')}`, `gen(${quote(counter.name)})`);
    }
  return { kind: 'create', type, lets, from: open, set, sure };
}

/** Keys first, then numbers and short text: what is made up before what is composed of it. */
function sizeOf(cases: readonly { readonly attributes: JsonObject }[], type: EntityDraft, name: string): number {
  if (type.key.includes(name)) return -1;
  const lengths = cases.map(({ attributes }) =>
    typeof attributes[name] === 'string'
      ? (attributes[name] as string).length
      : typeof attributes[name] === 'object' && attributes[name] !== null
        ? 1000
        : 0,
  );
  return Math.max(0, ...lengths);
}

/** The generator of an attribute; counters that several types draw from go by one name. */
function generatorFor(
  context: EffectContext,
  type: EntityDraft,
  name: string,
  births: readonly Birth[],
): { readonly name: string; readonly generator: Generator } | undefined {
  const shared = context.counters.find((counter) => counter.attribute === name && counter.types.includes(type));
  if (shared !== undefined) return { name: shared.name, generator: shared.generator };
  const generator = inferGenerator(context.evidence, type, name, births);
  return generator === undefined ? undefined : { name: `${type.name}.${name}`, generator };
}

const sameOptional = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalJson(a, b);

/** Some services take an id that the client chose where it sends one. */
function withOverride(
  cases: readonly { readonly call: Call; readonly attributes: JsonObject }[],
  name: string,
  generated: string,
): string {
  const sent = cases.filter(({ call }) => isPlainObject(call.body) && call.body[name] !== undefined);
  const taken = sent.filter(({ call, attributes }) => sameOptional((call.body as JsonObject)[name], attributes[name]));
  return sent.length > 0 && taken.length === sent.length
    ? `coalesce(${memberText('body', name)}, ${generated})`
    : generated;
}

function usesClockOrLiteral(template: Template): boolean {
  return typeof template === 'string' && /^now\(|^"|^\d/.test(template);
}

/** The bound entity never shows again after the call: it was deleted by it. */
function isDeletion(evidence: Evidence, calls: readonly Call[], binding: BindingDraft): boolean {
  const first = calls[0] as Call;
  const route = routeOf(evidence, first);
  const isSubject = binding.prefix !== undefined && route.path.replace(/\.[a-z]+$/, '') === binding.prefix;
  const named = /delete|remove|destroy/i.test(route.path.split('/').at(-1) ?? '');
  if (!(first.method === 'DELETE' && isSubject) && !(named && !isSubject)) return false;
  let gone = 0;
  let stayed = 0;
  for (const call of calls) {
    const life = boundLife(evidence, call, binding);
    if (life === undefined) continue;
    if (life.lastSeen > call.index && life.diedAt !== call.index) stayed++;
    else gone++;
  }
  return gone > stayed;
}

interface Change {
  readonly call: Call;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly sources: Sources;
}

/** `dying`: only how the entity is shown as it goes. */
function explainChange(
  context: EffectContext,
  calls: readonly Call[],
  binding: BindingDraft,
  dying = false,
): ChangeDraft | undefined {
  const { evidence } = context;
  const model = context.types.get(binding.type) as TypeModel;
  const changes: Change[] = [];
  for (const call of calls) {
    const life = boundLife(evidence, call, binding);
    if (life === undefined) continue;
    const after = dying ? shownAt(evidence, call, life) : stateAfter(evidence, call, life);
    if (after === undefined || !isFresh(evidence, call, life)) continue;
    changes.push({ call, before: attributesBefore(life, call.index), after, sources: requestSources(evidence, call) });
  }
  if (changes.length === 0) return undefined;
  const names = [
    ...new Set(changes.flatMap(({ before, after }) => [...Object.keys(before), ...Object.keys(after)])),
  ].filter((name) => !name.startsWith('$') && !model.derived.has(name));
  const set = new Map<string, Template>();
  const lets = drawCounters(context, binding.type, changes, set);
  const from = openSource(model, changes, names);
  const replace =
    from !== undefined &&
    changes.some(({ before, after }) => names.some((name) => before[name] !== undefined && after[name] === undefined));
  for (const name of names) {
    if (set.has(name)) continue;
    const changed = changes.filter(({ before, after }) => !sameOptional(before[name], after[name]));
    if (changed.length === 0 && !replace) continue;
    if (
      from !== undefined &&
      changes.every(({ call, before, after }) =>
        sameOptional(after[name], mergedMember(call.body, before, name, replace)),
      )
    )
      continue;
    const template = explainAttribute(context, name, binding, changes, changed);
    if (template !== undefined) set.set(name, template);
  }
  if (from === undefined && isPartialUpdate(evidence, changes, binding, set))
    for (const name of model.echoed)
      if (
        !set.has(name) &&
        !model.derived.has(name) &&
        !binding.type.key.includes(name) &&
        !changes.some(({ call }) => isPlainObject(call.body) && name in call.body)
      )
        set.set(name, `coalesce(${memberText('body', name)}, ${memberText(binding.name, name)})`);
  if (set.size === 0 && from === undefined) return undefined;
  return { kind: 'change', binding, lets, from, replace, set };
}

/** Some members of the body change the attributes of their names, so that others, never tried, will too. */
function isPartialUpdate(
  evidence: Evidence,
  changes: readonly Change[],
  binding: BindingDraft,
  set: ReadonlyMap<string, Template>,
): boolean {
  const first = changes[0];
  if (
    first === undefined ||
    binding.prefix === undefined ||
    routeOf(evidence, first.call).path.replace(/\.[a-z]+$/, '') !== binding.prefix
  )
    return false;
  return [...set].some(
    ([name, template]) => typeof template === 'string' && template.includes(memberText('body', name)),
  );
}

/** Counters that the change advances: drawn first, so that what else follows from them is seen. */
function drawCounters(
  context: EffectContext,
  type: EntityDraft,
  changes: readonly Change[],
  set: Map<string, Template>,
): Map<string, string> {
  const lets = new Map<string, string>();
  for (const counter of context.counters) {
    const { attribute } = counter;
    if (!counter.onWrite || !counter.types.includes(type)) continue;
    if (
      changes.filter(({ before, after }) => !sameOptional(before[attribute], after[attribute])).length <
      0.8 * changes.length
    )
      continue;
    const variable = `next_${attribute.replace(/[^A-Za-z0-9]/g, '_')}`;
    context.generators.set(counter.name, counter.generator);
    lets.set(variable, `gen(${quote(counter.name)})`);
    set.set(attribute, variable);
    for (const { sources, after } of changes) addSources(sources, variable, after[attribute], 2.5, 0);
  }
  return lets;
}

function mergedMember(body: Json | undefined, before: JsonObject, name: string, replace: boolean): Json | undefined {
  const own = isPlainObject(body) ? body[name] : undefined;
  return own ?? (replace ? undefined : before[name]);
}

/** `body` where the type takes whatever a client writes. */
function openSource(model: TypeModel, changes: readonly Change[], names: readonly string[]): string | undefined {
  if (!model.open) return undefined;
  const echoes = changes.every(
    ({ call, after }) =>
      isPlainObject(call.body) &&
      Object.entries(call.body).every(
        ([name, value]) => sameOptional(after[name], value) || name === model.draft.field,
      ),
  );
  void names;
  return echoes ? 'body' : undefined;
}

function explainAttribute(
  context: EffectContext,
  name: string,
  binding: BindingDraft,
  changes: readonly Change[],
  changed: readonly Change[],
): Template | undefined {
  const own = memberText(binding.name, name);
  const samples = changes.map(({ call, after, sources }) => sampleFor(call, sources, after[name]));
  const whole = explain(samples, searchFor(context, name));
  const unchanged = changes.length - changed.length;
  const isSelf = whole.template === own;
  if (isSelf) return undefined;
  if (whole.misses === 0 && worthwhile(whole, changes.length, changed.length)) return whole.template;
  const edited = explainListEdit(context, name, own, changes, changed);
  if (edited !== undefined) return edited;
  if (
    whole.misses < changed.length &&
    whole.misses <= 0.34 * changes.length &&
    worthwhile(whole, changes.length, changed.length)
  )
    return whole.template;
  void unchanged;
  return undefined;
}

/** A change seen once among many calls that left the value alone is somebody else's doing. */
const worthwhile = (found: Explanation, total: number, changed: number): boolean =>
  changed >= 2 || total <= 3 || (changed === 1 && found.cost < 12);

/** Lists to which something was added, or from which something was taken. */
function explainListEdit(
  context: EffectContext,
  name: string,
  own: string,
  changes: readonly Change[],
  changed: readonly Change[],
): Template | undefined {
  const edits = changed.map((change) => ({
    change,
    before: listOf(change.before[name]),
    after: listOf(change.after[name]),
  }));
  if (edits.length === 0 || edits.some(({ before, after }) => before === undefined || after === undefined))
    return undefined;
  const added = edits.map(({ before, after }) =>
    (after as readonly Json[]).filter((item) => !(before as readonly Json[]).some((other) => equalJson(item, other))),
  );
  const removed = edits.map(({ before, after }) =>
    (before as readonly Json[]).filter((item) => !(after as readonly Json[]).some((other) => equalJson(item, other))),
  );
  const only = (lists: readonly (readonly Json[])[], others: readonly (readonly Json[])[]): boolean =>
    lists.every((list) => list.length > 0) && others.every((list) => list.length === 0);
  const operation = only(added, removed) ? 'union' : only(removed, added) ? 'remove' : undefined;
  if (operation === undefined) return undefined;
  const parts = operation === 'union' ? added : removed;
  for (const single of [true, false]) {
    const usable = edits
      .map((edit, i) => ({ edit, part: parts[i] as readonly Json[] }))
      .filter(({ part }) => !single || part.length === 1);
    if (usable.length === 0 || (single && usable.length < edits.length)) continue;
    const samples = usable.map(({ edit, part }) => {
      const sources: Sources = new Map([...edit.change.sources].filter(([expression]) => expression !== own));
      return sampleFor(edit.change.call, sources, single ? (part[0] as Json) : part);
    });
    const found = explain(samples, { ...searchFor(context, name), noLiterals: samples.length < 3 });
    if (found.misses > 0 || typeof found.template !== 'string') continue;
    if (single)
      return operation === 'union' ? `union(${own}, [${found.template}])` : `remove(${own}, ${found.template})`;
    return operation === 'union' ? `union(${own}, ${found.template})` : `${own}.filter(e, !(e in ${found.template}))`;
  }
  if (
    operation === 'remove' &&
    edits.every(({ after }) => (after as readonly Json[]).length === 0) &&
    changes.length >= 2
  )
    return '[]';
  return undefined;
}

const listOf = (value: Json | undefined): readonly Json[] | undefined => (isArray(value) ? value : undefined);

/** How the answer of a deletion shows what it deletes. */
function shownAt(evidence: Evidence, call: Call, life: Life): JsonObject | undefined {
  const shown = (evidence.timeline.sightings[call.index] ?? []).some(
    (sighting) => sighting.life === life && !sighting.isOld,
  );
  return shown ? attributesAt(life, call.index) : undefined;
}

/** What is believed of the entity right after the call: as the answer shows it, or as the next read does if nothing came between. */
export function stateAfter(evidence: Evidence, call: Call, life: Life): JsonObject | undefined {
  if (life.diedAt === call.index) return undefined;
  const own = evidence.timeline.sightings[call.index] ?? [];
  if (own.some((sighting) => sighting.life === life)) return attributesAt(life, call.index);
  for (let index = call.index + 1; index < evidence.calls.length && index <= life.lastSeen; index++) {
    const next = evidence.calls[index] as Call;
    const seen = (evidence.timeline.sightings[index] ?? []).some(
      (sighting) => sighting.life === life && isFull(evidence, sighting),
    );
    const writes = !isRead(next) && next.status < 400 && mayTouch(evidence, next, life);
    if (writes) return undefined;
    if (seen) return attributesAt(life, index);
  }
  return undefined;
}

/** Nothing that may have touched the entity came between its last sighting and the call. */
export function isFresh(evidence: Evidence, call: Call, life: Life): boolean {
  const seen = attributesAt(life, call.index - 1) !== undefined;
  for (let index = call.index - 1; index >= life.firstSeen; index--) {
    const earlier = evidence.calls[index] as Call;
    if (
      (evidence.timeline.sightings[index] ?? []).some(
        (sighting) => sighting.life === life && isFull(evidence, sighting),
      )
    )
      return true;
    if (!isRead(earlier) && earlier.status < 400 && mayTouch(evidence, earlier, life)) return false;
  }
  return seen;
}

const isFull = (evidence: Evidence, sighting: Sighting): boolean =>
  evidence.entities.direct.has(sighting.site) ||
  Object.keys(sighting.shown).length >= sighting.life.type.fields.size * 0.8;

function mayTouch(evidence: Evidence, call: Call, life: Life): boolean {
  return (evidence.bindings.get(routeOf(evidence, call).id) ?? []).some(
    (binding) => binding.type === life.type && boundLife(evidence, call, binding) === life,
  );
}

export const refText = (value: Json): string | undefined => (isRef(value) ? `${value.$ref}/${value.key}` : undefined);
