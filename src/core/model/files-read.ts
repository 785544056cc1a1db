// The text files of a clone's folder as a model. Whatever is wrong is said with file, line and column.
import type { z } from 'zod';
import { MynahError } from '../std/errors.ts';
import { isObject, parseJson, type Json, type JsonObject } from '../std/json.ts';
import type { CloneModel, EntityType, Route, Rule, Service } from './clone-model.ts';
import { MODEL_FORMAT_VERSION } from './clone-model.ts';
import { compileExpression } from './expression.ts';
import { entityTypeExpressions, routeExpressions, ruleExpressions, type ExpressionSite } from './expression-sites.ts';
import { CLONE_FILE, inFileOrder } from './file-layout.ts';
import { cloneFile, describeIssue, entityFile, errorsFile, routesFile, serviceFile } from './file-schemas.ts';
import { parseRoutePath } from './route-path.ts';
import { fileError, parseYaml, type ValuePath, type YamlSource } from './yaml-text.ts';

export type CloneFiles = ReadonlyMap<string, string>;

/**
 * The model that the files of a clone's folder hold, in file order. Paths are relative to the folder; files that are not
 * part of a model (probes, reports, overrides) are passed over.
 *
 * @throws {MynahError} ERR_CLONE_FILE with file, line, column and what was expected, for the first thing that is wrong:
 * YAML or JSON syntax, a shape, a CEL expression, a route path, a name used twice, a reference to nothing.
 * @throws {MynahError} ERR_CLONE_FORMAT when the clone was made by another format version.
 */
export function readCloneFiles(files: CloneFiles): CloneModel {
  const source = readYaml(files, CLONE_FILE);
  checkFormatVersion(source);
  const { clock, services: folders } = shaped(source, cloneFile);
  const services = folders.map((folder, index) => {
    if (folders.indexOf(folder) !== index)
      throw wrong(source, ['services', index], `the folder ${folder} is named twice`);
    if (!files.has(`${folder}/service.yaml`)) {
      throw wrong(
        source,
        ['services', index],
        `the folder ${folder} holds no service.yaml; restore it or take it off this list`,
      );
    }
    return readService(files, folder);
  });
  return inFileOrder({ formatVersion: MODEL_FORMAT_VERSION, clock, services });
}

/** Reads the parts of a service and checks what holds between files. */
function readService(files: CloneFiles, folder: string): Service {
  const { issued, repeats, documents, ...described } = shaped(readYaml(files, `${folder}/service.yaml`), serviceFile);
  const entities: EntityType[] = [];
  const seed: Record<string, readonly JsonObject[]> = {};
  const entityNames = new Names('entity type');
  for (const file of filesIn(files, `${folder}/entities/`, '.yaml')) {
    const source = readYaml(files, file);
    const entity = shaped(source, entityFile) as EntityType;
    entityNames.add(entity.name, source, ['name']);
    checkExpressions(source, entityTypeExpressions(entity));
    entities.push(entity);
    const seedFile = file.replace('/entities/', '/seed/').replace(/yaml$/, 'ndjson');
    if (files.has(seedFile)) seed[entity.name] = readSeed(seedFile, files.get(seedFile) ?? '');
  }
  for (const file of filesIn(files, `${folder}/seed/`, '.ndjson')) {
    const entityPath = file.replace('/seed/', '/entities/').replace(/ndjson$/, 'yaml');
    if (!files.has(entityPath))
      throw fileError(file, { line: 1, column: 1 }, `there is no ${entityPath} that says what these entities are`);
  }
  const ids: RuleNames = {
    routes: new Names('route id'),
    rules: new Names('rule id'),
    shapes: new Names('method and path'),
  };
  const routes = filesIn(files, `${folder}/routes/`, '.yaml').flatMap((file) => readRoutes(readYaml(files, file), ids));
  const errors = files.has(`${folder}/errors.yaml`) ? readErrors(readYaml(files, `${folder}/errors.yaml`), ids) : [];
  return {
    ...described,
    ...(issued === undefined ? {} : { issued }),
    ...(documents === undefined ? {} : { documents }),
    ...(repeats === undefined ? {} : { repeats }),
    entities,
    routes,
    errors,
    seed,
  } as Service;
}

interface RuleNames {
  readonly routes: Names;
  readonly rules: Names;
  readonly shapes: Names;
}

