// What a call throws, for tests that look at code, message and details of a failure.
import { MynahError } from '../../src/core/std/errors.ts';

/** The MynahError that `call` throws; anything else fails the test. */
export function failureOf(call: () => unknown): MynahError {
  try {
    call();
  } catch (error) {
    if (error instanceof MynahError) return error;
    throw error;
  }
  throw new Error('expected a MynahError, but nothing was thrown');
}

/** The MynahError that a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<MynahError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof MynahError) return outcome;
  throw outcome ?? new Error('expected a MynahError, but nothing was thrown');
}
