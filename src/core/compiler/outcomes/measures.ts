// Predicates that measure what a request says by what its subject holds: more than there is (`body.amount > account.balance`),
// one of those that are there (`path.tag in item.tags`).
import { isArray, type Json } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { boundLife, routeOf, type BindingDraft, type Evidence } from '../evidence.ts';
import { memberText } from '../explain/literal.ts';
import { scalarOf } from '../explain/samples.ts';
import { attributesBefore } from '../timeline/timeline.ts';
import type { AddPredicate, SentValue } from './validation.ts';

const MEASURES_MAX = 200;
const COST = 3;

/** @param sent what the requests send, but for their paths */
export function addMeasures(
  evidence: Evidence,
  calls: readonly Call[],
  bindings: readonly BindingDraft[],
  sent: readonly SentValue[],
  add: AddPredicate,
): void {
  const path = routeOf(evidence, calls[0] as Call).prefixes.map(({ name }): SentValue => ({
    expression: memberText('path', name),
    read: (call) => routeOf(evidence, call).params[name],
  }));
  let count = 0;
  for (const binding of bindings) {
    const before = (call: Call) => {
      const life = boundLife(evidence, call, binding);
      return life === undefined ? {} : attributesBefore(life, call.index);
    };
    const names = new Set(calls.flatMap((call) => Object.keys(before(call)).filter((name) => !name.startsWith('$'))));
    for (const name of names) {
      const held = memberText(binding.name, name);
      for (const { expression: said, read } of [...sent, ...path]) {
        if (++count > MEASURES_MAX) return;
        if (calls.some((call) => typeof read(call) === 'number' && typeof before(call)[name] === 'number'))
          add(`${said} > ${held}`, COST, (call) => isMore(read(call), before(call)[name]));
        if (calls.some((call) => isArray(before(call)[name] ?? null)))
          add(`${said} in ${held}`, COST, (call) => isAmong(read(call), before(call)[name]));
      }
    }
  }
}

const isMore = (said: Json | undefined, held: Json | undefined): boolean =>
  typeof said === 'number' && typeof held === 'number' && said > held;

const isAmong = (said: Json | undefined, held: Json | undefined): boolean => {
  const text = scalarOf(said);
  return (
    text !== undefined &&
    isArray(held ?? null) &&
    (held as readonly Json[]).some((element) => scalarOf(element) === text && typeof element === typeof said)
  );
};
