// Sums over the objects of a list: of a member, or of the product of two (quantity and price of the lines of an order).
import { isArray, type Json } from '../../std/json.ts';
import { memberText } from './literal.ts';
import { isPlainObject } from './samples.ts';

export interface SumForm {
  readonly text: string;
  readonly cost: number;
  /** Undefined for what is no list of objects with these numbers. */
  evaluate(list: Json | undefined): number | undefined;
}

const FACTORS_MAX = 6;

/** Sums over the list that give the target. */
export function sumForms(expression: string, list: readonly Json[], target: number): SumForm[] {
  const first = list[0];
  if (!isPlainObject(first)) return [];
  const names = Object.keys(first)
    .filter((name) => list.every((item) => isPlainObject(item) && typeof item[name] === 'number'))
    .slice(0, FACTORS_MAX);
  const factors = names.flatMap((name, at) => [[name], ...names.slice(at + 1).map((other) => [name, other])]);
  return factors
    .map((own): SumForm => ({
      text: `sum(${expression}.map(e, ${own.map((name) => memberText('e', name)).join(' * ')}))`,
      cost: 2 + 2 * own.length,
      evaluate: (given) => sumOf(given, own),
    }))
    .filter((form) => form.evaluate(list) === target);
}

function sumOf(list: Json | undefined, factors: readonly string[]): number | undefined {
  if (list === undefined || !isArray(list)) return undefined;
  let sum = 0;
  for (const item of list) {
    let product = 1;
    for (const name of factors) {
      const factor = isPlainObject(item) ? item[name] : undefined;
      if (typeof factor !== 'number') return undefined;
      product *= factor;
    }
    sum += product;
  }
  return sum;
}
