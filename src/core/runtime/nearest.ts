// What to say where the model does not know, when an operator prefers a likely answer to an honest 501: that of the rule of the
// route most of whose condition holds. It is no transition: nothing of what that rule does to the world is done.
import type { HttpResponse } from '../exchange/exchange.ts';
import { listParameters, viewRequest } from '../exchange/request-view.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { StepHost } from './host.ts';
import { scopeOf } from './request-scope.ts';
import { bind, runRule } from './rule.ts';
import { explainStep } from './step-explanation.ts';
import type { AddressedRequest } from './step.ts';
import { UnknownTransition } from './unknown.ts';
import type { World } from './world.ts';
import { WorldDraft } from './world-draft.ts';

export interface NearestAnswer {
  /** Id of the rule. */
  readonly rule: string;
  readonly response: HttpResponse;
}

/** Of rules that hold equally much, the first; undefined where no route matches or none of its rules can answer. */
export function nearestAnswer(
  loaded: LoadedModel,
  world: World,
  request: AddressedRequest,
  time: number,
): NearestAnswer | undefined {
  const service = loaded.services.find((each) => each.service.origins.includes(request.origin));
  const view = viewRequest(request);
  const match = service?.router.match(view.method, view.path);
  const route = match?.route === undefined ? undefined : service?.routes.get(match.route.id);
  if (service === undefined || match === undefined || route === undefined) return undefined;
  const shares = explainStep(loaded, world, request).rules.map(({ claims }) => shareOf(claims));
  const nearest = route.rules
    .map((rule, at) => ({ rule, share: shares[at] ?? 0 }))
    .toSorted((a, b) => b.share - a.share)
    .map(({ rule }) => rule);
  const answer = (rule: LoadedRule): NearestAnswer | undefined => {
    const draft = new WorldDraft(loaded.dependentTuples, world);
    const scope = scopeOf(service, view, match, draft);
    const host = new StepHost(draft, service, time, scope);
    try {
      bind(route.bindings, scope, host);
      return { rule: rule.rule.id, response: runRule(rule, listParameters(view), scope, host) };
    } catch (error) {
      if (error instanceof UnknownTransition) return undefined;
      throw error;
    }
  };
  for (const rule of nearest) {
    const answered = answer(rule);
    if (answered !== undefined) return answered;
  }
  return undefined;
}

function shareOf(claims: readonly { readonly holds: boolean }[]): number {
  return claims.length === 0 ? 1 : claims.filter(({ holds }) => holds).length / claims.length;
}
