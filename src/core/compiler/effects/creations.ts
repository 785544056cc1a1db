// Effects that make entities: those that an answer shows, and those that only later reads tell of.
import { type Generator, type Template } from '../../model/clone-model.ts';
import { type Json, type JsonObject, equalJson } from '../../std/json.ts';
import { type Call, isRead, isSuccess } from '../calls/call.ts';
import { type CreateDraft, type EffectContext, sameOptional, sampleFor, searchFor } from './effect-draft.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { type Evidence, addAttributeSources, requestSources, routeOf } from '../evidence.ts';
import { explain } from '../explain/explain.ts';
import { literalText, memberText, quote } from '../explain/literal.ts';
import { type Sample, type Sources, addSources, isPlainObject } from '../explain/samples.ts';
import { inferFreeName } from '../types/free-names.ts';
import { inferMadeUp } from '../types/made-up-members.ts';
import {
  type Birth,
  birthsOf,
  inferGenerator,
  inferTextCounter,
  inferTimeCounter,
  textGenerator,
} from '../types/generated.ts';
import { concerns } from '../timeline/implicit.ts';
import { initialState, writtenBetween } from '../timeline/states.ts';
import { scalarText } from '../entities/sites.ts';
import { type Life, type Sighting, attributesAt, isRef } from '../timeline/timeline.ts';
import { type TypeModel } from '../types/type-models.ts';

