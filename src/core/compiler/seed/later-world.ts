// The world at a later moment of the recording, as the timeline believes it to be: what a clone starts from when it is not
// to start at the beginning. Initial state stands first, in its order of insertion; then what was made, in the order of births.
import type { Generator } from '../../model/clone-model.ts';
import type { Json, JsonObject } from '../../std/json.ts';
import type { EntityDraft } from '../entities/entity-draft.ts';
import type { Evidence } from '../evidence.ts';
import { firstState } from './seed-state.ts';
import { seedOrder } from './seed-order.ts';
import { serviceCounters } from '../types/service-counters.ts';
import { writtenBetween } from '../timeline/states.ts';
import { attributesBefore, type Life } from '../timeline/timeline.ts';
import type { TypeModel } from '../types/type-models.ts';

/** Entities by type before the call of that index; the number of calls gives the world after the last one. */
export function worldBefore(
  evidence: Evidence,
  types: ReadonlyMap<EntityDraft, TypeModel>,
  index: number,
): Record<string, JsonObject[]> {
  const world: Record<string, JsonObject[]> = {};
  for (const type of evidence.entities.types) {
    const model = types.get(type) as TypeModel;
    const order = seedOrder(evidence, type);
    const alive = new Map<string, Life>();
    for (const life of evidence.timeline.alive(type, index)) alive.set(life.key, life);
    const lives = [...alive.values()].sort((a, b) => seedsFirst(a, b, order));
    if (lives.length > 0) world[type.name] = lives.map((life) => stateBefore(evidence, life, model, index));
  }
  return world;
}

function seedsFirst(a: Life, b: Life, order: (a: string, b: string) => number): number {
  const [seedA, seedB] = [a.origin === 'seed', b.origin === 'seed'];
  if (seedA && seedB) return order(a.key, b.key);
  return seedA === seedB ? a.firstSeen - b.firstSeen : seedA ? -1 : 1;
}

/** What had been shown, completed by what was shown later, as long as nothing was written to it in between. */
function stateBefore(evidence: Evidence, life: Life, model: TypeModel, index: number): JsonObject {
  if (life.origin === 'seed' && index <= life.firstSeen) return firstState(evidence, life, model);
  const { derived } = model;
  const state: Record<string, Json> = {};
  const take = (attributes: JsonObject): void => {
    for (const [name, value] of Object.entries(attributes))
      if (!(name in state) && !derived.has(name)) state[name] = value;
  };
  take(attributesBefore(life, index));
  for (const version of life.versions) {
    if (version.at < index) continue;
    if (writtenBetween(evidence, life, Math.max(index, life.firstSeen), version.at)) break;
    take(version.attributes);
  }
  return state;
}

/**
 * Generators as they stand before the call of that index. A sequence of the whole service goes on behind the highest value
 * that any life of its type had; one in a scope starts as ever, and steps over the keys that are taken.
 */
export function advanceSequences(
  evidence: Evidence,
  generators: Readonly<Record<string, Generator>>,
  index: number,
): Readonly<Record<string, Generator>> {
  const advanced = Object.entries(generators).map(([name, generator]): [string, Generator] => {
    if (generator.kind !== 'sequence' || generator.scope !== undefined) return [name, generator];
    const used = [...valuesUsed(evidence, name, index), ...counted(evidence, name, index)];
    const start = used.reduce((next, value) => Math.max(next, value + generator.step), generator.start);
    return [name, { ...generator, start }];
  });
  return Object.fromEntries(advanced);
}

/** How a counter of the whole service stands before the call of that index. */
function counted(evidence: Evidence, name: string, index: number): readonly number[] {
  const counter = serviceCounters(evidence).find((each) => each.name === name);
  const last = counter?.after.slice(0, index).findLast((value) => value !== undefined);
  return last === undefined ? [] : [last];
}

/** Values of the attribute that the generator `Type.attribute` makes. */
function valuesUsed(evidence: Evidence, name: string, index: number): readonly number[] {
  const dot = name.indexOf('.');
  const [type, attribute] = [name.slice(0, dot), name.slice(dot + 1)];
  return evidence.timeline.lives
    .filter((life) => life.type.name === type && life.firstSeen < index)
    .map((life) => life.versions[0]?.attributes[attribute])
    .filter((value) => typeof value === 'number');
}
