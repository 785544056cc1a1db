// Entity types made ready to run: lookup tuples, derived attributes and views.
import type { CloneModel, EntityType, Service, Template } from '../model/clone-model.ts';
import { NO_HOST } from '../model/expression.ts';
import { HOST_FUNCTIONS } from '../model/host-functions.ts';
import { compileTemplate, type CompiledTemplate } from '../model/template.ts';
import type { Json, JsonObject } from '../std/json.ts';
import type { LoadedService } from './loaded-model.ts';
import { located } from './loaded-rule.ts';
import { maximaOf, type Maximum } from './maxima.ts';

/** Attributes that together name an entity. */
export interface LookupTuple {
  /** Attribute names as the model has them, joined with commas. */
  readonly name: string;
  readonly paths: readonly (readonly string[])[];
}

export interface LoadedTemplate {
  readonly template: CompiledTemplate;
  /** Its value follows from `it` and the service alone, so that it may be remembered with the entity. */
  readonly selfContained: boolean;
  /** It names nothing but `it` and the service: who asks makes no difference. */
  readonly ownNames: boolean;
  /** Members of `it` that it reads, or that what it reads was derived from; 'all' where that may be any. */
  readonly reads: ReadonlySet<string> | 'all';
}

export interface LoadedType {
  readonly ordinal: number;
  readonly name: string;
  /** Name among all types of the model: with the service before it where another service has a type of that name. */
  readonly worldName: string;
  readonly service: LoadedService;
  readonly key: LookupTuple;
  /** Aliases and every tuple that a binding of the model uses, but for the key. */
  readonly tuples: readonly LookupTuple[];
  readonly derived: ReadonlyMap<string, LoadedTemplate>;
  readonly views: ReadonlyMap<string, LoadedTemplate>;
  /** Largest numbers that generators need of it. */
  readonly maxima: readonly Maximum[];
  /** No derived attribute needs the world. */
  readonly selfContained: boolean;
  /** Those derived attributes that may differ between entities that differ in attributes of these names. */
  derivedFrom(changed: readonly string[]): ReadonlySet<string>;
  /** The value of a self-contained derived attribute, else undefined. */
  derive(attributes: JsonObject, name: string): Json | undefined;
}

/** @throws {MynahError} ERR_EXPRESSION_SYNTAX, ERR_TEMPLATE_SHAPE */
export function loadType(model: CloneModel, service: LoadedService, entity: EntityType, ordinal: number): LoadedType {
  const at = `entity type ${entity.name}`;
  const shared = model.services.some(
    (other) => other !== service.service && other.entities.some(({ name }) => name === entity.name),
  );
  const derived = loadDerived(entity, at);
  const names = [...derived.keys()];
  // Behind the first that needs the world, what is stored does not tell all that an attribute may read.
  const open = names.findIndex((name) => derived.get(name)?.selfContained === false);
  const told = new Set(open < 0 ? names : names.slice(0, open));
  const surroundings: Surroundings = {
    allClosed: open < 0,
    isClosed: (name) => derived.get(name)?.selfContained ?? true,
    readsOf: (name) => derived.get(name)?.reads ?? new Set(),
  };
  const views = Object.entries(entity.views).map(
    ([name, template]) => [name, loadTemplate(template, surroundings, `${at}, view ${name}`)] as const,
  );
  return {
    ordinal,
    name: entity.name,
    worldName: shared ? `${service.name}.${entity.name}` : entity.name,
    service,
    key: loadTuple(entity.key),
    tuples: tuplesOf(service.service, entity),
    derived,
    views: new Map(views),
    maxima: maximaOf(service.service, entity.name),
    selfContained: open < 0,
    derivedFrom: dependents(derived),
    derive(attributes, name) {
      if (!told.has(name)) return undefined;
      return derived.get(name)?.template.render({ it: attributes, base: service.base }, NO_HOST);
    },
  };
}