/** New things at creation sites, by site and call. */
export function creations(evidence: Evidence, calls: readonly Call[]): Map<string, Map<number, Sighting>> {
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

/** Unseen births of one kind, by the call that made each. */
export interface ImplicitGroup {
  readonly type: EntityDraft;
  readonly births: Map<number, Life>;
}

/** Births by type, parts by their name too; of several of a kind in one call the first counts. */
export function implicitGroups(evidence: Evidence, calls: readonly Call[]): ImplicitGroup[] {
  const groups = new Map<string, ImplicitGroup>();
  for (const call of calls)
    for (const life of evidence.unseenBirths.get(call.index) ?? []) {
      const name = life.type.owner === undefined ? '' : String(life.versions[0]?.attributes[life.type.field]);
      const id = `${life.type.name}\u0000${name}`;
      const group = groups.get(id) ?? { type: life.type, births: new Map<number, Life>() };
      groups.set(id, group);
      if (!group.births.has(call.index)) group.births.set(call.index, life);
    }
  return [...groups.values()];
}

/** What a rule made before, by the name that its expressions know it by: the lives that it began, by call. */
export type MadeSoFar = ReadonlyMap<string, ReadonlyMap<number, Life>>;

/** What a write makes unseen, and when: judged by the calls whose scope was looked into later. */
export function explainImplicit(
  context: EffectContext,
  calls: readonly Call[],
  type: EntityDraft,
  births: ReadonlyMap<number, Life>,
  made: MadeSoFar,
  as = 'side1',
): CreateDraft | undefined {
  const { evidence } = context;
  const judged = calls.filter((call) => births.has(call.index) || wasLookedInto(evidence, call, type));
  if (births.size < 2 && judged.length > 1) return undefined;
  const cases = [...births].map(([index, life]): CreationCase => {
    const call = evidence.calls[index] as Call;
    return { call, life, attributes: attributesAt(life, index) ?? {}, sources: withMade(evidence, call, made) };
  });
  const draft = { ...explainAttributes(context, type, cases, `${as}_`), as, site: '' };
  if (!type.key.every((name) => draft.sure.has(name))) return undefined;
  if (births.size >= 0.9 * judged.length) return { ...draft, when: undefined };
  const when = explain(
    judged.map((call) => sampleFor(call, withMade(evidence, call, made), births.has(call.index))),
    { name: '', depth: 2, noClock: true },
  );
  if (when.misses > 0.1 * judged.length || typeof when.template !== 'string') return undefined;
  const condition = when.template;
  // Lets are settled before anything is made: a condition about what the call makes cannot guard a draw.
  const isEarly = ![...made.keys()].some((name) => new RegExp(`\\b${name}\\b`).test(condition));
  const guarded = [...draft.lets].map(([name, text]): [string, string] => [name, `(${condition} ? ${text} : missing)`]);
  return { ...draft, lets: isEarly ? new Map(guarded) : draft.lets, when: condition };
}

function withMade(evidence: Evidence, call: Call, made: MadeSoFar): Sources {
  const sources = requestSources(evidence, call);
  for (const [name, lives] of made) {
    const life = lives.get(call.index);
    if (life === undefined) continue;
    const cost = name === 'made' ? 3 : 4;
    addAttributeSources(evidence, sources, name, attributesAt(life, call.index) ?? {}, call.index + 1, cost);
    sources.set(`ref(${name})`, { value: { $ref: life.type.name, key: life.key }, cost: cost - 1 });
    sources.set(memberText(name, '$key'), { value: life.key, cost });
  }
  return sources;
}

/** A list of the type, or the type's only item there, of whatever the call concerns, was read after the call. */
function wasLookedInto(evidence: Evidence, call: Call, type: EntityDraft): boolean {
  const direct = [...type.sites].filter((site) => evidence.entities.direct.has(site));
  const lists = direct.filter((site) => site.endsWith('[]'));
  const telling = lists.length > 0 ? lists : direct;
  return evidence.calls.slice(call.index + 1, call.index + 200).some((later) => {
    if (!isRead(later) || !isSuccess(later)) return false;
    const route = routeOf(evidence, later);
    if (!telling.some((site) => site.startsWith(`${route.id} `))) return false;
    const about = [...(evidence.timeline.bound[later.index]?.values() ?? [])].filter((life) => life.type !== type);
    if (about.length === 0) return lists.length > 0 && showsAll(evidence, later, type);
    return about.every((life) => concerns(evidence, call, life));
  });
}

/** A list of all there is of a type tells of every write before it whether that made one. */
function showsAll(evidence: Evidence, call: Call, type: EntityDraft): boolean {
  const shown = new Set(
    (evidence.timeline.sightings[call.index] ?? []).map(({ life }) => life).filter((life) => life.type === type),
  );
  return shown.size > 0 && shown.size >= evidence.timeline.alive(type, call.index).length;
}

export function explainCreation(
  context: EffectContext,
  site: string,
  sightings: ReadonlyMap<number, Sighting>,
  as = 'made',
): CreateDraft | undefined {
  const { evidence } = context;
  const type = [...sightings.values()][0]?.life.type;
  if (type === undefined) return undefined;
  const told = [...sightings].filter(([index, { life }]) => !life.vague.has(index));
  const cases = (told.length > 0 ? told : [...sightings]).map(([index, { life }]): CreationCase => {
    const call = evidence.calls[index] as Call;
    return { call, life, ...initialState(evidence, call, life), sources: requestSources(evidence, call) };
  });
  return { ...explainAttributes(context, type, cases, ''), as, site, when: undefined };
}

interface CreationCase {
  readonly call: Call;
  readonly life: Life;
  readonly attributes: JsonObject;
  readonly sources: Sources;
  /** Members that reads after the creation would have shown. */
  readonly told?: ReadonlySet<string>;
}

/** How each stored attribute of what is made comes to be: generated, taken from a source, or composed. */
export function explainAttributes(
  context: EffectContext,
  type: EntityDraft,
  cases: readonly CreationCase[],
  prefix: string,
): Omit<CreateDraft, 'as' | 'site' | 'when'> {
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
    const known = cases.filter((each) => isKnown(evidence, each, name));
    if (known.length < KNOWN_MIN * cases.length && !isUsual(evidence, type, name)) continue;
    const samples = known.map(({ call, attributes, sources }) => sampleFor(call, sources, attributes[name]));
    if (
      open !== undefined &&
      cases.every(({ call, attributes }) => isPlainObject(call.body) && sameOptional(call.body[name], attributes[name]))
    )
      continue;
    const isKey = type.key.includes(name) || type.lookups.some((lookup) => lookup.attributes.at(-1) === name);
    // A thing made unseen may have one name wherever it is made (the first branch of each repository), and a path one of its own.
    const own = cases.every(({ call, attributes }) => call.path.endsWith(`/${scalarText(attributes[name]) ?? ''}`));
    const named =
      isKey && (prefix !== '' || own) && type.key.length > 1 && name === type.key.at(-1) && samples.length >= 3;
    const noLiterals = (isKey && !named) || name.startsWith('$');
    const madeUp = (member: string, inner: readonly Sample[]): string | undefined =>
      inferMadeUp(context, `${type.name}.${name}.${member}`, inner);
    const found = explain(samples, { ...searchFor(context, name), noLiterals, noClock: false, madeUp });
    const free =
      isKey && typeof found.template === 'string' && (found.misses > 0 || found.template.startsWith('slug('))
        ? inferFreeName(evidence, type, name, samples, searchFor(context, name))
        : undefined;
    if (free !== undefined) {
      set.set(name, free);
      sure.add(name);
      continue;
    }
    if (found.misses === 0 && !counts(name) && !(isKey && isArbitrary(found.template, samples, named))) {
      set.set(name, found.template);
      sure.add(name);
      continue;
    }
    const made = generatorFor(context, type, name, births) ?? madeHere(type, name, cases);
    const generator = made?.generator;
    if (
      made !== undefined &&
      generator !== undefined &&
      (isKey || counts(name) || found.misses > samples.length * Math.min(0.2, 1 - made.fit))
    ) {
      const generatorName = made.name;
      context.generators.set(generatorName, generator);
      const variable = `${prefix}new_${name.replace(/[^A-Za-z0-9]/g, '_')}`;
      lets.set(variable, withOverride(cases, name, made.text));
      set.set(name, variable);
      sure.add(name);
      for (const { sources, attributes } of cases) addSources(sources, variable, attributes[name], 3, 0);
    } else if (found.misses < samples.length || samples.length === 1) set.set(name, found.template);
  }
  for (const name of model.stored) {
    if (
      names.includes(name) ||
      (open !== undefined && cases.some(({ call }) => isPlainObject(call.body) && name in call.body))
    )
      continue;
    const usual = isUsual(evidence, type, name) ? usualAtBirth(type, name, births) : undefined;
    if (usual !== undefined) set.set(name, literalText(usual));
  }
  for (const counter of context.counters)
    if (counter.consumers.includes(type)) {
      context.generators.set(counter.name, counter.generator);
      lets.set(`skipped_${counter.attribute.replace(/[^A-Za-z0-9]/g, '_')}`, `gen(${quote(counter.name)})`);
    }
  return { kind: 'create', type, lets, from: open, set, sure };
}

