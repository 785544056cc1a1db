// A fresh compile under what a person laid over the clone before: rules that are locked stay as they were, overrides are measured
// as they will be served, and what recordings say against either is told.
import { readCloneFiles, type CloneFiles } from '../model/files-read.ts';
import type { CloneModel, Route, Rule } from '../model/clone-model.ts';
import { CLONE_FILE } from '../model/file-layout.ts';
import { applyOverrides, ownerOf, readOverrides, rulesOf, withRules, type Override } from '../model/overrides.ts';
import { loadModel } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import { loadWithAssets, type CompiledServices } from './compile-services.ts';
import type { Diagnostic } from './diagnostic.ts';
import { ruleKey, type JudgementsByRule } from './doubts.ts';

export interface LaidOver {
  /** As it will be served: locked rules as they were, overrides applied. */
  readonly served: CompiledServices;
  /** Of a model of this compile: the locked rules put back, without overrides, as the compiler writes it. */
  keepLocked(model: CloneModel): CloneModel;
  /** A written model as it will be served. */
  lay(model: CloneModel): CloneModel;
  /** Rules that a person decided about, as `ruleKey` names them. */
  readonly decided: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Frozen {
  readonly service: string;
  readonly rule: Rule;
  /** Undefined for an answer of the service itself. */
  readonly route: string | undefined;
}

/**
 * @param present files of the clone's folder before this compile
 * @throws {MynahError} ERR_CLONE_FILE for overrides that are malformed
 */
export function layOver(compiled: CompiledServices, present: CloneFiles): LaidOver {
  const overrides = readOverrides(present);
  const diagnostics: Diagnostic[] = [];
  const frozen = frozenRules(overrides, present).filter((each) => {
    const complaint = complaintAbout(compiled.model, each);
    if (complaint !== undefined) diagnostics.push(complaint);
    return complaint === undefined;
  });
  const keepLocked = (model: CloneModel): CloneModel => frozen.reduce(withFrozen, model);
  const decided = new Set<string>();
  try {
    const kept = keepLocked(compiled.model);
    for (const override of overrides) decided.add(ruleKey(ownerOf(kept, override), override.rule));
    const lay = (model: CloneModel): CloneModel => applyOverrides(model, present);
    if (overrides.length === 0) return { served: compiled, keepLocked, lay, decided, diagnostics };
    const model = lay(kept);
    const served: CompiledServices = {
      ...compiled,
      model,
      loaded: loadWithAssets(model, compiled.assets),
      startingBefore: (exchange) => lay(keepLocked(compiled.startingBefore(exchange))),
    };
    return { served, keepLocked, lay, decided, diagnostics };
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    const message =
      `${error.message}. The clone is written, but cannot be served before this entry is changed or removed; ` +
      'it was measured without any override.';
    diagnostics.push({ code: 'override-unmatched', severity: 'error', message });
    return { served: compiled, keepLocked, lay: (model) => model, decided, diagnostics };
  }
}

/** What recordings say against rules that are locked. */
export function contradictions(model: CloneModel, judgements: JudgementsByRule): readonly Diagnostic[] {
  return model.services.flatMap(({ name, ...service }) =>
    rulesOf({ name, ...service }).flatMap((rule): readonly Diagnostic[] => {
      const asked = rule.locked === true ? (judgements.get(ruleKey(name, rule.id)) ?? []) : [];
      const wrong = asked.filter(({ isExact }) => !isExact);
      if (wrong.length === 0) return [];
      const exchanges = wrong.slice(0, EXAMPLES_SHOWN).map(({ exchange }) => exchange.id);
      const message =
        `the locked rule ${rule.id} of ${name} was wrong in ${wrong.length} of ${asked.length} recorded exchanges ` +
        `(${exchanges.join(', ')}); change its override if the API has changed.`;
      return [{ code: 'lock-contradicted', severity: 'warning', message, service: name, exchanges }];
    }),
  );
}

const EXAMPLES_SHOWN = 5;

/** Rules that overrides lock without saying how they are: they stay as the last compile wrote them. */
function frozenRules(overrides: readonly Override[], present: CloneFiles): readonly Frozen[] {
  const locked = overrides.filter(({ members }) => members.locked === true && Object.keys(members).length === 1);
  if (locked.length === 0 || !present.has(CLONE_FILE)) return [];
  const before = readCloneFiles(present);
  return locked.flatMap(({ rule: id, service: named }) =>
    before.services
      .filter(({ name }) => named === undefined || name === named)
      .flatMap((service): readonly Frozen[] => {
        const rule = rulesOf(service).find((each) => each.id === id);
        if (rule === undefined) return [];
        const route = service.routes.find((each) => [...(each.guards ?? []), ...each.cases].includes(rule));
        return [{ service: service.name, rule, route: route?.id }];
      }),
  );
}

/** Why a rule cannot stay as it was, if it cannot. */
function complaintAbout(model: CloneModel, frozen: Frozen): Diagnostic | undefined {
  const { service: name, rule, route } = frozen;
  const service = model.services.find((each) => each.name === name);
  const hasPlace =
    route === undefined ? service !== undefined : service?.routes.some((each) => each.id === route) === true;
  let reason = hasPlace ? undefined : `there is no route ${route ?? name} any more`;
  if (reason === undefined)
    try {
      loadModel(withFrozen(model, frozen));
    } catch (error) {
      if (!(error instanceof MynahError)) throw error;
      reason = error.message;
    }
  if (reason === undefined) return undefined;
  return {
    code: 'lock-lost',
    severity: 'error',
    message: `the locked rule ${rule.id} of ${name} cannot stay as it was: ${reason}. Write its members into the override, or remove that.`,
    service: name,
  };
}

/** The model with that rule as it was: in its own place, or first of its route where it is not learnt any more. */
function withFrozen(model: CloneModel, { service: name, rule, route: routeId }: Frozen): CloneModel {
  return {
    ...model,
    services: model.services.map((service) => {
      if (service.name !== name) return service;
      if (rulesOf(service).some(({ id }) => id === rule.id))
        return withRules(service, (each) => (each.id === rule.id ? rule : each));
      if (routeId === undefined) return { ...service, errors: [rule, ...service.errors] };
      const routes = service.routes.map((route): Route =>
        route.id === routeId ? { ...route, guards: [rule, ...(route.guards ?? [])] } : route,
      );
      return { ...service, routes };
    }),
  };
}
