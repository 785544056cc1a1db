// The state of an entity around one call, as far as the recording tells.
import { type JsonObject } from '../../std/json.ts';
import { isRead, type Call } from '../calls/call.ts';
import { type Evidence, boundLife, routeOf } from '../evidence.ts';
import { isQuiet } from './quiet-routes.ts';
import { type Life, type Sighting, attributesAt } from './timeline.ts';

/** How the answer of a deletion shows what it deletes. */
export function shownAt(evidence: Evidence, call: Call, life: Life): JsonObject | undefined {
  const shown = (evidence.timeline.sightings[call.index] ?? []).some(
    (sighting) => sighting.life === life && !sighting.isOld,
  );
  return shown ? attributesAt(life, call.index) : undefined;
}

/** What is believed of the entity right after the call: as the answer shows it, or as the next read does if nothing came between. */
export function stateAfter(evidence: Evidence, call: Call, life: Life): JsonObject | undefined {
  if (life.diedAt === call.index) return undefined;
  const own = evidence.timeline.sightings[call.index] ?? [];
  if (own.some((sighting) => sighting.life === life)) return attributesAt(life, call.index);
  for (let index = call.index + 1; index < evidence.calls.length && index <= life.lastSeen; index++) {
    const next = evidence.calls[index] as Call;
    const seen = (evidence.timeline.sightings[index] ?? []).some(
      (sighting) => sighting.life === life && isFull(evidence, sighting),
    );
    const writes = !isQuiet(evidence, next) && !next.refused && mayTouch(evidence, next, life);
    if (writes) return undefined;
    if (seen) return attributesAt(life, index);
  }
  return undefined;
}

/** So many calls later a read still tells how a thing was made. */
const INITIAL_CALLS_MAX = 300;

/**
 * What is believed of an entity right after the call that made it: as the answer shows it, and the rest as later reads
 * show it, until something may have touched it. `told`: members that those reads would have shown.
 */
export function initialState(
  evidence: Evidence,
  call: Call,
  life: Life,
): { readonly attributes: JsonObject; readonly told: ReadonlySet<string> } {
  const attributes: Record<string, JsonObject[string]> = { ...attributesAt(life, call.index) };
  const told = new Set<string>();
  const end = Math.min(life.lastSeen, call.index + INITIAL_CALLS_MAX);
  for (let index = call.index + 1; index <= end; index++) {
    const next = evidence.calls[index] as Call;
    if (!isQuiet(evidence, next)) {
      if (!next.refused && mayTouch(evidence, next, life)) break;
      continue;
    }
    for (const sighting of evidence.timeline.sightings[index] ?? []) {
      if (sighting.life !== life || sighting.projected !== undefined) continue;
      for (const name of evidence.sites.get(sighting.site)?.fields.keys() ?? []) told.add(name);
      for (const [name, value] of Object.entries(sighting.shown)) attributes[name] ??= value;
    }
  }
  return { attributes, told };
}

/** Attributes that the answer of a call told, where nothing tells the others; undefined where all are known. */
export function toldOnly(evidence: Evidence, call: Call, life: Life): ReadonlySet<string> | undefined {
  if (!life.vague.has(call.index)) return undefined;
  const own = (evidence.timeline.sightings[call.index] ?? []).filter((sighting) => sighting.life === life);
  return new Set(own.flatMap((sighting) => Object.keys(sighting.shown)));
}

/** Nothing that may have touched the entity came between its last sighting and the call. */
export function isFresh(evidence: Evidence, call: Call, life: Life): boolean {
  const seen = attributesAt(life, call.index - 1) !== undefined;
  for (let index = call.index - 1; index >= life.firstSeen; index--) {
    const earlier = evidence.calls[index] as Call;
    if (
      (evidence.timeline.sightings[index] ?? []).some(
        (sighting) => sighting.life === life && isFull(evidence, sighting),
      )
    )
      return true;
    if (!isQuiet(evidence, earlier) && !earlier.refused && mayTouch(evidence, earlier, life)) return false;
  }
  return seen;
}

/** The sighting shows all there is to know of the entity, or nearly. */
export const isFull = (evidence: Evidence, sighting: Sighting): boolean =>
  sighting.projected === undefined &&
  (evidence.entities.direct.has(sighting.site) ||
    sighting.life.type.owner !== undefined ||
    Object.keys(sighting.shown).length >= sighting.life.type.fields.size * 0.8);

function mayTouch(evidence: Evidence, call: Call, life: Life): boolean {
  return (evidence.bindings.get(routeOf(evidence, call).id) ?? []).some(
    (binding) => binding.type === life.type && boundLife(evidence, call, binding) === life,
  );
}

/** A call from the first of these indexes to the second wrote to it. */
export function writtenBetween(evidence: Evidence, life: Life, from: number, until: number): boolean {
  for (let index = from; index <= until; index++) {
    const call = evidence.calls[index];
    if (call === undefined || isRead(call) || call.refused) continue;
    if ([...(evidence.timeline.bound[index]?.values() ?? [])].includes(life)) return true;
  }
  return false;
}
