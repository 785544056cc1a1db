// What a compiled piece of an expression is.
import type { Host, Scope, Value } from './expression.ts';

export type Evaluate = (scope: Scope, host: Host) => Value;

export interface Code {
  readonly run: Evaluate;
  /** Set when the value depends on nothing. */
  readonly constant?: { readonly value: Value };
}

const noScope: Scope = {};
const noHost: Host = { call: () => undefined, has: () => false };

export function constantCode(value: Value): Code {
  return { run: () => value, constant: { value } };
}

/** The code, reduced to its value when all the parts that it depends on are constant. */
export function foldedCode(run: Evaluate, parts: readonly Code[]): Code {
  return parts.every((part) => part.constant !== undefined) ? constantCode(run(noScope, noHost)) : { run };
}
