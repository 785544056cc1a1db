// A CloneModel made ready to run: every expression and template a closure, every name resolved. Made once, shared by all
// episodes, never changed.
import type { CloneModel, Generator, Principal, Reply, Service } from '../model/clone-model.ts';
import type { Body } from '../exchange/exchange.ts';
import type { CompiledExpression } from '../model/expression.ts';
import { modelDigest } from '../model/model-digest.ts';
import { compileRouter, type Router } from '../model/router.ts';
import { MynahError } from '../std/errors.ts';
import { memberOf, type Json, type JsonObject } from '../std/json.ts';
import { seedValue } from './entity-object.ts';
import { digestWithExterns, NO_EXTERNS, type Externs } from './externs.ts';
import {
  compileBinding,
  compileExpressionAt,
  compileReply,
  compileRule,
  typeNamed,
  type LoadedBinding,
  type LoadedReply,
  type LoadedRule,
} from './loaded-rule.ts';
import { loadType, type LoadedType, type LookupTuple } from './loaded-type.ts';
import { ModelMemory } from './model-memory.ts';
import { namesReadBy, namesReadByBindings, namesReadByReply } from './read-names.ts';
import { emptyWorld, hashEntity, type World } from './world.ts';
import { WorldDraft } from './world-draft.ts';
import { addHash, ZERO_HASH, type Hash } from './world-hash.ts';

export interface LoadedRoute {
  readonly id: string;
  readonly bindings: readonly LoadedBinding[];
  /** Guards, then cases. */
  readonly rules: readonly LoadedRule[];
}

export interface LoadedGenerator {
  readonly name: string;
  readonly generator: Generator;
  readonly scope: readonly CompiledExpression[];
}

/** How requests that are sent again are answered. */
export interface LoadedRepeats {
  readonly header: string;
  readonly methods: readonly string[];
  readonly type: LoadedType;
  readonly otherwise: LoadedReply | undefined;
}

export interface LoadedService {
  readonly service: Service;
  readonly name: string;
  /** The origin that absolute addresses in answers begin with. */
  readonly base: string;
  readonly types: ReadonlyMap<string, LoadedType>;
  readonly generators: ReadonlyMap<string, LoadedGenerator>;
  readonly router: Router;
  readonly routes: ReadonlyMap<string, LoadedRoute>;
  readonly errors: readonly LoadedRule[];
  /** The rule whose reply shows how this API words an error, if there is one. */
  readonly errorShape: LoadedRule | undefined;
  readonly repeats: LoadedRepeats | undefined;
  readonly principals: readonly Principal[];
  /** Bodies of immutable files, by content hash. */
  readonly assets: ReadonlyMap<string, Body>;
  /** Functions that the operator enabled, by name. */
  readonly externs: Externs;
  /** What steps remember; no part of what the model says. */
  readonly memory: ModelMemory;
}

/** A type whose key or tuples pass through references, and an attribute that they pass to. */
export interface DependentTuple {
  readonly type: LoadedType;
  readonly attribute: string;
}

/** Digests and hashes are computed when they are first asked for. */
export interface LoadedModel {
  readonly model: CloneModel;
  readonly digest: string;
  readonly services: readonly LoadedService[];
  /** By ordinal. */
  readonly types: readonly LoadedType[];
  readonly dependentTuples: readonly DependentTuple[];
  /** The seeded world before any step, for seed 0. */
  readonly start: World;
  /** Hash of all entities of `start`. */
  readonly startHash: Hash;
}

export interface LoadOptions {
  /** Bodies of the clone's immutable files, by content hash. */
  readonly assets?: ReadonlyMap<string, Body>;
  /** Functions that expressions may call as `extern(name, …)`. */
  readonly externs?: Externs;
}

/**
 * Compiles a model.
 *
 * @throws {MynahError} ERR_EXPRESSION_SYNTAX, ERR_TEMPLATE_SHAPE, ERR_ROUTE_PATH, and ERR_MODEL_NAME for a name of an entity
 * type or generator that the model does not define; the message says in which rule. ERR_LIMIT_ENTITIES for too large a seed, ERR_MODEL_SEED
 * for two entities of a seed with one key.
 */
export function loadModel(
  model: CloneModel,
  { assets = new Map(), externs = NO_EXTERNS }: LoadOptions = {},
): LoadedModel {
  const types: LoadedType[] = [];
  const services = model.services.map((service) => loadService(model, service, types, { assets, externs }));
  const dependentTuples = types.flatMap((type) =>
    [type.key, ...type.tuples].flatMap(({ paths }) =>
      paths.flatMap((path) => path.slice(1).map((attribute) => ({ type, attribute }))),
    ),
  );
  const start = seededWorld(services, types);
  let digest: string | undefined;
  let startHash: Hash | undefined;
  return {
    model,
    services,
    types,
    dependentTuples,
    start,
    get digest() {
      return (digest ??= digestWithExterns(modelDigest(model), externs));
    },
    get startHash() {
      return (startHash ??= hashWorld(types, start));
    },
  };
}

function seededWorld(services: readonly LoadedService[], types: readonly LoadedType[]): World {
  const draft = new WorldDraft([], emptyWorld(types));
  for (const { service, types: typesByName } of services) {
    for (const [name, type] of typesByName) {
      for (const attributes of Object.hasOwn(service.seed, name) ? (service.seed[name] ?? []) : []) {
        draft.insertSeed(type, seedValue(attributes, (other) => typesByName.has(other)) as JsonObject);
      }
    }
  }
  // A key that passes through references is known once what they name has its key: at most one round a type.
  const dependent = types.filter(({ key, tuples }) => [key, ...tuples].some(passesThroughReferences));
  for (let round = 0; round < dependent.length; round += 1) for (const type of dependent) draft.reindex(type, true);
  return { ...draft.finish(), step: 0, hash: ZERO_HASH };
}

