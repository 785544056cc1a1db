// Which part of a model stands in which file of the clone's folder.
import { isAssetPath } from './assets.ts';
import { assert } from '../std/errors.ts';
import type { CloneModel, EntityType, Route, Service } from './clone-model.ts';
import { LATENCY_FILE } from './latencies.ts';
import { parseRoutePath } from './route-path.ts';

export const CLONE_FILE = 'clone.yaml';
export const OVERRIDES_FOLDER = 'overrides/';
export const EXTERNS_FOLDER = 'externs/';
export const COUNTEREXAMPLES_FOLDER = 'counterexamples/';

const HUMAN_FOLDERS = [OVERRIDES_FOLDER, EXTERNS_FOLDER, COUNTEREXAMPLES_FOLDER];

/** What a person writes: the compiler never touches these. */
export function isHumanFile(path: string): boolean {
  return path === 'probes.yaml' || path === 'tasks.yaml' || HUMAN_FOLDERS.some((folder) => path.startsWith(folder));
}

/** What answers and rewards of a clone come from: its model, how long answers take, and what is judged. Counts, reports and counterexamples are not. */
export const isServedFile = (path: string): boolean =>
  /\.(yaml|ndjson)$/.test(path) || path === LATENCY_FILE || isAssetPath(path);

const FILE_NAME_LENGTH_MAX = 80;
const ROUTE_GROUP_DEPTH_MAX = 4;
/** Folder names in a clone that cannot be those of a service. */
const RESERVED_FOLDERS = ['overrides', 'externs', 'counterexamples', 'assets'];

/** Folder of each service, in the order of the services. */
export function serviceFolders(services: readonly { readonly name: string }[]): readonly string[] {
  return distinctFileNames(
    services.map((service) => service.name),
    RESERVED_FOLDERS,
  );
}

/** File name, without folder and ending, of each entity type, in the order of the types. */
export function entityFileNames(entities: readonly { readonly name: string }[]): readonly string[] {
  return distinctFileNames(
    entities.map((entity) => entity.name),
    [],
  );
}

/**
 * File name, without folder and ending, of the resource that a route belongs to: its first literal path segments. Routes
 * with the same name share a file.
 */
export function routeFileName(path: string): string {
  const literals = parseRoutePath(path).flatMap((segment) =>
    segment.kind === 'literal' && segment.text !== '' ? [segment.text] : [],
  );
  return literals.length === 0 ? 'root' : fileName(literals.slice(0, ROUTE_GROUP_DEPTH_MAX).join('-')).toLowerCase();
}

/**
 * The model in the order in which its files hold it: entity types by name, routes by file, path and method, seeds in the
 * order of the types. The order of services, rules, bindings and seed entities means something and stays.
 */
export function inFileOrder(model: CloneModel): CloneModel {
  return { ...model, services: model.services.map(serviceInFileOrder) };
}

function serviceInFileOrder(service: Service): Service {
  const entities = [...service.entities].sort((a, b) => compare(a.name, b.name));
  return { ...service, entities, routes: routesInFileOrder(service.routes), seed: seedInFileOrder(service, entities) };
}

function routesInFileOrder(routes: readonly Route[]): readonly Route[] {
  const keyed = routes.map((route) => ({ route, file: routeFileName(route.path) }));
  keyed.sort(
    (a, b) =>
      compare(a.file, b.file) ||
      compare(a.route.path, b.route.path) ||
      compare(a.route.method, b.route.method) ||
      compare(a.route.id, b.route.id),
  );
  return keyed.map(({ route }) => route);
}

function seedInFileOrder(service: Service, entities: readonly EntityType[]): Service['seed'] {
  const known = new Set(entities.map(({ name }) => name));
  for (const type of Object.keys(service.seed))
    assert(known.has(type), `the seeded type ${type} is an entity type of ${service.name}`);
  return Object.fromEntries(
    entities.flatMap(({ name }) => (Object.hasOwn(service.seed, name) ? [[name, service.seed[name] ?? []]] : [])),
  );
}

/** Names fit for any file system; those that would meet where letter case does not count get a number. */
function distinctFileNames(names: readonly string[], reserved: readonly string[]): readonly string[] {
  const taken = new Set(reserved);
  return names.map((name) => {
    const base = fileName(name);
    let candidate = base;
    for (let count = 2; taken.has(candidate.toLowerCase()); count += 1) candidate = `${base}-${count}`;
    taken.add(candidate.toLowerCase());
    return candidate;
  });
}

function fileName(text: string): string {
  const kept = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  return kept.slice(0, FILE_NAME_LENGTH_MAX) || 'unnamed';
}

/** Order of code units, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