function readRoutes(source: YamlSource, ids: RuleNames): readonly Route[] {
  const routes = shaped(source, routesFile) as unknown as readonly Route[];
  routes.forEach((route, index) => {
    ids.routes.add(route.id, source, [index, 'id']);
    ids.shapes.add(`${route.method} ${pathShape(source, [index, 'path'], route.path)}`, source, [index, 'path']);
    for (const part of ['guards', 'cases'] as const) {
      (route[part] ?? []).forEach((rule, at) => ids.rules.add(rule.id, source, [index, part, at, 'id']));
    }
    checkExpressions(source, routeExpressions(route), [index]);
  });
  return routes;
}

function readErrors(source: YamlSource, ids: RuleNames): readonly Rule[] {
  const rules = shaped(source, errorsFile) as unknown as readonly Rule[];
  rules.forEach((rule, index) => {
    ids.rules.add(rule.id, source, [index, 'id']);
    checkExpressions(source, ruleExpressions(rule), [index]);
  });
  return rules;
}

function readSeed(file: string, text: string): readonly JsonObject[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const entity = readSeedLine(file, line, index + 1);
    if (!isObject(entity)) throw fileError(file, { line: index + 1, column: 1 }, 'expected one entity, a JSON object');
    return [entity];
  });
}

function readSeedLine(file: string, text: string, line: number): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    const column = typeof error.details['column'] === 'number' ? error.details['column'] : 1;
    throw fileError(file, { line, column }, error.message);
  }
}

function readYaml(files: CloneFiles, file: string): YamlSource {
  const text = files.get(file);
  if (text === undefined)
    throw fileError(file, { line: 1, column: 1 }, 'the file is missing; a clone cannot be read without it');
  return parseYaml(file, text);
}

function filesIn(files: CloneFiles, folder: string, ending: string): readonly string[] {
  return [...files.keys()].filter((path) => path.startsWith(folder) && path.endsWith(ending)).sort();
}

function checkFormatVersion(source: YamlSource): void {
  const version = isObject(source.value) ? source.value['formatVersion'] : undefined;
  if (typeof version !== 'number' || version === MODEL_FORMAT_VERSION) return;
  throw new MynahError(
    'ERR_CLONE_FORMAT',
    `${source.file} has format version ${version}, this Mynah reads version ${MODEL_FORMAT_VERSION}; compile the recordings again.`,
    { version, expected: MODEL_FORMAT_VERSION },
  );
}

/** The value of a file when it has the shape, with its known keys in canonical order. */
export function shaped<T>(source: YamlSource, schema: z.ZodType<T>): T {
  const result = schema.safeParse(source.value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw wrong(source, [], 'malformed');
  const path = issue.path as ValuePath;
  if (issue.code !== 'unrecognized_keys') throw wrong(source, path, describeIssue(issue));
  const keyPath = [...path, issue.keys[0] ?? ''];
  throw fileError(source.file, source.placeOfKey(keyPath), describeIssue(issue), { path: keyPath });
}

/** Compiles every expression once, so that a mistake in one is found when the clone is read and not in an episode. */
export function checkExpressions(source: YamlSource, sites: Iterable<ExpressionSite>, path: ValuePath = []): void {
  for (const site of sites) {
    try {
      compileExpression(site.text);
    } catch (error) {
      if (!(error instanceof MynahError)) throw error;
      throw wrong(source, [...path, ...site.path], `this expression does not parse: ${error.message}`);
    }
  }
}

/** A path with the names of its parameters left out: two routes of one shape would hide each other. */
function pathShape(source: YamlSource, at: ValuePath, path: string): string {
  try {
    const segments = parseRoutePath(path).map((segment) => {
      if (segment.kind === 'literal') return segment.text;
      return segment.kind === 'rest' ? '{*}' : `${segment.prefix}{}${segment.suffix}`;
    });
    return `/${segments.join('/')}`;
  } catch (error) {
    if (error instanceof MynahError) throw wrong(source, at, error.message);
    throw error;
  }
}

/** ERR_CLONE_FILE at the place of a value. */
export function wrong(source: YamlSource, path: ValuePath, what: string): MynahError {
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return fileError(source.file, source.placeOf(path), `${where}${what}`, { path });
}

/** Names that may stand once in a service. */
class Names {
  readonly what: string;
  readonly files = new Map<string, string>();
  constructor(what: string) {
    this.what = what;
  }
  add(name: string, source: YamlSource, path: ValuePath): void {
    const earlier = this.files.get(name);
    if (earlier !== undefined) throw wrong(source, path, `the ${this.what} ${name} stands already in ${earlier}`);
    this.files.set(name, source.file);
  }
}
