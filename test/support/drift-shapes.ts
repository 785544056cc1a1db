// Counts written by hand, for tests of the parts of drift.
import type { ClientDifferences } from '../../src/core/drift/client-differences.ts';
import type { Surroundings } from '../../src/core/drift/field-changes.ts';
import type { Hypothesis } from '../../src/core/drift/change.ts';
import type { AnswerShape, FieldShape, RouteShape, Shapes } from '../../src/core/model/shapes.ts';

/** A field that all of `of` objects had, as texts, unless told otherwise. */
export function field(of: number, more: Partial<FieldShape> = {}): FieldShape {
  return { of, some: of, every: of, sessions: Math.min(of, 5), kinds: { string: more.some ?? of }, ...more };
}

/** An answer whose body is an object with these fields. */
export function answer(count: number, fields: Readonly<Record<string, FieldShape>> = {}, status = 200): AnswerShape {
  const root = field(count, { kinds: { object: count } });
  return { status, count, sessions: Math.min(count, 5), fields: { '': root, ...fields } };
}

export function routeOf(...answers: readonly AnswerShape[]): RouteShape {
  return { service: 'api', route: 'items.get', answers };
}

export function shapesWith(...answers: readonly AnswerShape[]): Shapes {
  return { formatVersion: 1, routes: [routeOf(...answers)], sent: {} };
}

export const noClientDifferences: ClientDifferences = {
  sentByOne: new Set(),
  sentKeys: new Set(),
  texts: new Set(),
  sendsNewKind: () => false,
};

export const surroundings: Surroundings = {
  steadiness: { presence: 0.5, members: 0.5, kinds: 0.5, nulls: 0.5, statuses: 0.5 },
  clients: noClientDifferences,
  known: { keys: new Set(), hasKind: () => false },
};

/** What was found: `rule field argument`. */
export function changesIn(hypotheses: readonly Hypothesis[]): string[] {
  return hypotheses.flatMap(({ change }) =>
    change === undefined ? [] : [[change.rule, change.field, change.argument].filter(Boolean).join(' ')],
  );
}
