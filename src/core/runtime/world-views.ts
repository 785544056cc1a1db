// A world from outside: how it begins, what is in it, and its digest.
import { putMember, type Json, type JsonObject } from '../std/json.ts';
import { EntityObject, UNTOLD } from './entity-object.ts';
import { StepHost } from './host.ts';
import type { LoadedModel } from './loaded-model.ts';
import { ifKnown } from './unknown.ts';
import { clockText, worldTime } from './world-clock.ts';
import type { World } from './world.ts';
import { WorldDraft } from './world-draft.ts';
import { addHash, hashText, printHash } from './world-hash.ts';

/** The world at reset. Costs the same whatever the model's seed holds: all worlds share it. */
export function initialWorld(loaded: LoadedModel, seed: number): World {
  return { ...loaded.start, seed };
}

/** Entities by type, attributes with derived ones, in order of insertion. */
export function worldEntities(loaded: LoadedModel, world: World): Readonly<Record<string, readonly JsonObject[]>> {
  const draft = new WorldDraft(loaded.dependentTuples, world);
  const time = worldTime(loaded, world);
  const entities: Record<string, readonly JsonObject[]> = {};
  for (const service of loaded.services) {
    const host = new StepHost(draft, service, time, {});
    for (const type of service.types.values()) {
      entities[type.worldName] = host.rows(type).map(attributesOf);
    }
  }
  return entities;
}

/** What nobody knows is left out, and derived attributes that would need it. */
function attributesOf(row: EntityObject): JsonObject {
  if (EntityObject.untold(row).length === 0) {
    const { $type: _type, $key: _key, $seq: _seq, ...attributes } = row;
    return attributes;
  }
  const attributes: Record<string, Json> = {};
  for (const name of Object.keys(row)) {
    if (['$type', '$key', '$seq', UNTOLD].includes(name)) continue;
    const value = ifKnown(() => row[name]);
    if (value !== undefined) putMember(attributes, name, value);
  }
  return attributes;
}

/** Digest of everything in the world that can influence later answers: 16 hexadecimal digits. */
export function worldDigest(loaded: LoadedModel, world: World): string {
  let hash = addHash(addHash(loaded.startHash, world.hash), hashText(`${world.step}\n${world.seed}`));
  const clock = clockText(world);
  if (clock !== undefined) hash = addHash(hash, hashText(clock));
  return printHash(addHash(hash, world.sequences.hash));
}
