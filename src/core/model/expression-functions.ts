// The pure functions of the expression language, by name. Every one is total: what it has no meaning for gives missing.
// Adding one: a row in the table of its kind, a row in docs/formats/expressions.md (a test holds the two together).
import { listFunctions } from './expression-list-functions.ts';
import { objectFunctions } from './expression-object-functions.ts';
import { textFunctions } from './expression-text-functions.ts';
import { valueFunctions } from './expression-value-functions.ts';
import type { Value } from './expression.ts';

/** A function of up to three arguments; those that the caller leaves out are missing. */
export interface FixedFunction {
  readonly least: number;
  readonly most: 1 | 2 | 3;
  readonly apply: (a: Value, b: Value, c: Value) => Value;
}

/** A function of any number of arguments. */
export interface VariadicFunction {
  readonly least: number;
  readonly applyAll: (args: readonly Value[]) => Value;
}

export type PureFunction = FixedFunction | VariadicFunction;

export const PURE_FUNCTIONS: ReadonlyMap<string, PureFunction> = new Map<string, PureFunction>([
  ...Object.entries(valueFunctions),
  ...Object.entries(textFunctions),
  ...Object.entries(listFunctions),
  ...Object.entries(objectFunctions),
]);