const USUAL_MIN = 3;

/** What an attribute was of every thing made that ever showed it: so it is of those that were never asked for it, too. */
function usualAtBirth(type: EntityDraft, name: string, births: readonly Birth[]): Json | undefined {
  if (name.startsWith('$') || type.key.includes(name)) return undefined;
  const firsts = births.map(({ life }) => life.versions[0]?.attributes[name]).filter((value) => value !== undefined);
  const [first] = firsts;
  if (births.some(({ life }) => life.lacks.has(name))) return undefined;
  if (first === undefined || isRef(first) || firsts.length < USUAL_MIN) return undefined;
  return firsts.every((value) => equalJson(value, first)) ? first : undefined;
}

/** Of fewer things nobody knows whether they had the attribute when they were made, unless some place always shows it. */
const KNOWN_MIN = 0.2;

const isUsual = (evidence: Evidence, type: EntityDraft, name: string): boolean =>
  [...type.sites].some((id) => {
    const site = evidence.sites.get(id);
    return site !== undefined && site.nodes.length >= 3 && site.fields.get(name) === site.nodes.length;
  });

/** What nobody saw of a thing when it was made, and where it would not have been shown, may have been anything. */
function isKnown(evidence: Evidence, { call, life, attributes, told }: CreationCase, name: string): boolean {
  if (name in attributes || name.startsWith('$') || told?.has(name) === true) return true;
  const lacked = life.lacks.get(name);
  return lacked !== undefined && !writtenBetween(evidence, life, call.index + 1, lacked);
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

/** A generator and the expression that draws from it. */
interface MadeUp {
  readonly name: string;
  readonly generator: Generator;
  readonly text: string;
  /** Share of the births whose value it tells from those before; 0 where it only tells what values look like. */
  readonly fit: number;
}

/** Attributes of what is being made are not there yet when numbers are drawn: the path has the scope. */
function drawOf(name: string, generator: Generator): string {
  const scope = generator.kind === 'max-plus-one' ? (generator.scope ?? []) : [];
  return `gen(${[quote(name), ...scope.map((attribute) => memberText('path', attribute.slice(1)))].join(', ')})`;
}

/** Text that the creation itself makes up, where other births of the type are known too vaguely to compare with. */
function madeHere(type: EntityDraft, name: string, cases: readonly CreationCase[]): MadeUp | undefined {
  const texts = cases.map(({ attributes }) => attributes[name]).filter((value) => typeof value === 'string');
  const generator = texts.length < Math.max(2, 0.9 * cases.length) ? undefined : textGenerator(texts);
  const id = `${type.name}.${name}`;
  return generator === undefined ? undefined : { name: id, generator, text: drawOf(id, generator), fit: 0 };
}

/** The generator of an attribute; counters that several types draw from go by one name. */
function generatorFor(
  context: EffectContext,
  type: EntityDraft,
  name: string,
  births: readonly Birth[],
): MadeUp | undefined {
  const shared = context.counters.find((counter) => counter.attribute === name && counter.types.includes(type));
  if (shared !== undefined)
    return { name: shared.name, generator: shared.generator, text: `gen(${quote(shared.name)})`, fit: 0 };
  const id = `${type.name}.${name}`;
  const timed = inferTimeCounter(context.evidence, name, births);
  if (timed !== undefined) {
    const number =
      timed.width === 0 ? `string(gen(${quote(id)}))` : `padStart(string(gen(${quote(id)})), ${timed.width}, "0")`;
    const text = `now(${quote(timed.format)}) + ${quote(timed.separator)} + ${number}`;
    return { name: id, generator: timed.generator, text, fit: 0 };
  }
  const generator = inferGenerator(context.evidence, type, name, births);
  if (generator !== undefined) return { name: id, generator, text: drawOf(id, generator), fit: 0 };
  const counter = inferTextCounter(name, births);
  if (counter === undefined) return undefined;
  const digits =
    counter.width === 0 ? `string(gen(${quote(id)}))` : `padStart(string(gen(${quote(id)})), ${counter.width}, "0")`;
  const parts = [
    counter.prefix === '' ? undefined : quote(counter.prefix),
    digits,
    counter.suffix === '' ? undefined : quote(counter.suffix),
  ];
  const text = parts.filter((part) => part !== undefined).join(' + ');
  const encoded =
    counter.encoding === 'base64'
      ? `b64(${text})`
      : counter.encoding === 'base64-bare'
        ? `replace(b64(${text}), "=", "")`
        : text;
  return { name: id, generator: counter.generator, text: encoded, fit: counter.fit };
}

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

/** The clock or a constant, perhaps one in disguise (`repo.stars + 1`, where all were 1): nothing that could tell things apart. */
function isArbitrary(template: Template, samples: readonly Sample[], named: boolean): boolean {
  if (typeof template !== 'string') return false;
  const varies = new Set(samples.map(({ target }) => JSON.stringify(target))).size > 1;
  return (
    /^now\(|^\d/.test(template) ||
    (!named && /^"(?:[^"\\]|\\.)*"$/.test(template)) ||
    (!varies && / [+-] \d+$/.test(template))
  );
}
