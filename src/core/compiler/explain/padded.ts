// Numbers written with zeros before them (`/queue/00000000000000000042`): a source of that number is a source of that text.
import type { Json } from '../../std/json.ts';
import type { Sample } from './samples.ts';

const SOURCES_MAX = 3;

/** Adds to all samples the padded texts of numbers whose padded texts stand in targets, more than one of each source. */
export function addPaddedNumbers(samples: readonly Sample[], probed: readonly Sample[]): void {
  for (const [expression, width] of paddedSources(probed))
    for (const { sources } of samples) {
      const source = sources.get(expression);
      if (source !== undefined)
        sources.set(`padStart(string(${expression}), ${width}, "0")`, {
          value: padded(source.value, width),
          cost: source.cost + 1,
        });
    }
}

/** Expressions of such numbers, with the width that they are filled up to. */
function paddedSources(probed: readonly Sample[]): [string, number][] {
  const seen = new Map<string, { width: number; numbers: Set<number> }>();
  for (const { target, sources } of probed) {
    const runs = typeof target === 'string' ? (target.match(/(?<!\d)0\d+(?!\d)/g) ?? []) : [];
    for (const run of runs)
      for (const [expression, { value }] of sources) {
        if (value !== Number(run) || expression.startsWith('padStart(')) continue;
        const entry = seen.get(expression) ?? { width: run.length, numbers: new Set<number>() };
        seen.set(expression, entry);
        if (entry.width === run.length) entry.numbers.add(value);
      }
  }
  return [...seen]
    .filter(([, { numbers }]) => numbers.size >= 2)
    .slice(0, SOURCES_MAX)
    .map(([expression, { width }]) => [expression, width]);
}

const padded = (value: Json | undefined, width: number): Json | undefined =>
  typeof value === 'number' ? String(value).padStart(width, '0') : undefined;
