// The expression language: CEL text, parsed by the CEL package into a syntax tree and compiled here into closures over
// JSON values. Total: evaluation never throws; what does not exist is `missing`, a value like any other (undefined here).
// docs/formats/expressions.md is its reference and holds the truth table that the tests execute.
import type { Json } from '../std/json.ts';
import { compileTree } from './expression-compile.ts';
import { parseExpression } from './expression-syntax.ts';

/** undefined is `missing`. */
export type Value = Json | undefined;

/** Variables by name. The caller owns and may change it; an evaluation only reads it. */
export type Scope = Record<string, Value>;

/** The functions of whoever evaluates: everything that needs a world. HOST_FUNCTIONS lists their names. */
export interface Host {
  /** Must be total and without side effects. Templates call it too, as `$view` with [view name, entity]. */
  call(name: string, args: readonly Value[]): Value;
  /** Does this host answer calls of that name? An evaluation gives missing for those it does not. */
  has(name: string): boolean;
  /** The value, or missing where it rests on what the host does not know. Without it everything is known. */
  ifKnown?(compute: () => Value): Value;
}

export interface CompiledExpression {
  readonly text: string;
  /** Free variables, sorted: what the scope may be asked for. */
  readonly variables: readonly string[];
  /** Those free variables whose value matters: of the others it only asks whether they are missing. */
  readonly read: readonly string[];
  /** Functions called, pure and of the host, sorted. */
  readonly functions: readonly string[];
  /** Of a free variable, the members that are read; 'all' where more than members is. */
  membersOf(variable: string): readonly string[] | 'all';
  /** Never throws, unless the host does. Pure in scope and host; may be used again while it runs (the host may recurse). */
  evaluate(scope: Scope, host: Host): Value;
}

/** Compiles CEL text. Throws ERR_EXPRESSION_SYNTAX with `line` and `column` (from 1) and `text` in its details. */
export function compileExpression(text: string): CompiledExpression {
  return compileTree(text, parseExpression(text));
}

/** The one truth test of the language: only `true` is true. */
export function isTrue(value: Value): boolean {
  return value === true;
}

/** A host without functions, for expressions that need no world. */
export const NO_HOST: Host = { call: () => undefined, has: () => false };
