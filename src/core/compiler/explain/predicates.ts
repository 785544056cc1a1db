// Predicates that a conditional may test: is a value there, is it null, empty or one of few words, are two alike. They
// read only sources, so a predicate never reads what it explains.
import { equalJson, type Json } from '../../std/json.ts';
import { literalText } from './literal.ts';
import { isList, scalarOf, type Sample } from './samples.ts';
import type { Predicate } from './decision.ts';

const PREDICATES_MAX = 160;
const WORDS_MAX = 6;

export function findPredicates(samples: readonly Sample[]): Predicate[] {
  const byHolds = new Map<string, Predicate>();
  const all = (1n << BigInt(samples.length)) - 1n;
  const add = (text: string, cost: number, holds: bigint, asks: Pick<Predicate, 'about' | 'presenceOf'> = {}): void => {
    if (holds === 0n || holds === all) return;
    const id = holds.toString(36);
    const known = byHolds.get(id);
    if (known !== undefined && known.cost <= cost) return;
    byHolds.set(id, { text, cost, holds, ...asks });
  };
  for (const expression of allExpressions(samples)) {
    if (expression.includes('["$') || expression.startsWith('counter(')) continue;
    const values = samples.map((sample) => sample.sources.get(expression)?.value);
    const cost = samples.find((sample) => sample.sources.has(expression))?.sources.get(expression)?.cost ?? 5;
    const bits = (test: (value: Json | undefined) => boolean): bigint =>
      values.reduce<bigint>((sum, value, i) => (test(value) ? sum | (1n << BigInt(i)) : sum), 0n);
    const present = bits((value) => value !== undefined);
    const about = /^(?:principal|asker)\./.test(expression) ? ({ about: 'principal' } as const) : {};
    add(`${expression} != missing`, cost + 1, present, { ...about, presenceOf: expression });
    add(
      `${expression} != null && ${expression} != missing`,
      cost + 3,
      bits((value) => value !== undefined && value !== null),
    );
    if (values.some((value) => value === null))
      add(
        `${expression} == null`,
        cost + 2,
        bits((value) => value === null),
      );
    if (values.some(isList))
      add(
        `size(${expression}) > 0`,
        cost + 2.5,
        bits((value) => isList(value) && value.length > 0),
      );
    const words = new Map<string, Json>();
    for (const value of values)
      if (scalarOf(value) !== undefined && words.size <= WORDS_MAX) words.set(JSON.stringify(value), value as Json);
    if (words.size > WORDS_MAX) continue;
    for (const word of words.values())
      if (scalarOf(word)?.length !== undefined && (scalarOf(word) as string).length <= 40)
        add(
          word === true ? `${expression} == true` : `${expression} == ${literalText(word)}`,
          cost + 3,
          bits((value) => value !== undefined && equalJson(value, word)),
          about,
        );
  }
  return [...byHolds.values()].sort((a, b) => a.cost - b.cost).slice(0, PREDICATES_MAX);
}

function allExpressions(samples: readonly Sample[]): string[] {
  const names = new Set<string>();
  for (const sample of samples) for (const name of sample.sources.keys()) names.add(name);
  return [...names];
}
