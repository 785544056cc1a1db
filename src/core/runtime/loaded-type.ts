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
  let closed = true;
  const derived = new Map<string, LoadedTemplate>();
  for (const [name, template] of Object.entries(entity.derived ?? {})) {
    // One that needs the world makes all later ones need it, because they may read it.
    const one = loadTemplate(template, closed, `${at}, derived ${name}`);
    closed = one.selfContained;
    derived.set(name, one);
  }
  const views = Object.entries(entity.views).map(
    ([name, template]) => [name, loadTemplate(template, closed, `${at}, view ${name}`)] as const,
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
    selfContained: closed,
    derive(attributes, name) {
      const one = derived.get(name);
      return one?.selfContained === true
        ? one.template.render({ it: attributes, base: service.base }, NO_HOST)
        : undefined;
    },
  };
}

const WORLD_FUNCTIONS: ReadonlySet<string> = new Set([...HOST_FUNCTIONS, '$view']);
const OWN_NAMES: ReadonlySet<string> = new Set(['it', 'base']);

function loadTemplate(source: Template, mayBeSelfContained: boolean, at: string): LoadedTemplate {
  const template = located(at, () => compileTemplate(source));
  const selfContained =
    mayBeSelfContained &&
    template.functions.every((name) => !WORLD_FUNCTIONS.has(name)) &&
    template.variables.every((name) => OWN_NAMES.has(name));
  return { template, selfContained };
}

export function loadTuple(attributes: readonly string[]): LookupTuple {
  return { name: attributes.join(','), paths: attributes.map((attribute) => attribute.split('.')) };
}

/** Aliases and the tuples of bindings, each once, without the key. */
function tuplesOf(service: Service, entity: EntityType): readonly LookupTuple[] {
  const bound = service.routes.flatMap((route) =>
    (route.bindings ?? []).flatMap(({ type, by }) => (type === entity.name && by !== undefined ? [by] : [])),
  );
  const tuples = new Map([...(entity.aliases ?? []), ...bound].map((names) => [names.join(','), loadTuple(names)]));
  tuples.delete(entity.key.join(','));
  return [...tuples.values()];
}

/** The tuple of those attributes, which tuplesOf has found before; the key without any. */
export function tupleNamed(type: LoadedType, attributes: readonly string[] | undefined): LookupTuple {
  const name = attributes?.join(',');
  return type.tuples.find((tuple) => tuple.name === name) ?? type.key;
}
