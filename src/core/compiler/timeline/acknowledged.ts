// Pass "acknowledged states": a write whose answer tells only some attributes (`{"ok": true, "id": …, "rev": …}`) left
// the entity in a state that the next read shows, if nothing wrote to it in between. Where something did, the state in
// between stays vague, and no effect is learnt from it.
import { equalJson, type JsonObject } from '../../std/json.ts';
import { isRead, type Call } from '../calls/call.ts';
import type { Life, Sighting } from './timeline.ts';

export function completeAcknowledged(
  calls: readonly Call[],
  sightings: readonly (readonly Sighting[])[],
  bound: readonly ReadonlyMap<string, Life>[],
): void {
  const reads = new Map<Life, number>();
  for (let index = calls.length - 1; index >= 0; index--) {
    const call = calls[index] as Call;
    for (const sighting of sightings[index] ?? []) {
      if (sighting.projected === undefined) reads.set(sighting.life, index);
      else if (!isRead(call)) complete(sighting.life, index, reads.get(sighting.life));
    }
    if (isRead(call) || call.status >= 400) continue;
    for (const life of touched(sightings[index] ?? [], bound[index])) reads.delete(life);
  }
}

function touched(sightings: readonly Sighting[], bound: ReadonlyMap<string, Life> | undefined): Set<Life> {
  return new Set([...(bound?.values() ?? []), ...sightings.map((sighting) => sighting.life)]);
}

/** Lays what the read at `next` shows under what the answer of the write at `index` told. */
function complete(life: Life, index: number, next: number | undefined): void {
  const at = life.versions.findLastIndex((version) => version.at <= index);
  const later = next === undefined ? undefined : life.versions.findLast((version) => version.at <= next);
  const told = life.versions[at];
  if (next === undefined || later === undefined || told === undefined) {
    life.vague.add(index);
    return;
  }
  const attributes: JsonObject = { ...later.attributes };
  if (told.at === index) life.versions[at] = { at: index, attributes };
  else if (!equalJson(told.attributes, attributes)) life.versions.splice(at + 1, 0, { at: index, attributes });
}
