// What an answer may be made of: the request, the entities as they are after the effects, and what bulk calls gave.
import type { Call } from '../calls/call.ts';
import type { Effects } from '../effects/effect-draft.ts';
import {
  addAttributeSources,
  boundLife,
  requestSources,
  routeOf,
  type BindingDraft,
  type Evidence,
} from '../evidence.ts';
import { memberText, quote } from '../explain/literal.ts';
import { isPlainObject, type Sources } from '../explain/samples.ts';
import { attributesAt, type Life } from '../timeline/timeline.ts';

/** The request, and the entities as they are after the call. */
export function replySources(evidence: Evidence, call: Call, effects: Effects): Sources {
  const sources = requestSources(evidence, call);
  for (const binding of evidence.bindings.get(routeOf(evidence, call).id) ?? []) {
    const life = boundLife(evidence, call, binding);
    const after = life === undefined ? undefined : attributesAt(life, call.index);
    if (after !== undefined) addAttributeSources(evidence, sources, binding.name, after, call.index + 1, 4);
    if (life === undefined) continue;
    const old = { $ref: life.type.name, key: life.key, old: true };
    sources.set(`ref(old_${binding.name})`, { value: old, cost: 3 });
    if (!isShownIn(evidence, call, life)) renameChanged(sources, binding.name, changedBy(effects, binding));
    // Whether it was there is asked when it is there no more.
    if (effects.effects.some((effect) => effect.kind === 'delete' && effect.binding === binding))
      sources.set(`old_${binding.name}`, { value: old, cost: 1 });
  }
  addResults(sources, call);
  const made = effects.made.get(call.index);
  if (made !== undefined) {
    addAttributeSources(evidence, sources, 'made', attributesAt(made, call.index) ?? {}, call.index + 1, 3);
    sources.set('ref(made)', { value: { $ref: made.type.name, key: made.key }, cost: 1 });
  }
  return sources;
}

const isShownIn = (evidence: Evidence, call: Call, life: Life): boolean =>
  (evidence.timeline.sightings[call.index] ?? []).some((sighting) => sighting.life === life);

/** Attributes of a bound entity that the effects set. */
const changedBy = ({ effects }: Effects, binding: BindingDraft): readonly string[] =>
  effects.flatMap((effect) => (effect.kind === 'change' && effect.binding === binding ? [...effect.set.keys()] : []));

/** What the answer does not show is known as it was before the effects: a reply, which is made after them, has to ask for that. */
function renameChanged(sources: Sources, name: string, changed: readonly string[]): void {
  for (const attribute of changed) {
    const own = memberText(name, attribute);
    for (const [expression, source] of [...sources]) {
      if (expression !== own && !expression.startsWith(`${own}.`) && !expression.startsWith(`${own}[`)) continue;
      sources.delete(expression);
      sources.set(`old_${expression}`, source);
    }
  }
}

const RESULT_WORDS_MAX = 4;

/** What the calls that a bulk call carried answered: how many, and how many of each kind. */
function addResults(sources: Sources, { carries }: Call): void {
  if (carries === undefined) return;
  const { results } = carries;
  const objects = results.filter(isPlainObject);
  sources.set('size(results)', { value: results.length, cost: 2 });
  for (const name of new Set(objects.flatMap((result) => Object.keys(result)))) {
    const member = memberText('r', name);
    const having = objects.filter((result) => result[name] !== undefined);
    sources.set(`size(results.filter(r, ${member} != missing))`, { value: having.length, cost: 4 });
    sources.set(`results.exists(r, ${member} != missing)`, { value: having.length > 0, cost: 4 });
    const words = new Set(having.map((result) => result[name]).filter((word) => typeof word === 'string'));
    if (words.size <= RESULT_WORDS_MAX)
      for (const word of words)
        sources.set(`size(results.filter(r, ${member} == ${quote(word)}))`, {
          value: having.filter((result) => result[name] === word).length,
          cost: 5,
        });
  }
}
