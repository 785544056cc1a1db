// Pass "pooling": what the service does everywhere, for the cells that a route has no evidence of its own for: the
// answer to a subject that is not there, and to a path that does not exist. Own evidence is never overridden.
import type { Route, Rule } from '../model/clone-model.ts';
import { equalJson, type Json } from '../std/json.ts';
import type { Call } from './call.ts';
import { boundLife, type Evidence } from './evidence.ts';
import { literalText, quote } from './explain/literal.ts';

/** Adds guards for bindings that a route needs but was never recorded without. */
export function poolGuards(evidence: Evidence, routes: readonly Route[]): Route[] {
  const missing = commonGuard(routes, (rule) => /^\w+ == missing$/.test(rule.when ?? ''));
  const anonymous = commonGuard(routes, (rule) => rule.when === 'principal.id == "anonymous"');
  return routes.map((route) => {
    const own = [...(route.guards ?? []), ...route.cases];
    const added: Rule[] = [];
    const mentions = (text: string): boolean => own.some((rule) => rule.when?.includes(text) === true);
    if (
      anonymous !== undefined &&
      agrees(routes, route, anonymous) &&
      !mentions('principal.id') &&
      neverAnonymous(evidence, route)
    )
      added.push(pooled(route, anonymous, 'principal.id == "anonymous"', 'anonymous'));
    if (missing !== undefined)
      for (const binding of route.bindings ?? []) {
        const fromPath = binding.key.length > 0 && binding.key.every((key) => key.startsWith('path'));
        if (fromPath && !mentions(`${binding.name} == missing`) && !worksWithout(evidence, route, binding.name))
          added.push(pooled(route, missing, `${binding.name} == missing`, `no-${binding.name}`));
      }
    return added.length === 0 ? route : { ...route, guards: [...(route.guards ?? []), ...added] };
  });
}

/** The route was seen to succeed although the entity was not known to be there. */
function worksWithout(evidence: Evidence, route: Route, name: string): boolean {
  const binding = (evidence.bindings.get(route.id) ?? []).find((each) => each.name === name);
  if (binding === undefined) return true;
  return (evidence.byRoute.get(route.id) ?? []).some(
    (call) => call.status < 400 && boundLife(evidence, call, binding) === undefined,
  );
}

const pooled = (route: Route, guard: Rule, when: string, name: string): Rule => ({
  id: `${route.id} ${name}`,
  when,
  reply: guard.reply,
  provenance: 'pooled',
});

/** The reply that most rules of a kind give. */
function commonGuard(routes: readonly Route[], isKind: (rule: Rule) => boolean): Rule | undefined {
  const groups: { rule: Rule; count: number }[] = [];
  for (const route of routes)
    for (const rule of route.guards ?? []) {
      if (!isKind(rule)) continue;
      const group = groups.find((each) => equalJson(each.rule.reply as unknown as Json, rule.reply as unknown as Json));
      if (group === undefined) groups.push({ rule, count: 1 });
      else group.count++;
    }
  return groups.sort((a, b) => b.count - a.count)[0]?.rule;
}

/** A rule about who asks is pooled among routes that write, or among routes that read, where at least two have it. */
function agrees(routes: readonly Route[], route: Route, guard: Rule): boolean {
  const writes = (each: Route): boolean => each.method !== 'GET' && each.method !== 'HEAD';
  if (!writes(route)) return false;
  const having = routes.filter((each) => writes(each) && (each.guards ?? []).some((rule) => rule.when === guard.when));
  return having.length >= 2;
}

function neverAnonymous(evidence: Evidence, route: Route): boolean {
  return (evidence.byRoute.get(route.id) ?? []).every((call) => evidence.principals.of[call.index]?.id !== 'anonymous');
}

/** Answers to paths that no route matches: the commonest constant answer to paths that never worked. */
export function unknownPathRules(evidence: Evidence): Rule[] {
  const groups = new Map<string, Call[]>();
  for (const calls of evidence.byRoute.values()) {
    if (!calls.every((call) => call.status === 404 || call.status === 405)) continue;
    for (const call of calls) {
      const id = `${call.status}\n${JSON.stringify(call.answer) ?? call.answerText ?? ''}`;
      groups.set(id, [...(groups.get(id) ?? []), call]);
    }
  }
  const best = [...groups.values()].sort((a, b) => b.length - a.length)[0];
  const call = best?.[0];
  if (call === undefined) return [];
  const type = call.headers.find(([name]) => name === 'content-type')?.[1];
  return [
    {
      id: 'unknown path',
      reply: {
        status: call.status,
        ...(type === undefined ? {} : { headers: [{ name: 'content-type', value: quote(type) }] }),
        ...(call.answer !== undefined ? { body: { $literal: call.answer as never } } : {}),
        ...(call.answer === undefined && call.answerText !== undefined ? { text: literalText(call.answerText) } : {}),
      },
      provenance: 'pooled',
    },
  ];
}
