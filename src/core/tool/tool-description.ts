// What the description of a tool says: the request, what it does to the world, and how it was answered.
import type { Effect, Route, Rule } from '../model/clone-model.ts';
import type { RouteShape } from '../model/shapes.ts';

/** `POST /issues: creates Issue. Answers seen: 201 (14 times), 422 (3 times).` */
export function describeRoute({ method, path, guards = [], cases }: Route, shape: RouteShape | undefined): string {
  const deeds = [...new Set(cases.flatMap(deedsOf))];
  const does = deeds.length === 0 ? '' : `: ${deeds.join(', ')}`;
  return `${method} ${path}${does}. ${answersSeen([...guards, ...cases], shape)}`;
}

function deedsOf({ effects = [], query }: Rule): readonly string[] {
  const deeds = effects.flatMap(deedsOfEffect);
  return deeds.length > 0 || query === undefined ? deeds : [`lists ${query.type}`];
}

const deedsOfEffect = (effect: Effect): readonly string[] =>
  effect.kind === 'each' ? effect.do.flatMap(deedsOfEffect) : [deedOf(effect)];

function deedOf(effect: Exclude<Effect, { kind: 'each' }>): string {
  switch (effect.kind) {
    case 'create':
      return `creates ${effect.type}`;
    case 'delete':
      return `deletes ${effect.target}`;
    case 'merge':
    case 'replace':
      return `changes ${effect.target}`;
    case 'delete-where':
      return `deletes ${effect.type}`;
    case 'merge-where':
      return `changes ${effect.type}`;
  }
}

function answersSeen(rules: readonly Rule[], shape: RouteShape | undefined): string {
  if (shape === undefined) {
    const statuses = [...new Set(rules.map(({ reply }) => reply.status))].sort((a, b) => a - b);
    return `Answers: ${statuses.join(', ')}.`;
  }
  const counts = new Map<number, number>();
  for (const { status, count } of shape.answers) counts.set(status, (counts.get(status) ?? 0) + count);
  return `Answers seen: ${[...counts].map(([status, count]) => `${status} (${count} times)`).join(', ')}.`;
}
