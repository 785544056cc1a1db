// The virtual clock of a world: a fixed time for every step, from a start. Who runs the episode can set it, and stop it.
import type { LoadedModel } from './loaded-model.ts';
import type { World } from './world.ts';

/** A clock that runs from another start than the model's, or one that stands. Milliseconds since the epoch. */
export type WorldClock = { readonly startMs: number } | { readonly frozenMs: number };

/** The time of the next step. */
export function worldTime({ model: { clock } }: LoadedModel, world: World): number {
  if (world.clock !== undefined && 'frozenMs' in world.clock) return world.clock.frozenMs;
  return (world.clock?.startMs ?? clock.startMs) + world.step * clock.stepMs;
}

/** The world with the next step at that time; each further one takes the model's time, or none where the clock stands. */
export function withClock({ model: { clock } }: LoadedModel, world: World, timeMs: number, isFrozen: boolean): World {
  const startMs = timeMs - world.step * clock.stepMs;
  if (isFrozen) return { ...world, clock: { frozenMs: timeMs } };
  return { ...world, clock: startMs === clock.startMs ? undefined : { startMs } };
}

/** For the digest of the world; nothing for the model's own clock. */
export function clockText({ clock }: World): string | undefined {
  if (clock === undefined) return undefined;
  return 'frozenMs' in clock ? `clock stands\n${clock.frozenMs}` : `clock\n${clock.startMs}`;
}
