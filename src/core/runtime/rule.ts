// Finds the rule that answers a request and runs it.
import { eachElementsMax } from '../std/limits.ts';
import type { HttpResponse } from '../exchange/exchange.ts';
import { bodyOfElement } from '../exchange/request-view.ts';
import { isTrue, type Scope } from '../model/expression.ts';
import { isArray, type Json, type JsonObject } from '../std/json.ts';
import { runEffects } from './effects.ts';
import { Ref } from './entity-object.ts';
import { tupleTextOf } from './attribute-path.ts';
import type { StepHost } from './host.ts';
import type { LoadedBinding, LoadedEach, LoadedRule, NamedExpression } from './loaded-rule.ts';
import { runQuery } from './query.ts';
import { renderReply, renderResult } from './reply.ts';
import { UnknownAnswer, UnknownTransition } from './unknown.ts';

/** Gives every binding's name its entity; a later binding may use the names of earlier ones. */
export function bind(bindings: readonly LoadedBinding[], scope: Scope, host: StepHost): void {
  for (const { name, type, tuple, key, isNeverRead } of bindings) {
    const text = tupleTextOf(key.map((expression) => expression.evaluate(scope, host)));
    const entity = text === undefined ? undefined : host.draft.withTuple(type, tuple, text);
    if (entity === undefined) scope[name] = undefined;
    else scope[name] = isNeverRead ? new Ref(type.name, entity.id) : host.objectOf(type, entity);
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
 * Lets, query, what is done for each element, effects, reply. Throws UnknownTransition where the model does not say what
 * happens, UnknownAnswer where only the reply is not known.
 */
export function runRule(rule: LoadedRule, params: JsonObject, scope: Scope, host: StepHost): HttpResponse {
  act(rule, params, scope, host);
  if (rule.effects.length === 0 && rule.each === undefined) return renderReply(rule.reply, scope, host);
  try {
    return renderReply(rule.reply, scope, host);
  } catch (error) {
    throw error instanceof UnknownTransition ? new UnknownAnswer(error.message) : error;
  }
}

function act(rule: LoadedRule, params: JsonObject, scope: Scope, host: StepHost): void {
  setNames(rule.letsBefore, scope, host);
  if (rule.query !== undefined) scope['list'] = runQuery(rule.query, params, scope, host);
  if (rule.each !== undefined) scope['results'] = runEach(rule.each, params, scope, host);
  setNames(rule.letsAfter, scope, host);
  if (rule.effects.length > 0) runEffects(rule.effects, scope, host, letNames(rule));
}

/** What the elements of a list answer, each in the world that those before it left. Names that they set end with them. */
function runEach({ list, bindings, rules }: LoadedEach, params: JsonObject, scope: Scope, host: StepHost): Json[] {
  const elements = list.evaluate(scope, host);
  if (!isArray(elements)) throw new UnknownTransition('the request carries no list where one is known to stand');
  if (elements.length > eachElementsMax)
    throw new UnknownTransition(`the request's list has ${elements.length} elements, of at most ${eachElementsMax}`);
  const outer = { ...scope };
  const results: Json[] = [];
  for (const element of elements) {
    try {
      scope['whole'] = outer['body'];
      scope['body'] = bodyOfElement(element);
      bind(bindings, scope, host);
      const rule = firstThatHolds(rules, scope, host);
      if (rule === undefined) throw new UnknownTransition('no rule holds for an element of the list');
      act(rule, params, scope, host);
      const result = renderResult(rule.reply, scope, host);
      if (result !== undefined) results.push(result);
    } finally {
      for (const name of Object.keys(scope)) scope[name] = undefined;
      Object.assign(scope, outer);
    }
  }
  return results;
}

/** What a let holds stays as it was: rules name by it how an entity was before the effects. */
const letNames = (rule: LoadedRule): ReadonlySet<string> =>
  new Set([...rule.letsBefore, ...rule.letsAfter].map(({ name }) => name));

function setNames(lets: readonly NamedExpression[], scope: Scope, host: StepHost): void {
  for (const { name, expression } of lets) scope[name] = expression.evaluate(scope, host);
}
