// Failures on the control plane as RFC 9457 problem details.
import { ERROR_CODES, type ErrorCode, type ErrorSpec } from '../../core/std/error-codes.ts';
import { MynahError } from '../../core/std/errors.ts';
import type { Json } from '../../core/std/json.ts';

export interface Problem {
  readonly status: number;
  readonly body: { readonly [key: string]: Json };
}

/** A failure with a code says what to do; anything else is a defect, of which a client is told nothing but that. */
export function problemOf(error: unknown): Problem {
  if (error instanceof MynahError) return problem(error.code, error.message);
  return { status: 500, body: { type: 'about:blank', title: 'A defect of the server.', status: 500 } };
}

function problem(code: ErrorCode, detail: string): Problem {
  const { title, status = 500 }: ErrorSpec = ERROR_CODES[code];
  return { status, body: { type: `urn:mynah:error:${code}`, title, status, code, detail } };
}
