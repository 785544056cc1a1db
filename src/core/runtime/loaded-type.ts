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
  const surroundings = { allClosed: open < 0, isClosed: (name: string) => derived.get(name)?.selfContained ?? true };
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
    const one = loadTemplate(source, { allClosed, isClosed }, `${at}, derived ${name}`);
    allClosed &&= one.selfContained;
    derived.set(name, one);
  }
  return derived;
}

function loadTemplate(source: Template, { allClosed, isClosed }: Surroundings, at: string): LoadedTemplate {
  const template = located(at, () => compileTemplate(source));
  const ownNames = template.variables.every((name) => OWN_NAMES.has(name));
  const members = template.membersOf('it');
  const selfContained =
    ownNames &&
    template.functions.every((name) => !WORLD_FUNCTIONS.has(name)) &&
    (members === 'all' ? allClosed : members.every(isClosed));
  return { template, selfContained, ownNames };
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
