// Numbers written with zeros before them (`/queue/00000000000000000042`): a source of that number is a source of that text.
import type { Json } from '../../std/json.ts';
import type { Sample } from './samples.ts';

const WIDTHS_MAX = 3;

/** Adds to all samples the padded texts of numbers whose padded text stands in some target. */
export function addPaddedNumbers(samples: readonly Sample[], probed: readonly Sample[]): void {
  const wanted = new Map<string, number>();
  for (const { target, sources } of probed) {
    const runs = typeof target === 'string' ? (target.match(/(?<!\d)0\d+(?!\d)/g) ?? []) : [];
    for (const run of runs)
      for (const [expression, { value }] of sources)
        if (
          typeof value === 'number' &&
          value === Number(run) &&
          wanted.size < WIDTHS_MAX &&
          !expression.startsWith('padStart(')
        )
          wanted.set(expression, run.length);
  }
  for (const [expression, width] of wanted)
    for (const { sources } of samples) {
      const source = sources.get(expression);
      if (source !== undefined)
        sources.set(`padStart(string(${expression}), ${width}, "0")`, {
          value: padded(source.value, width),
          cost: source.cost + 1,
        });
    }
}

const padded = (value: Json | undefined, width: number): Json | undefined =>
  typeof value === 'number' ? String(value).padStart(width, '0') : undefined;
