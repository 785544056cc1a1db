// Why a step was answered by the rule that answered it: each rule of the route with the claims of its condition, as they
// stood in the world before the step.
import { viewRequest } from '../exchange/request-view.ts';
import type { Rule } from '../model/clone-model.ts';
import { compileExpression, isTrue, type Scope, type Value } from '../model/expression.ts';
import { readsOf, splitClauses } from '../model/expression-clauses.ts';
import type { RouteMatch } from '../model/router.ts';
import type { Json } from '../std/json.ts';
import { storedValue } from './entity-object.ts';
import { StepHost } from './host.ts';
import type { LoadedModel, LoadedService } from './loaded-model.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { scopeOf } from './request-scope.ts';
import { bind } from './rule.ts';
import type { AddressedRequest } from './step.ts';
import { ifKnown } from './unknown.ts';
import { worldTime } from './world-clock.ts';
import type { World } from './world.ts';
import { WorldDraft } from './world-draft.ts';

export interface Claim {
  readonly text: string;
  readonly holds: boolean;
  /** What it reads, by expression; undefined is missing. Entities are shown as references. */
  readonly reads: Readonly<Record<string, Json | undefined>>;
}

export interface RuleExplanation {
  readonly rule: Rule;
  /** The whole condition holds; the first rule of which this is true answers. */
  readonly holds: boolean;
  /** Empty for a rule without condition. */
  readonly claims: readonly Claim[];
}

export interface StepExplanation {
  readonly service: string | undefined;
  readonly route: string | undefined;
  /** Entities that the route's bindings name, by name; undefined where there is none. */
  readonly bindings: Readonly<Record<string, Json | undefined>>;
  /** In the order in which they are asked: of the route, or of the service for paths that no route matches. */
  readonly rules: readonly RuleExplanation[];
}

/** Explains what `step` would do with the request in that world. */
export function explainStep(loaded: LoadedModel, world: World, request: AddressedRequest): StepExplanation {
  const service = loaded.services.find((each) => each.service.origins.includes(request.origin));
  if (service === undefined) return { service: undefined, route: undefined, bindings: {}, rules: [] };
  const view = viewRequest(request);
  const match = service.router.match(view.method, view.path);
  const draft = new WorldDraft(loaded.dependentTuples, world);
  const scope = scopeOf(service, view, match, draft);
  const time = worldTime(loaded, world);
  const host = new StepHost(draft, service, time, scope);
  const route = match.route === undefined ? undefined : service.routes.get(match.route.id);
  if (route !== undefined) ifKnown(() => bind(route.bindings, scope, host));
  return {
    service: service.name,
    route: route?.id,
    bindings: Object.fromEntries((route?.bindings ?? []).map(({ name }) => [name, shown(scope[name])])),
    rules: rulesOf(service, match).map((rule) => explainRule(rule, scope, host)),
  };
}

function rulesOf(service: LoadedService, match: RouteMatch): readonly LoadedRule[] {
  if (match.route === undefined) return service.errors;
  return service.routes.get(match.route.id)?.rules ?? [];
}

function explainRule({ rule, when }: LoadedRule, scope: Scope, host: StepHost): RuleExplanation {
  if (when === undefined) return { rule, holds: true, claims: [] };
  const claims = splitClauses(when.text).map((text) => explainClaim(text, scope, host));
  return { rule, holds: isTrue(valueOf(when.text, scope, host)), claims };
}

function explainClaim(text: string, scope: Scope, host: StepHost): Claim {
  const reads = readsOf(text).map((read) => [read, shown(valueOf(read, scope, host))]);
  return { text, holds: isTrue(valueOf(text, scope, host)), reads: Object.fromEntries(reads) as Claim['reads'] };
}

/** Asking does not use up what generators make. */
function valueOf(text: string, scope: Scope, host: StepHost): Value {
  const { sequences } = host.draft;
  // An extern that is not enabled, an attribute that nobody knows: what it would give is not known.
  const value = ifKnown(() => compileExpression(text).evaluate(scope, host));
  host.draft.sequences = sequences;
  return value;
}

const shown = (value: Value): Json | undefined => (value === undefined ? undefined : storedValue(value));
