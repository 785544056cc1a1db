// What a compile has to say about its input: findings, not errors. Codes are stable, so that a machine may act on them.

export type DiagnosticCode =
  /** A service could not be compiled and is not in the clone. */
  | 'service-failed'
  /** Exchanges ended without an answer and taught nothing. */
  | 'unanswered'
  /** Exchanges whose bodies were cut taught nothing. */
  | 'truncated'
  /** An override names a rule that the clone does not have, or not once. */
  | 'override-unmatched'
  /** A locked rule cannot stay as it was. */
  | 'lock-lost'
  /** Recorded exchanges say otherwise than a locked rule. */
  | 'lock-contradicted'
  /** The clone answers a counterexample otherwise. */
  | 'counterexample-unsatisfied'
  /** A sample of what the clone knows could not be measured. */
  | 'not-measured';

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning' | 'note';
  /** What, which value, and what to do next. */
  readonly message: string;
  readonly service?: string;
  /** Ids of exchanges it is about, at most a few. */
  readonly exchanges?: readonly string[];
}

const FAILED_CHECKS: readonly DiagnosticCode[] = ['override-unmatched', 'lock-lost', 'counterexample-unsatisfied'];

/** What a person wrote beside the clone does not hold of it: a failed check, though the clone is written. */
export const isFailedCheck = ({ code }: Diagnostic): boolean => FAILED_CHECKS.includes(code);
