// Pass "seed": the world before the first recorded exchange: everything first seen in a read, with the attributes of its
// time before the first call, in the order of insertion as far as it is known.
import type { JsonObject } from '../../std/json.ts';
import type { Generator } from '../../model/clone-model.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { birthsOf } from '../types/generated.ts';
import type { Evidence } from '../evidence.ts';
import { seedOrder } from './seed-order.ts';
import { firstState, usualAttributes, withUntold } from './seed-state.ts';
import type { TypeModel } from '../types/type-models.ts';
import type { Life } from '../timeline/timeline.ts';

export function inferSeed(
  evidence: Evidence,
  types: ReadonlyMap<EntityDraft, TypeModel>,
  generators: ReadonlyMap<string, Generator>,
): Record<string, JsonObject[]> {
  const seed: Record<string, JsonObject[]> = {};
  for (const type of evidence.entities.types) {
    const model = types.get(type) as TypeModel;
    const order = seedOrder(evidence, type);
    const all = evidence.timeline.lives
      .filter((life) => life.type === type && life.origin === 'seed')
      .sort((a, b) => order(a.key, b.key));
    const lives = firstOfEachKey(all);
    const guessed = guessedSeed(evidence, model, lives, generators);
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
  model: TypeModel,
  seeds: readonly Life[],
  generators: ReadonlyMap<string, Generator>,
): JsonObject[] {
  const type = model.draft;
  const field = type.key[0];
  if (type.key.length !== 1 || field === undefined || generators.get(`${type.name}.${field}`)?.kind !== 'max-plus-one')
    return [];
  const first = birthsOf(evidence, type)[0];
  const value = first === undefined ? undefined : first.life.versions[0]?.attributes[field];
  if (typeof value !== 'number' || value <= 1) return [];
  if (seeds.some((life) => life.key === String(value - 1))) return [];
  return [withUntold({ [field]: value - 1 }, new Set(usualAttributes(evidence, undefined, model)))];
}
