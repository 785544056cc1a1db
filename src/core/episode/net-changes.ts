// What an episode has changed since its reset: the changes of its steps laid over each other. Immutable, as episodes are.
import type { Transition } from '../runtime/step.ts';
import { equalJson } from '../std/json.ts';
import { PersistentMap } from '../std/persistent-map.ts';

export type Change = Transition['changes'][number];

/** By type and key. */
export type NetChanges = PersistentMap<Change>;

export const NO_CHANGES: NetChanges = PersistentMap.empty();

/** Lays the changes of one step over those before it; what was made and deleted again has not changed. */
export function addChanges(earlier: NetChanges, changes: Transition['changes']): NetChanges {
  let all = earlier;
  for (const { type, key, before, after } of changes) {
    const name = `${type}\n${key}`;
    const known = all.get(name);
    const original = known === undefined ? before : known.before;
    all = isSame(original, after) ? all.delete(name) : all.set(name, change(type, key, original, after));
  }
  return all;
}

/** In order of type and key. */
export function listChanges(changes: NetChanges): readonly Change[] {
  const named: (readonly [string, Change])[] = [];
  changes.forEach((value, name) => named.push([name, value]));
  return named.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function isSame(before: Change['before'], after: Change['after']): boolean {
  return before === undefined || after === undefined ? before === after : equalJson(before, after);
}

function change(type: string, key: string, before: Change['before'], after: Change['after']): Change {
  return { type, key, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
