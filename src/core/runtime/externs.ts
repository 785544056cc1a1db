// Functions that an operator lends to a clone, for what expressions cannot say. They get and give plain JSON, so that nothing
// of a world can be changed behind its back; whether they are deterministic is the operator's promise.
import type { Value } from '../model/expression.ts';
import { parseJson, printJson, type Json } from '../std/json.ts';
import { sha256Hex } from '../std/hashing.ts';
import { UnknownTransition } from './unknown.ts';

export interface Extern {
  /** Arguments and result as JSON.parse makes them; undefined where an expression says missing. */
  readonly apply: (...args: unknown[]) => unknown;
  /** SHA-256 of its source text, as hexadecimal digits. */
  readonly digest: string;
}

export type Externs = ReadonlyMap<string, Extern>;

export const NO_EXTERNS: Externs = new Map<string, Extern>();

/**
 * What the function gives. A step whose rule calls one that is not enabled, throws, gives a promise or what is no JSON is unknown: the clone
 * then does not know what the original does.
 */
export function callExtern(externs: Externs, [name, ...args]: readonly Value[]): Value {
  if (typeof name !== 'string') throw new UnknownTransition('a rule calls an extern without naming it by a text');
  const extern = externs.get(name);
  if (extern === undefined)
    throw new UnknownTransition(`a rule calls extern ${name}, which is not enabled; enable it with --extern ${name}`);
  let text: string | undefined;
  try {
    const given = extern.apply(...args.map(plainValue));
    if (isThenable(given)) {
      given.then(undefined, () => undefined); // Else a rejection that nobody awaits ends the process.
      throw new Error('it gave a promise; an extern has to give its result at once');
    }
    text = JSON.stringify(given);
  } catch (error) {
    throw new UnknownTransition(`extern ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return text === undefined ? undefined : parseJson(text);
}

/** The digest of a model to which externs are lent: they decide its answers too. */
export function digestWithExterns(digest: string, externs: Externs): string {
  if (externs.size === 0) return digest;
  const lent = [...externs]
    .map(([name, extern]) => [name, extern.digest])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return sha256Hex(printJson([digest, lent]));
}

interface Thenable {
  then(fulfilled: undefined, rejected: () => undefined): unknown;
}

const isThenable = (value: unknown): value is Thenable =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

const plainValue = (value: Value): unknown => (value === undefined ? undefined : JSON.parse(printJson(value as Json)));
