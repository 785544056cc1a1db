// Pass "effects": what a successful call does to the world. Judged by the state before and after, not by the verb:
// creations by the sites that keep showing new things, changes by comparing what is believed of each bound entity before
// with what is seen of it next, deletions by what never shows again.

import { type Call } from '../calls/call.ts';
import { explainChange } from './changes.ts';
import { creations, explainCreation, explainImplicit, implicitGroups } from './creations.ts';
import { type EffectContext, type EffectDraft, type Effects } from './effect-draft.ts';
import { stripSuffix } from '../entities/sites.ts';
import { type BindingDraft, type Evidence, boundLife, routeOf } from '../evidence.ts';
import { explainFolders } from './folders.ts';
import { isCalledDeletion } from '../timeline/named-deletions.ts';
import { isQuiet } from '../timeline/quiet-routes.ts';
import type { Life } from '../timeline/timeline.ts';

export function inferEffects(context: EffectContext, calls: readonly Call[]): Effects {
  const { evidence } = context;
  const first = calls[0];
  if (first === undefined || isQuiet(evidence, first)) return { effects: [], made: new Map() };
  const effects: EffectDraft[] = [];
  const made = new Map<number, Life>();
  for (const [site, sightings] of creations(evidence, calls)) {
    const create = explainCreation(
      context,
      site,
      sightings,
      effects.length === 0 ? 'made' : `made${effects.length + 1}`,
    );
    if (create === undefined) continue;
    effects.push(create);
    for (const [index, sighting] of sightings) if (!made.has(index)) made.set(index, sighting.life);
  }
  const makings = new Map<string, ReadonlyMap<number, Life>>([['made', made]]);
  for (const { type, births } of implicitGroups(evidence, calls)) {
    const as = `side${makings.size}`;
    const create = explainImplicit(context, calls, type, births, makings, as);
    if (create === undefined) continue;
    effects.push(create);
    makings.set(as, births);
  }
  const folders = explainFolders(context, calls, effects);
  if (folders !== undefined) effects.push(folders);
  for (const binding of evidence.bindings.get(routeOf(evidence, first).id) ?? []) {
    if (isDeletion(evidence, calls, binding)) {
      const last = explainChange(context, calls, binding, true);
      if (last !== undefined) effects.push(last);
      effects.push({ kind: 'delete', binding });
      continue;
    }
    const change = explainChange(context, calls, binding);
    if (change !== undefined) effects.push(change);
  }
  return { effects, made };
}

/** The bound entity never shows again after the call: it was deleted by it. */
function isDeletion(evidence: Evidence, calls: readonly Call[], binding: BindingDraft): boolean {
  const first = calls[0] as Call;
  const route = routeOf(evidence, first);
  const isSubject = binding.prefix !== undefined && stripSuffix(route.path) === binding.prefix;
  const named = isCalledDeletion(route);
  if (!(first.method === 'DELETE' && isSubject) && !(named && !isSubject)) return false;
  let gone = 0;
  let stayed = 0;
  for (const call of calls) {
    const life = boundLife(evidence, call, binding);
    if (life === undefined) continue;
    if (life.diedAt !== call.index && (!isSubject || life.lastSeen > call.index)) stayed++;
    else gone++;
  }
  return gone > stayed;
}
