// Numbers of an answer that are facts of its list: how many there are, how many pages, which page this is.
import type { Template } from '../../model/clone-model.ts';
import type { Json } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import type { Sources } from '../explain/samples.ts';

interface Node {
  readonly call: Call;
  readonly value: Json | undefined;
  readonly sources: Sources;
}

export const isConditional = (template: Template): boolean => typeof template === 'string' && template.includes(' ? ');

/** The number of `list` that it always was: how many pages there are, the number of this one. */
export function placeAmongPages(
  nodes: readonly Node[],
  places: ReadonlyMap<number, Readonly<Record<string, number>>>,
): string | undefined {
  const placed = nodes.flatMap(({ call, value }) => {
    const place = places.get(call.index) ?? {};
    return Object.keys(place).length === 0 ? [] : [{ value, place }];
  });
  if (placed.length < PLACED_MIN || new Set(placed.map(({ value }) => value)).size < 2) return undefined;
  const name = Object.keys(placed[0]?.place ?? {}).find(
    (each) => placed.filter(({ place, value }) => place[each] === value).length >= PLACED_SHARE_MIN * placed.length,
  );
  return name === undefined ? undefined : `list.${name}`;
}

/** Fewer pages than this tell nothing; a few differ where not all that the list holds is known. */
const PLACED_MIN = 4;
const PLACED_SHARE_MIN = 0.9;

/** Nearly always how many the query found: a number that holds for a few requests only stands for gaps in what is believed. */
export function isTotal(nodes: readonly Node[], template: Template): boolean {
  if (typeof template !== 'string' || !/[?:] \d+\b/.test(template)) return false;
  const counted = nodes.filter((node) => node.sources.get('list.total')?.value === node.value).length;
  return counted >= 0.75 * nodes.length && new Set(nodes.map((node) => node.value)).size >= 3;
}
