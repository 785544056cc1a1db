// Lists made of other lists, element by element (`items` of an order from the `items` that were sent): candidates for the
// list that a list was mapped from, and one example for each element.
import { isArray, type Json } from '../../std/json.ts';
import { addSources, isList, type Sample } from './samples.ts';

/** Elements that are looked at, over all examples. */
const ELEMENTS_MAX = 120;
/** Lists that are tried. */
const SOURCES_MAX = 4;

export interface Mapping {
  /** Expression of the list. */
  readonly list: string;
  /** Name of its element. */
  readonly element: string;
  readonly samples: readonly Sample[];
}

/** Lists that are as long as the target in every example, cheapest first. Without a list nothing is mapped, and nothing is expected. */
export function mappings(samples: readonly Sample[]): Mapping[] {
  const longest = samples.find(({ target }) => isList(target) && target.length > 0);
  if (longest === undefined || !samples.every(({ target }) => target === undefined || isList(target))) return [];
  const sizes = new Set(samples.map(({ target }) => (isList(target) ? target.length : -1)));
  if (sizes.size < 2) return [];
  const element = elementName(longest);
  return [...longest.sources]
    .filter(([expression]) => samples.every((sample) => isAsLong(sample, expression)))
    .sort((a, b) => a[1].cost - b[1].cost)
    .slice(0, SOURCES_MAX)
    .map(([list]) => ({ list, element, samples: elementSamples(samples, list, element) }));
}

function isAsLong({ sources, target }: Sample, expression: string): boolean {
  const value = sources.get(expression)?.value;
  return isArray(value)
    ? isList(target) && value.length === target.length
    : value === undefined && target === undefined;
}

/** Another name in each list within a list. */
function elementName({ sources }: Sample): string {
  let name = 'e';
  for (let n = 2; sources.has(name); n++) name = `e${n}`;
  return name;
}

function elementSamples(samples: readonly Sample[], list: string, element: string): Sample[] {
  const found: Sample[] = [];
  for (const sample of samples) {
    const values = (sample.sources.get(list)?.value ?? []) as readonly Json[];
    for (const [at, value] of values.entries()) {
      if (found.length >= ELEMENTS_MAX) return found;
      const sources = new Map(sample.sources);
      addSources(sources, element, value, 1);
      found.push({ ...sample, sources, target: (sample.target as readonly Json[])[at] });
    }
  }
  return found;
}
