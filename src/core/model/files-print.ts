// A model as the text files of its folder. Printing is canonical: equal models give byte-equal files.
import { printJson, type Json } from '../std/json.ts';
import type { CloneModel, Route, Service } from './clone-model.ts';
import { CLONE_FILE, entityFileNames, inFileOrder, routeFileName, serviceFolders } from './file-layout.ts';
import { cloneFile, entityFile, errorsFile, routesFile, serviceFile } from './file-schemas.ts';
import { printYaml } from './yaml-text.ts';

/**
 * Files of a model by path relative to the clone's folder, sorted by path. Seeds are JSON lines, all else YAML.
 * `readCloneFiles` gives back the model in file order (see `inFileOrder`).
 */
export function printCloneFiles(model: CloneModel): ReadonlyMap<string, string> {
  const { formatVersion, clock, services } = inFileOrder(model);
  const folders = serviceFolders(services);
  const files = new Map([[CLONE_FILE, printYaml(cloneFile.parse({ formatVersion, clock, services: folders }))]]);
  services.forEach((service, index) => {
    for (const [path, text] of serviceFiles(service)) files.set(`${folders[index]}/${path}`, text);
  });
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function* serviceFiles(service: Service): Generator<readonly [path: string, text: string]> {
  const { name, origins, principals, issued, repeats, generators, documents, entities, routes, errors, seed } = service;
  const described = { name, origins, principals, issued, repeats, generators, documents };
  yield ['service.yaml', printYaml(serviceFile.parse(described) as unknown as Json)];
  yield ['errors.yaml', printYaml(errorsFile.parse(errors) as unknown as Json)];

  const fileNames = entityFileNames(entities);
  for (const [index, entity] of entities.entries()) {
    const fileName = fileNames[index] ?? '';
    yield [`entities/${fileName}.yaml`, printYaml(entityFile.parse(entity) as unknown as Json)];
    if (Object.hasOwn(seed, entity.name)) {
      const lines = seed[entity.name] ?? [];
      yield [`seed/${fileName}.ndjson`, lines.map((line) => `${printJson(line)}\n`).join('')];
    }
  }

  for (const [fileName, group] of routesByFile(routes)) {
    yield [`routes/${fileName}.yaml`, printYaml(routesFile.parse(group) as unknown as Json)];
  }
}

function routesByFile(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    const file = routeFileName(route.path);
    const group = groups.get(file);
    if (group === undefined) groups.set(file, [route]);
    else group.push(route);
  }
  return groups;
}
