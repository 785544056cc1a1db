// Pass "pooling": what the service does everywhere, for the cells that a route has no evidence of its own for: the
// answer to a subject that is not there, and to a path that does not exist. Own evidence is never overridden.
import { headerValue } from '../../exchange/exchange.ts';
import { append } from '../../std/grouping.ts';
import type { Reply, Route, Rule } from '../../model/clone-model.ts';
import { compileExpression } from '../../model/expression.ts';
import { routeParameters } from '../../model/route-path.ts';
import { compileTemplate } from '../../model/template.ts';
import { equalJson, type Json } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { ASKER, boundLife, type Evidence } from '../evidence.ts';
import { literalText, quote } from '../explain/literal.ts';

/** Adds guards for bindings that a route needs but was never recorded without. */
export function poolGuards(evidence: Evidence, routes: readonly Route[]): Route[] {
  const missing = commonReplies(routes, ({ when = '' }) => /^\w+ == missing$/.test(when) && when !== NO_ASKER);
  const anonymous = commonReplies(routes, (rule) => rule.when === ANONYMOUS);
  return routes.map((route) => {
    const own = [...(route.guards ?? []), ...route.cases];
    const mentions = (text: string): boolean => own.some((rule) => rule.when?.includes(text) === true);
    const first: Rule[] = [];
    const last: Rule[] = [];
    const stranger = anonymous.find((reply) => canSay(route, reply));
    if (
      stranger !== undefined &&
      refusesStrangers(routes, route) &&
      !mentions('principal.id') &&
      neverAnonymous(evidence, route)
    )
      first.push(pooled(route, stranger, ANONYMOUS, 'anonymous'));
    const nothing = missing.find((reply) => canSay(route, reply));
    if (nothing !== undefined)
      for (const binding of route.bindings ?? []) {
        const fromPath = binding.key.length > 0 && binding.key.every((key) => key.startsWith('path'));
        if (fromPath && !mentions(`${binding.name} == missing`) && !worksWithout(evidence, route, binding.name))
          last.push(pooled(route, nothing, `${binding.name} == missing`, `no-${binding.name}`));
      }
    // Services ask who it is before anything else; a subject's absence yields to what the route showed itself.
    const guards = [...first, ...(route.guards ?? []), ...last];
    return first.length + last.length === 0 ? route : { ...route, guards };
  });
}

const ANONYMOUS = 'principal.id == "anonymous"';
const NO_ASKER = `${ASKER} == missing`;

/** Names that the rules of every route may use. */
const SHARED_NAMES = new Set(['path', 'query', 'body', 'body_text', 'header', 'method', 'principal', 'base']);

/** Everything that the reply reads exists where the route answers: its path parameters too. */
function canSay(route: Route, reply: Reply): boolean {
  const parts = [
    ...(reply.headers ?? []).map(({ value }) => compileExpression(value)),
    ...(reply.text === undefined ? [] : [compileExpression(reply.text)]),
    ...(reply.body === undefined ? [] : [compileTemplate(reply.body)]),
  ];
  if (parts.some(({ variables }) => variables.some((name) => !SHARED_NAMES.has(name)))) return false;
  const params = new Set(routeParameters(route.path));
  const read = JSON.stringify(reply).matchAll(/\bpath\.(\w+)/g);
  return [...read].every(([, name]) => params.has(name as string));
}

/** The route was seen to succeed although the entity was not known to be there. */
function worksWithout(evidence: Evidence, route: Route, name: string): boolean {
  const binding = (evidence.bindings.get(route.id) ?? []).find((each) => each.name === name);
  if (binding === undefined) return true;
  return (evidence.byRoute.get(route.id) ?? []).some(
    (call) => !call.refused && boundLife(evidence, call, binding) === undefined,
  );
}

const pooled = (route: Route, reply: Reply, when: string, name: string): Rule => ({
  id: `${route.id} ${name}`,
  when,
  reply,
  provenance: 'pooled',
});

/** The replies that rules of a kind give, the commonest first. */
function commonReplies(routes: readonly Route[], isKind: (rule: Rule) => boolean): Reply[] {
  const groups: { reply: Reply; count: number }[] = [];
  for (const route of routes)
    for (const rule of route.guards ?? []) {
      if (!isKind(rule)) continue;
      const group = groups.find((each) => equalJson(each.reply as unknown as Json, rule.reply as unknown as Json));
      if (group === undefined) groups.push({ reply: rule.reply, count: 1 });
      else group.count++;
    }
  return groups.sort((a, b) => b.count - a.count).map(({ reply }) => reply);
}

/** Of the routes that write, at least two refuse those who do not say who they are, and this one writes too. */
function refusesStrangers(routes: readonly Route[], route: Route): boolean {
  const writes = (each: Route): boolean => each.method !== 'GET' && each.method !== 'HEAD';
  const refusing = routes.filter((each) => writes(each) && (each.guards ?? []).some((rule) => rule.when === ANONYMOUS));
  return writes(route) && refusing.length >= 2;
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
      append(groups, id, call);
    }
  }
  const best = [...groups.values()].sort((a, b) => b.length - a.length)[0];
  const call = best?.[0];
  if (call === undefined) return [];
  const type = headerValue(call.headers, 'content-type');
  return [
    {
      id: 'unknown path',
      reply: {
        status: call.status,
        ...(type === undefined ? {} : { headers: [{ name: 'content-type', value: quote(type) }] }),
        ...(call.answer !== undefined ? { body: { $literal: call.answer as never } } : {}),
        ...(call.xml === undefined ? {} : { xml: call.xml.name }),
        ...(call.answer === undefined && call.answerText !== undefined ? { text: literalText(call.answerText) } : {}),
      },
      provenance: 'pooled',
    },
  ];
}
