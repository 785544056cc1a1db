// Pass "lone refusals": routes that were only ever asked for what is not there (`PUT /todos/900`, 404). That says nothing
// of what they do where it is there: such a call is unknown, and not refused.
import type { Route } from '../../model/clone-model.ts';
import { type BindingDraft, type Evidence, boundLife, subjectOf } from '../evidence.ts';

/** Routes with their lone refusals as guards, where what their path names was never there. */
export function guardLoneRefusals(evidence: Evidence, routes: readonly Route[]): Route[] {
  return routes.map((route) => {
    const subject = subjectOf(evidence, route);
    const [rule, ...others] = [...(route.guards ?? []), ...route.cases];
    if (subject === undefined || rule === undefined || others.length > 0) return route;
    if (rule.reply.status !== 404 || rule.when !== undefined || !isNeverThere(evidence, route, subject)) return route;
    return { ...route, guards: [{ ...rule, when: `${subject.name} == missing` }], cases: [] };
  });
}

function isNeverThere(evidence: Evidence, { id }: Route, subject: BindingDraft): boolean {
  const calls = evidence.byRoute.get(id) ?? [];
  return calls.length > 0 && calls.every((call) => boundLife(evidence, call, subject) === undefined);
}
