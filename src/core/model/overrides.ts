// What a person lays over compiled rules: the lists in `overrides/*.yaml`. Members of an override replace the members of
// the rule with that id; `locked: true` tells the compiler and drift that the rule is meant to stay.
import type { CloneModel, Rule, Service } from './clone-model.ts';
import { ruleExpressions } from './expression-sites.ts';
import { OVERRIDES_FOLDER } from './file-layout.ts';
import { overridesFile } from './file-schemas.ts';
import { checkExpressions, shaped, wrong, type CloneFiles } from './files-read.ts';
import { parseYaml, type YamlSource } from './yaml-text.ts';

type Override = Partial<Omit<Rule, 'id'>>;

/**
 * The model with the overrides among these files applied, in order of file name and then of place. Other files are
 * passed over; without overrides the model itself is returned.
 *
 * @throws {MynahError} ERR_CLONE_FILE for a malformed file, an expression that does not parse, and for a rule id that no
 * service, or more than one, has.
 */
export function applyOverrides(model: CloneModel, files: CloneFiles): CloneModel {
  const paths = [...files.keys()].filter((path) => path.startsWith(OVERRIDES_FOLDER) && path.endsWith('.yaml')).sort();
  const byService = new Map<string, Map<string, Override>>();
  for (const path of paths) {
    const source = parseYaml(path, files.get(path) ?? '');
    if (source.value === null) continue;
    for (const [index, entry] of shaped(source, overridesFile).entries()) {
      const { rule: id, service, ...override } = entry as { rule: string; service?: string } & Override;
      checkExpressions(source, ruleExpressions(override), [index]);
      const owner = ownerOf(model, id, service, source, index);
      const rules = byService.get(owner) ?? new Map<string, Override>();
      rules.set(id, { ...rules.get(id), ...override });
      byService.set(owner, rules);
    }
  }
  if (byService.size === 0) return model;
  return { ...model, services: model.services.map((service) => overrideService(service, byService.get(service.name))) };
}

function overrideService(service: Service, overrides: ReadonlyMap<string, Override> | undefined): Service {
  if (overrides === undefined) return service;
  const apply = (rule: Rule): Rule => ({ ...rule, ...overrides.get(rule.id) });
  const routes = service.routes.map((route) => ({
    ...route,
    ...(route.guards === undefined ? {} : { guards: route.guards.map(apply) }),
    cases: route.cases.map(apply),
  }));
  return { ...service, routes, errors: service.errors.map(apply) };
}

function ownerOf(model: CloneModel, id: string, named: string | undefined, source: YamlSource, index: number): string {
  const owners = model.services.filter(
    (service) => (named === undefined || service.name === named) && rulesOf(service).some((rule) => rule.id === id),
  );
  const [owner] = owners;
  if (owner === undefined)
    throw wrong(source, [index, 'rule'], `the clone has no rule ${id}; take its id from the files in routes/`);
  if (owners.length === 1) return owner.name;
  const names = owners.map((service) => service.name).join(', ');
  throw wrong(
    source,
    [index, 'rule'],
    `the services ${names} each have a rule ${id}; say which one with service: NAME`,
  );
}

function rulesOf(service: Service): readonly Rule[] {
  return [...service.routes.flatMap((route) => [...(route.guards ?? []), ...route.cases]), ...service.errors];
}
