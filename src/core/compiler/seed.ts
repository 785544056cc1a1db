// Pass "seed": the world before the first recorded exchange: everything first seen in a read, with the attributes of its
// first sighting, in the order of keys.
import { isRead } from './call.ts';
import type { Json, JsonObject } from '../std/json.ts';
import type { Generator } from '../model/clone-model.ts';
import { type EntityDraft } from './entity-draft.ts';
import { birthsOf } from './generated.ts';
import type { Evidence } from './evidence.ts';
import type { TypeModel } from './type-models.ts';
import type { Life } from './timeline.ts';

export function inferSeed(
  evidence: Evidence,
  types: ReadonlyMap<EntityDraft, TypeModel>,
  generators: ReadonlyMap<string, Generator>,
): Record<string, JsonObject[]> {
  const seed: Record<string, JsonObject[]> = {};
  for (const type of evidence.entities.types) {
    const model = types.get(type) as TypeModel;
    const all = evidence.timeline.lives.filter((life) => life.type === type && life.origin === 'seed').sort(byKey);
    const lives = firstOfEachKey(all);
    const guessed = guessedSeed(evidence, type, lives, generators);
    if (lives.length + guessed.length === 0) continue;
    seed[type.name] = [...lives.map((life) => firstState(evidence, life, model)), ...guessed];
  }
  return seed;
}

function firstOfEachKey(lives: readonly Life[]): Life[] {
  const first = new Map<string, Life>();
  for (const life of lives) if (!first.has(life.key)) first.set(life.key, life);
  return [...first.values()];
}

/** Where new ids follow the highest there is, the first one tells of an entity before it that nobody saw. */
function guessedSeed(
  evidence: Evidence,
  type: EntityDraft,
  seeds: readonly Life[],
  generators: ReadonlyMap<string, Generator>,
): JsonObject[] {
  const field = type.key[0];
  if (type.key.length !== 1 || field === undefined || generators.get(`${type.name}.${field}`)?.kind !== 'max-plus-one')
    return [];
  const first = birthsOf(evidence, type)[0];
  const value = first === undefined ? undefined : first.life.versions[0]?.attributes[field];
  if (typeof value !== 'number' || value <= 1) return [];
  return seeds.some((life) => life.key === String(value - 1)) ? [] : [{ [field]: value - 1, $guessed: true }];
}

/** What was first seen, completed by what other reads showed before anything was written to it. */
function firstState(evidence: Evidence, life: Life, model: TypeModel): JsonObject {
  const state: Record<string, Json> = {};
  for (const version of life.versions) {
    if (version !== life.versions[0] && writtenBetween(evidence, life, life.firstSeen, version.at)) break;
    for (const [name, value] of Object.entries(version.attributes))
      if (!(name in state) && !model.derived.has(name)) state[name] = value;
  }
  return state;
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

/** Numbers by size, other keys by code units. */
export function byKey(a: Life, b: Life): number {
  const x = Number(a.key);
  const y = Number(b.key);
  if (!Number.isNaN(x) && !Number.isNaN(y) && a.key !== '' && b.key !== '') return x - y;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