const WORLD_FUNCTIONS: ReadonlySet<string> = new Set([...HOST_FUNCTIONS, '$view']);
const OWN_NAMES: ReadonlySet<string> = new Set(['it', 'base']);

/** What is known of `it` when a template is read. */
interface Surroundings {
  /** Needs no member of `it` the world? */
  readonly allClosed: boolean;
  /** Needs this one no world? */
  readonly isClosed: (member: string) => boolean;
  /** What this one was derived from. */
  readonly readsOf: (member: string) => LoadedTemplate['reads'];
}

/** They are computed in their order: each may read those before it, and behind the first that needs the world, all. */
function loadDerived(entity: EntityType, at: string): ReadonlyMap<string, LoadedTemplate> {
  const sources = entity.derived ?? {};
  const derived = new Map<string, LoadedTemplate>();
  let allClosed = true;
  for (const [name, source] of Object.entries(sources)) {
    const closedBefore = allClosed;
    const isClosed = (member: string): boolean =>
      derived.get(member)?.selfContained ?? (closedBefore || !Object.hasOwn(sources, member));
    const readsOf = (member: string): LoadedTemplate['reads'] => derived.get(member)?.reads ?? new Set();
    const one = loadTemplate(source, { allClosed, isClosed, readsOf }, `${at}, derived ${name}`);
    allClosed &&= one.selfContained;
    derived.set(name, one);
  }
  return derived;
}

function dependents(derived: LoadedType['derived']): LoadedType['derivedFrom'] {
  const always: string[] = [];
  const byAttribute = new Map<string, string[]>();
  for (const [name, { reads }] of derived) {
    if (reads === 'all') always.push(name);
    // Where nothing is derived, an attribute of its own name shows.
    else for (const read of new Set([...reads, name])) byAttribute.set(read, [...(byAttribute.get(read) ?? []), name]);
  }
  return (changed) => new Set([...always, ...changed.flatMap((attribute) => byAttribute.get(attribute) ?? [])]);
}

function loadTemplate(source: Template, { allClosed, isClosed, readsOf }: Surroundings, at: string): LoadedTemplate {
  const template = located(at, () => compileTemplate(source));
  const ownNames = template.variables.every((name) => OWN_NAMES.has(name));
  const members = template.membersOf('it');
  const selfContained =
    ownNames &&
    template.functions.every((name) => !WORLD_FUNCTIONS.has(name)) &&
    (members === 'all' ? allClosed : members.every(isClosed));
  return { template, selfContained, ownNames, reads: members === 'all' ? 'all' : readsThrough(members, readsOf) };
}

function readsThrough(members: readonly string[], readsOf: Surroundings['readsOf']): LoadedTemplate['reads'] {
  const reads = new Set<string>();
  for (const member of members) {
    const behind = readsOf(member);
    if (behind === 'all') return 'all';
    reads.add(member);
    for (const name of behind) reads.add(name);
  }
  return reads;
}

export function loadTuple(attributes: readonly string[]): LookupTuple {
  return { name: attributes.join(','), paths: attributes.map((attribute) => attribute.split('.')) };
}

/** Aliases and the tuples of bindings, each once, without the key. */
function tuplesOf(service: Service, entity: EntityType): readonly LookupTuple[] {
  const bindings = service.routes.flatMap((route) => [
    ...(route.bindings ?? []),
    ...[...(route.guards ?? []), ...route.cases].flatMap((rule) => rule.each?.bindings ?? []),
  ]);
  const bound = bindings.flatMap(({ type, by }) => (type === entity.name && by !== undefined ? [by] : []));
  const tuples = new Map([...(entity.aliases ?? []), ...bound].map((names) => [names.join(','), loadTuple(names)]));
  tuples.delete(entity.key.join(','));
  return [...tuples.values()];
}

/** The tuple of those attributes, which tuplesOf has found before; the key without any. */
export function tupleNamed(type: LoadedType, attributes: readonly string[] | undefined): LookupTuple {
  const name = attributes?.join(',');
  return type.tuples.find((tuple) => tuple.name === name) ?? type.key;
}