function passesThroughReferences(tuple: LookupTuple): boolean {
  return tuple.paths.some((path) => path.length > 1);
}

function hashWorld(types: readonly LoadedType[], world: World): Hash {
  let hash = ZERO_HASH;
  for (const type of types) {
    world.stores[type.ordinal]?.slots.forEach((entity) => {
      hash = addHash(hash, hashEntity(type, entity));
    });
  }
  return hash;
}

function loadService(
  model: CloneModel,
  service: Service,
  allTypes: LoadedType[],
  { assets, externs }: Required<LoadOptions>,
): LoadedService {
  const types = new Map<string, LoadedType>();
  const generators = new Map<string, LoadedGenerator>();
  const routes = new Map<string, LoadedRoute>();
  const errors: LoadedRule[] = [];
  const loaded = {
    service,
    name: service.name,
    base: service.origins[0] ?? '',
    types,
    generators,
    router: compileRouter(service.routes),
    routes,
    errors,
    errorShape: undefined as LoadedRule | undefined,
    repeats: undefined as LoadedRepeats | undefined,
    principals: service.principals.map((principal) => ({
      ...principal,
      attributes: seedValue(principal.attributes, (name) =>
        service.entities.some((entity) => entity.name === name),
      ) as JsonObject,
    })),
    assets,
    externs,
    memory: new ModelMemory(),
  };
  for (const entity of service.entities) {
    const type = loadType(model, loaded, entity, allTypes.length);
    allTypes.push(type);
    types.set(entity.name, type);
  }
  for (const [name, generator] of Object.entries(service.generators)) {
    generators.set(name, loadGenerator(name, generator));
  }
  for (const route of service.routes) {
    const bindings = (route.bindings ?? []).map((binding) => compileBinding(binding, types, `route ${route.id}`));
    const rules = [...(route.guards ?? []), ...route.cases].map((rule) => compileRule(rule, types));
    routes.set(route.id, { id: route.id, bindings, rules });
  }
  errors.push(...service.errors.map((rule) => compileRule(rule, types)));
  for (const rule of [...errors, ...[...routes.values()].flatMap(({ rules }) => rules)])
    requireDocument(service, rule.rule.reply, `rule ${rule.rule.id}`);
  loaded.errorShape = errorShapeOf(errors, [...routes.values()]);
  loaded.repeats = loadRepeats(service, types);
  const readAnywhere = namesReadAnywhere(loaded);
  for (const route of routes.values()) routes.set(route.id, withReadBindings(route, readAnywhere));
  return loaded;
}

/** By views, by scopes of generators, and by whatever may show how this API words an error. */
function namesReadAnywhere({ generators, errors, routes, repeats }: LoadedService): readonly string[] {
  const refusals = [...errors, ...[...routes.values()].flatMap(({ rules }) => rules)]
    .map(({ reply }) => reply)
    .filter(({ status }) => status >= 400);
  return [
    'principal',
    ...[...generators.values()].flatMap(({ scope }) => scope.flatMap(({ read }) => read)),
    ...[...refusals, ...(repeats?.otherwise === undefined ? [] : [repeats.otherwise])].flatMap(namesReadByReply),
  ];
}

/** Tells of each binding whether something reads what it names. */
function withReadBindings(route: LoadedRoute, readAnywhere: readonly string[]): LoadedRoute {
  const read = new Set([...readAnywhere, ...namesReadByBindings(route.bindings), ...route.rules.flatMap(namesReadBy)]);
  return { ...route, bindings: route.bindings.map((one) => ({ ...one, isNeverRead: !read.has(one.name) })) };
}

function requireDocument({ documents = {} }: Service, { xml }: Reply, at: string): void {
  if (xml === undefined || Object.hasOwn(documents, xml)) return;
  const known = Object.keys(documents).join(', ');
  throw new MynahError('ERR_MODEL_NAME', `${at}: there is no document ${xml} (there are: ${known}).`, {
    name: xml,
    at,
  });
}

function loadRepeats(service: Service, types: ReadonlyMap<string, LoadedType>): LoadedRepeats | undefined {
  if (service.repeats === undefined) return undefined;
  const { header, methods, type, otherwise } = service.repeats;
  if (otherwise !== undefined) requireDocument(service, otherwise, 'repeats, otherwise');
  return {
    header,
    methods,
    type: typeNamed(types, type, 'repeats'),
    otherwise: otherwise === undefined ? undefined : compileReply(otherwise, 'repeats, otherwise'),
  };
}

function loadGenerator(name: string, generator: Generator): LoadedGenerator {
  const scoped = generator.kind === 'sequence' ? (generator.scope ?? []) : [];
  return { name, generator, scope: scoped.map((text) => compileExpressionAt(text, `generator ${name}`)) };
}

/** The first API-wide error with a body, else the guard whose kind of body is the most common. */
function errorShapeOf(errors: readonly LoadedRule[], routes: readonly LoadedRoute[]): LoadedRule | undefined {
  const shaped = errors.find(({ reply }) => reply.body !== undefined || reply.text !== undefined);
  if (shaped !== undefined) return shaped;
  const kinds = new Map<string, LoadedRule[]>();
  for (const rule of routes.flatMap((route) => route.rules)) {
    const body = rule.rule.reply.body;
    if (rule.rule.reply.status < 400 || body === undefined) continue;
    const kind = Object.keys(Object(memberOf(body as Json, '$literal') ?? body))
      .sort()
      .join(' ');
    kinds.set(kind, [...(kinds.get(kind) ?? []), rule]);
  }
  return [...kinds.values()].reduce<LoadedRule[]>((best, rules) => (rules.length > best.length ? rules : best), [])[0];
}
