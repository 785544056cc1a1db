// The one error class: an operating failure with a stable code. Findings about data are values, not errors.
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** A failure the user can act on. `message` says what, which value, and what to do next. */
export class MynahError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MynahError';
    this.code = code;
    this.details = details;
  }
  /** Exit code of a command that fails with this error. */
  get exit(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** Ends on a broken invariant: a defect of Mynah, never of its input. */
export function assert(claim: unknown, why: string): asserts claim {
  if (!claim) throw new Error(`invariant broken: ${why}`);
}

export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
