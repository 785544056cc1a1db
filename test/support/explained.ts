// Examples for the explainer, and the runtime's own view of what it says about them.
import { addSources, type Sample, type Sources } from '../../src/core/compiler/explain/samples.ts';
import { compileExpression, type Host, type Scope, type Value } from '../../src/core/model/expression.ts';
import type { Template } from '../../src/core/model/clone-model.ts';
import { compileTemplate } from '../../src/core/model/template.ts';
import { formatTime } from '../../src/core/std/clock.ts';
import type { Json } from '../../src/core/std/json.ts';
import { TOY_START } from './toy-recording.ts';

/** The clock, and refs as they are stored; enough for expressions without a world. */
const host: Host = {
  has: (name) => name === 'now' || name === 'ref',
  call: (name, [first, second]) => {
    if (name === 'now') return formatTime(TOY_START, typeof first === 'string' ? first : 'iso-ms');
    return { $ref: first as Json, key: second ?? null };
  },
};

export const evaluated = (text: string, scope: Scope = {}): Value => compileExpression(text).evaluate(scope, host);
export const rendered = (template: Template, scope: Scope = {}): Value => compileTemplate(template).render(scope, host);

/** What each name stands for in an example. */
export function sourcesOf(scope: Scope, cost = 3): Sources {
  const sources: Sources = new Map();
  for (const [name, value] of Object.entries(scope)) addSources(sources, name, value, cost);
  return sources;
}

/** An example at the beginning of the toys' time. */
export const example = (scope: Scope, target: Json | undefined): Sample => ({
  sources: sourcesOf(scope),
  target,
  from: TOY_START,
  until: TOY_START + 1,
});
