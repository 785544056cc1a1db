// What a person lays over compiled rules: the lists in `overrides/*.yaml`. Members of an override replace the members of
// the rule with that id; `locked: true` tells the compiler and drift that the rule is meant to stay.
import type { CloneModel, Route, Rule, Service } from './clone-model.ts';
import { ruleExpressions } from './expression-sites.ts';
import { OVERRIDES_FOLDER } from './file-layout.ts';
import { overridesFile } from './file-schemas.ts';
import { checkExpressions, shaped, wrong, type CloneFiles } from './files-read.ts';
import { parseYaml, type YamlSource } from './yaml-text.ts';

/** One entry of a list. */
export interface Override {
  /** Id of the rule. */
  readonly rule: string;
  /** Needed only where several services have a rule of that id. */
  readonly service: string | undefined;
  /** What replaces members of the rule. */
  readonly members: Partial<Omit<Rule, 'id'>>;
  readonly source: YamlSource;
  /** Its place in the list. */
  readonly index: number;
}

/**
 * The model with the overrides among these files applied, in order of file name and then of place. Other files are
 * passed over; without overrides the model itself is returned.
 *
 * @throws {MynahError} ERR_CLONE_FILE for a malformed file, an expression that does not parse, and for a rule id that no
 * service, or more than one, has.
 */
export function applyOverrides(model: CloneModel, files: CloneFiles): CloneModel {
  const overrides = readOverrides(files);
  const byService = new Map<string, Map<string, Override['members']>>();
  for (const override of overrides) {
    const owner = ownerOf(model, override);
    const rules = byService.get(owner) ?? new Map<string, Override['members']>();
    rules.set(override.rule, { ...rules.get(override.rule), ...override.members });
    byService.set(owner, rules);
  }
  if (byService.size === 0) return model;
  return {
    ...model,
    services: model.services.map((service) => {
      const own = byService.get(service.name);
      return own === undefined ? service : withRules(service, (rule) => ({ ...rule, ...own.get(rule.id) }));
    }),
  };
}

/**
 * The overrides among these files, not yet looked up in any model.
 *
 * @throws {MynahError} ERR_CLONE_FILE for a malformed file and for an expression that does not parse
 */
export function readOverrides(files: CloneFiles): readonly Override[] {
  const paths = [...files.keys()].filter((path) => path.startsWith(OVERRIDES_FOLDER) && path.endsWith('.yaml')).sort();
  return paths.flatMap((path) => {
    const source = parseYaml(path, files.get(path) ?? '');
    if (source.value === null) return [];
    return shaped(source, overridesFile).map((entry, index): Override => {
      const { rule, service, ...members } = entry as { rule: string; service?: string } & Override['members'];
      checkExpressions(source, ruleExpressions(members), [index]);
      return { rule, service, members, source, index };
    });
  });
}

/** Name of the service whose rule is meant. @throws {MynahError} ERR_CLONE_FILE when there is none, or more than one */
export function ownerOf(model: CloneModel, { rule: id, service: named, source, index }: Override): string {
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

/** The service with each of its rules replaced by what `change` makes of it. */
export function withRules(service: Service, change: (rule: Rule) => Rule): Service {
  const routes = service.routes.map((route): Route => ({
    ...route,
    ...(route.guards === undefined ? {} : { guards: route.guards.map(change) }),
    cases: route.cases.map(change),
  }));
  return { ...service, routes, errors: service.errors.map(change) };
}

export function rulesOf(service: Service): readonly Rule[] {
  return [...service.routes.flatMap((route) => [...(route.guards ?? []), ...route.cases]), ...service.errors];
}
