// What the model does not say: how a step comes to know it, and what the client is told.
import { isArray, isObject, memberOf, putMember, type Json } from '../std/json.ts';

/** Thrown inside one step only; the message says what is not known. */
export class UnknownTransition extends Error {}

/** What the request does is known and done; only what the answer says is not. */
export class UnknownAnswer extends UnknownTransition {}

/** The value, or undefined where it rests on what is not known. */
export function ifKnown<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof UnknownTransition) return undefined;
    throw error;
  }
}

export const UNKNOWN_STATUS = 501;
export const UNKNOWN_TEXT = 'Not Implemented';

/** An error of the API that says nothing but `UNKNOWN_TEXT`: texts are replaced, and `status` wherever it stands. */
export function unknownShaped(value: Json, status: number | undefined): Json {
  if (typeof value === 'string') return value === String(status) ? String(UNKNOWN_STATUS) : UNKNOWN_TEXT;
  if (value === status) return UNKNOWN_STATUS;
  if (isArray(value)) return value.map((element) => unknownShaped(element, status));
  if (!isObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value)) putMember(copy, name, unknownShaped(memberOf(value, name) as Json, status));
  return copy;
}
