// Values as they are, as candidates: what never changes, and what nothing else explains.
import type { Json } from '../../std/json.ts';
import { textsIn } from '../calls/foreign-texts.ts';
import { isRef } from '../timeline/timeline.ts';
import type { Search } from './candidates.ts';
import { LITERAL_LENGTH_MAX, literalText } from './literal.ts';
import { isPlainObject, sameValue, type Sample } from './samples.ts';

const LONE_REF_COST = 6;

function literalCost(value: Json | undefined): number {
  if (value === undefined || value === null || typeof value === 'boolean' || value === 0 || value === '') return 2.5;
  const text = JSON.stringify(value);
  return text.length <= 2 ? 2.5 : 3 + Math.min(9, text.length / 8);
}

const FOREIGN_COST = 12;

/** Some text in the value is of the recorded world alone, was there before, and no request that was answered so said it. */
export function isForeign(value: Json | undefined, samples: readonly Sample[], { foreign }: Search): boolean {
  if (foreign === undefined) return false;
  for (const text of textsIn(value)) {
    const first = foreign.get(text);
    if (first === undefined) continue;
    const own = samples.filter((sample) => sameValue(sample.target, value));
    if (own.every((sample) => (sample.index ?? 0) > first && !says(sample, text))) return true;
  }
  return false;
}

function says({ sources }: Sample, text: string): boolean {
  for (const [expression, { value }] of sources)
    if (REQUEST.test(expression) && typeof value === 'string' && value === text) return true;
  return false;
}

const REQUEST = /^(?:body|query|path|patchMembers)\b/;

/** The most frequent values, each as a candidate. */
export function addLiterals(
  samples: readonly Sample[],
  search: Search,
  add: (text: string, cost: number, evaluate: () => Json | undefined) => void,
): void {
  const counts = new Map<string, { value: Json | undefined; count: number }>();
  for (const sample of samples) {
    const id = JSON.stringify(sample.target) ?? 'missing';
    if (id.length > LITERAL_LENGTH_MAX) continue;
    const entry = counts.get(id) ?? { value: sample.target, count: 0 };
    entry.count++;
    counts.set(id, entry);
  }
  const frequent = [...counts.values()].sort((a, b) => b.count - a.count).slice(0, 12);
  for (const { value, count } of frequent) {
    if (count < 2 && samples.length > 2 && frequent.length > 3) continue;
    // One entity and no other, always: too much to believe of few examples.
    const cost = literalCost(value) + (isRef(value) && samples.length < 3 ? LONE_REF_COST : 0);
    // Its members may be explained.
    if (isPlainObject(value) && [...textsIn(value)].some((text) => search.foreign?.has(text) === true)) continue;
    const isLast = isForeign(value, samples, search);
    const text =
      isLast && search.foreignIsUnknown === true ? 'unknown()' : value === undefined ? 'missing' : literalText(value);
    add(text, cost + (isLast ? FOREIGN_COST : 0), () => value);
  }
}
