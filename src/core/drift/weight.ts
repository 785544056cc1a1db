// How surprising each change is. What every fresh answer shows is counted in answers. What only some show may come from few
// entities that were met again and again, and is counted in sessions, which share no entity that a client made.
import { isUniversal, type Change, type Hypothesis } from './change.ts';
import { surprise } from './evidence.ts';

export interface WeighedHypothesis extends Hypothesis {
  /** How surprising it would be without drift, from 0 to 1; 1 where nothing changed. */
  readonly probability: number;
}

export interface WeighedChange extends WeighedHypothesis {
  readonly change: Change;
}

/** Fewer units than these before say nothing about what an API always does. */
const UNITS_MIN = 3;
/** So many fresh answers, all of them, convince even of what is ordinary. */
const FRESH_UNITS_CONVINCING = 10;

/** @param changedSessions in how many fresh sessions each subject changed, asked only when some changes are not universal */
export function weigh(
  hypotheses: readonly Hypothesis[],
  changedSessions: () => ReadonlyMap<string, number>,
): readonly WeighedHypothesis[] {
  return hypotheses
    .filter(({ evidence }) => evidence.units >= UNITS_MIN)
    .map((hypothesis) => ({ ...hypothesis, probability: probabilityOf(hypothesis, changedSessions) }));
}

function probabilityOf(hypothesis: Hypothesis, changedSessions: () => ReadonlyMap<string, number>): number {
  const { change, evidence, steadiness } = hypothesis;
  if (change === undefined) return 1;
  if (hypothesis.isAboutRoute || isUniversal(hypothesis)) return surprise(evidence, steadiness);
  const inSessions = {
    units: hypothesis.sessions,
    deviations: Math.min(evidence.deviations, hypothesis.sessions),
    freshUnits: hypothesis.freshSessions,
    freshDeviations: Math.min(changedSessions().get(hypothesis.subject) ?? 1, hypothesis.freshSessions),
  };
  return surprise(inSessions, steadiness);
}

/** Whether a change can be more than suspected. */
export function isConvincing(hypothesis: Hypothesis): boolean {
  if (!hypothesis.isOrdinary) return true;
  return isUniversal(hypothesis) && hypothesis.evidence.freshUnits >= FRESH_UNITS_CONVINCING;
}

export function hasChange(hypothesis: WeighedHypothesis): hypothesis is WeighedChange {
  return hypothesis.change !== undefined;
}
