// Finds the rule that answers a request and runs it.
import type { HttpResponse } from '../exchange/exchange.ts';
import { isTrue, type Scope } from '../model/expression.ts';
import type { JsonObject } from '../std/json.ts';
import { runEffects } from './effects.ts';
import { tupleTextOf } from './attribute-path.ts';
import type { StepHost } from './host.ts';
import type { LoadedBinding } from './loaded-model.ts';
import type { LoadedRule, NamedExpression } from './loaded-rule.ts';
import { runQuery } from './query.ts';
import { renderReply } from './reply.ts';
import { UnknownAnswer, UnknownTransition } from './unknown.ts';

/** Gives every binding's name its entity; a later binding may use the names of earlier ones. */
export function bind(bindings: readonly LoadedBinding[], scope: Scope, host: StepHost): void {
  for (const { name, type, tuple, key } of bindings) {
    const text = tupleTextOf(key.map((expression) => expression.evaluate(scope, host)));
    const entity = text === undefined ? undefined : host.draft.withTuple(type, tuple, text);
    scope[name] = entity === undefined ? undefined : host.objectOf(type, entity);
  }
}

/** The first rule whose `when` is true or absent. Generated values that a condition asks for are not used up. */
export function firstThatHolds(rules: readonly LoadedRule[], scope: Scope, host: StepHost): LoadedRule | undefined {
  const { sequences } = host.draft;
  for (const rule of rules) {
    const holds = rule.when === undefined || isTrue(rule.when.evaluate(scope, host));
    host.draft.sequences = sequences;
    if (holds) return rule;
  }
  return undefined;
}

/**
 * Lets, query, effects, reply. Throws UnknownTransition where the model does not say what happens, UnknownAnswer where only
 * the reply is not known.
 */
export function runRule(rule: LoadedRule, params: JsonObject, scope: Scope, host: StepHost): HttpResponse {
  setNames(rule.letsBefore, scope, host);
  if (rule.query !== undefined) scope['list'] = runQuery(rule.query, params, scope, host);
  setNames(rule.letsAfter, scope, host);
  if (rule.effects.length === 0) return renderReply(rule.reply, scope, host);
  runEffects(rule.effects, scope, host, letNames(rule));
  try {
    return renderReply(rule.reply, scope, host);
  } catch (error) {
    throw error instanceof UnknownTransition ? new UnknownAnswer(error.message) : error;
  }
}

/** What a let holds stays as it was: rules name by it how an entity was before the effects. */
const letNames = (rule: LoadedRule): ReadonlySet<string> =>
  new Set([...rule.letsBefore, ...rule.letsAfter].map(({ name }) => name));

function setNames(lets: readonly NamedExpression[], scope: Scope, host: StepHost): void {
  for (const { name, expression } of lets) scope[name] = expression.evaluate(scope, host);
}
