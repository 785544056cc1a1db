// Which names a rule reads. A binding that no rule reads, but only asks whether it is there, or changes, need not be made an
// object that expressions can look into.
import type { LoadedBinding, LoadedEffect, LoadedQuery, LoadedReply, LoadedRule } from './loaded-rule.ts';

/** What a compiled expression and a compiled template tell of their names. */
interface Reader {
  readonly read: readonly string[];
}

/** Names whose values the rule reads anywhere in it; those of its own lets and effects are among them. */
export function namesReadBy(rule: LoadedRule): readonly string[] {
  const { when, doubt, query, letsBefore, letsAfter, each, effects, reply } = rule;
  const lets = [...letsBefore, ...letsAfter].map(({ expression }) => expression);
  const elements = each === undefined ? [] : [...each.list.read, ...namesReadByBindings(each.bindings)];
  return [
    ...namesOf([when, doubt, ...lets]),
    ...(query === undefined ? [] : namesReadByQuery(query)),
    ...elements,
    ...(each?.rules.flatMap(namesReadBy) ?? []),
    ...effects.flatMap(namesReadByEffect),
    ...namesReadByReply(reply),
  ];
}

export function namesReadByBindings(bindings: readonly LoadedBinding[]): readonly string[] {
  return bindings.flatMap(({ key }) => namesOf(key));
}

export function namesReadByReply({ headers, body, text }: LoadedReply): readonly string[] {
  return namesOf([...headers.map(({ value }) => value), body, text]);
}

function namesReadByQuery({ where, order, sortFields }: LoadedQuery): readonly string[] {
  return namesOf([where, ...order.map(({ by }) => by), ...sortFields.values()]);
}

function namesReadByEffect({ when, from, where, set, list, inner, drawn }: LoadedEffect): readonly string[] {
  const templates = [...set.map(({ template }) => template), ...drawn.map(({ expression }) => expression)];
  return [...namesOf([when, from, where, list, ...templates]), ...inner.flatMap(namesReadByEffect)];
}

function namesOf(readers: readonly (Reader | undefined)[]): readonly string[] {
  return readers.flatMap((reader) => reader?.read ?? []);
}
