// What an explanation is searched over: for each example the value to explain and the values it may come from, each
// named by the expression that yields it at run time.
import { equalJson, isArray, isObject, RawNumber, type Json } from '../../std/json.ts';
import { memberText } from './literal.ts';

export interface Source {
  readonly value: Json | undefined;
  /** Bits that naming it costs: near and likely sources are cheap. */
  readonly cost: number;
}

export type Sources = Map<string, Source>;

export interface Sample {
  readonly sources: Sources;
  readonly target: Json | undefined;
  /** Milliseconds since the epoch between which the original answered. */
  readonly from: number;
  readonly until: number;
  /** Of the call, where there is one. */
  readonly index?: number;
}

const SOURCE_DEPTH_MAX = 4;
const SOURCE_MEMBERS_MAX = 200;

/** Adds the value and its members, down to four levels. */
export function addSources(
  sources: Sources,
  expression: string,
  value: Json | undefined,
  cost: number,
  depth = SOURCE_DEPTH_MAX,
): void {
  sources.set(expression, { value, cost });
  if (depth === 0 || value instanceof RawNumber || !isObject(value)) return;
  let count = 0;
  for (const [name, member] of Object.entries(value)) {
    if (++count > SOURCE_MEMBERS_MAX) break;
    if (name.startsWith('$')) {
      if (!name.startsWith('$ref')) sources.set(memberText(expression, name), { value: member, cost: cost + 2 });
      continue;
    }
    addSources(sources, memberText(expression, name), member, cost + 0.5, depth - 1);
  }
}

/** Text by which scalars of different types compare; undefined for lists, objects, null and missing. */
export function scalarOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof RawNumber) return value.text;
  return undefined;
}

export const isPlainObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  isObject(value) && !(value instanceof RawNumber) && typeof value['$ref'] !== 'string';

export const isList = (value: Json | undefined): value is readonly Json[] => isArray(value);

/** Missing is a value too. */
export const sameValue = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalJson(a, b);
