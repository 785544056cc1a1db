// A question that was asked of the counts, and the difference that it found, if it did. How surprising that is, is weighed in
// weight.ts; what is said about it in the end, in finding.ts.
import type { DriftRule } from './drift-rules.ts';
import type { Evidence } from './evidence.ts';

/** So many of so many units of evidence. */
export interface Count {
  readonly count: number;
  readonly of: number;
}

/** A difference between the counts before and now. */
export interface Change {
  readonly rule: DriftRule;
  readonly service: string;
  readonly route: string;
  /** Status of the answers, as the clone knows it. */
  readonly status?: number;
  /** Path of the field in the body. */
  readonly field?: string;
  /** What is new: a kind, a format, a value, a name, a status. */
  readonly argument?: string;
  /** What the clone has and what the recording shows, in words. */
  readonly expected: string;
  readonly observed: string;
  readonly baseline: Count;
  readonly fresh: Count;
}

export interface Hypothesis {
  /** What was asked of what, the same for every recording: `presence notes notes.get 200 title`. */
  readonly subject: string;
  /** What was asked, wherever: one change of the API shows in many places. */
  readonly cause: string;
  readonly evidence: Evidence;
  /** Sessions that the units before came from, and those now. */
  readonly sessions: number;
  readonly freshSessions: number;
  /** Prior probability that there never is such a deviation (see steadiness.ts). */
  readonly steadiness: number;
  /** The deviation can well be the doing of clients or entities: it takes more to be convinced. */
  readonly isOrdinary: boolean;
  /** Does it depend on what was asked alone, not on the entity that was asked about? Then every answer counts. */
  readonly isAboutRoute: boolean;
  readonly change?: Change;
}

/** Every fresh unit that could deviate does. */
export function isUniversal({ evidence }: Hypothesis): boolean {
  return evidence.freshDeviations === evidence.freshUnits;
}
