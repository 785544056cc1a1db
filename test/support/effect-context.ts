// Contexts of effects made of recordings that a test writes down.
import type { EffectContext, Effects } from '../../src/core/compiler/effects/effect-draft.ts';
import { inferEffects } from '../../src/core/compiler/effects/effects.ts';
import { inferSharedCounters } from '../../src/core/compiler/types/shared-counters.ts';
import { modelTypes } from '../../src/core/compiler/types/type-models.ts';
import { analysed, type Line } from './written-recording.ts';

export function contextOf(lines: readonly Line[]): EffectContext {
  const evidence = analysed(lines);
  return { evidence, types: modelTypes(evidence), generators: new Map(), counters: inferSharedCounters(evidence) };
}

/** Effects of the successful calls of a route. */
export function effectsOf(lines: readonly Line[], route: string): Effects {
  const context = contextOf(lines);
  const calls = context.evidence.byRoute.get(route) ?? [];
  return inferEffects(
    context,
    calls.filter(({ status }) => status < 300),
  );
}

export const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue', 'seeds', 'paint'];

/** A note with a title that nothing can be derived from, made or read. */
export const makeNote = (id: number, body: object, answer: object): Line => ({
  ask: 'POST /notes',
  body: { title: TITLES[id], ...body },
  status: 201,
  answer: { id, title: TITLES[id], ...answer },
});
export const readNote = (id: number, answer: object): Line => ({
  ask: `GET /notes/${id}`,
  answer: { id, title: TITLES[id], ...answer },
});
