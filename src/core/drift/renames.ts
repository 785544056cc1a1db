// A field that is gone and one that appeared in the same objects, alike in kind: one change, not two.
import { splitMemberPath } from '../model/body-profile.ts';
import type { AnswerShape, FieldShape } from '../model/shapes.ts';
import { canonicalText } from '../std/canonical.ts';
import { isUniversal } from './change.ts';
import { combined } from './evidence.ts';
import { hasChange, type WeighedChange, type WeighedHypothesis } from './weight.ts';

export type AnswerLookup = (
  change: WeighedChange['change'],
) => { readonly baseline: AnswerShape; readonly fresh: AnswerShape } | undefined;

/** The hypotheses with each clear pair of a removed and an added field of one answer made one. */
export function mergeRenames(
  hypotheses: readonly WeighedHypothesis[],
  answersOf: AnswerLookup,
): readonly WeighedHypothesis[] {
  const universal = hypotheses.filter(hasChange).filter(isUniversal);
  const gone = universal.filter(
    ({ change: { rule } }) => rule === 'field.removed' || rule === 'field.optional-removed',
  );
  const added = universal.filter(({ change: { rule } }) => rule === 'field.added');
  const merged = new Map<WeighedHypothesis, WeighedHypothesis | undefined>();
  for (const old of gone) {
    const candidates = added.filter((each) => isSameField(old, each, answersOf));
    const [candidate] = candidates;
    if (candidate === undefined || candidates.length > 1) continue;
    if (gone.filter((each) => isSameField(each, candidate, answersOf)).length > 1) continue;
    merged.set(old, renamed(old, candidate));
    merged.set(candidate, undefined);
  }
  return hypotheses.flatMap((hypothesis) => (merged.has(hypothesis) ? (merged.get(hypothesis) ?? []) : [hypothesis]));
}

function renamed(old: WeighedChange, added: WeighedChange): WeighedHypothesis {
  const { change } = old;
  const name = added.change.field ?? '';
  return {
    ...old,
    cause: `renamed ${keyOf(old)} ${keyOf(added)}`,
    isOrdinary: false,
    probability: combined([old.probability, added.probability]),
    change: {
      ...change,
      rule: 'field.renamed',
      argument: name,
      observed: `${change.observed}, ${name} ${added.change.observed}`,
      fresh: added.change.fresh,
    },
  };
}

/** In the same object, with values of the same kinds and formats. */
function isSameField(old: WeighedChange, added: WeighedChange, answersOf: AnswerLookup): boolean {
  const [a, b] = [old.change, added.change];
  if (a.service !== b.service || a.route !== b.route || a.status !== b.status) return false;
  const [before, now] = [splitMemberPath(a.field ?? ''), splitMemberPath(b.field ?? '')];
  if (before === undefined || now === undefined || before.holder !== now.holder) return false;
  const answers = answersOf(a);
  const [oldShape, newShape] = [answers?.baseline.fields[a.field ?? ''], answers?.fresh.fields[b.field ?? '']];
  return oldShape !== undefined && newShape !== undefined && lookOf(oldShape) === lookOf(newShape);
}

function lookOf({ kinds, formats = {} }: FieldShape): string {
  return canonicalText([Object.keys(kinds), Object.keys(formats)]);
}

function keyOf({ change: { field = '' } }: WeighedChange): string {
  return splitMemberPath(field)?.key ?? field;
}
