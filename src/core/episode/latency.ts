// Latency that a trainer asked for: an answer takes as long as a recorded one of its route and status did, drawn by seed and number
// of the step from a stream of its own. Nobody waits; the virtual clock moves on by as much more.
import type { Latencies } from '../model/latencies.ts';
import { withClock, worldTime, type LoadedModel, type World } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import { drawBelow, openStream } from '../std/prng.ts';

const STREAM = 'episode latency';

/**
 * The latencies that a header names by their digest; undefined where it names none.
 *
 * @throws {MynahError} ERR_MODEL_MISMATCH where there are others, or none
 */
export function latenciesOf(
  { latencies }: { readonly latencies?: Latencies | undefined },
  digest: string | undefined,
): Latencies | undefined {
  if (digest === undefined) return undefined;
  if (latencies?.digest === digest) return latencies;
  throw new MynahError(
    'ERR_MODEL_MISMATCH',
    `the log was made with the latencies ${digest}, this clone has ${latencies?.digest ?? 'none'}; name the clone as it was then`,
    { logged: digest, latencies: latencies?.digest ?? null },
  );
}

/** Milliseconds that an answer takes; undefined where none of its route and status was recorded. */
export function drawnLatency(
  latencies: Latencies,
  { service, route }: { readonly service?: string | undefined; readonly route?: string | undefined },
  status: number,
  seed: number,
  index: number,
): number | undefined {
  const known = service === undefined || route === undefined ? undefined : latencies.of(service, route, status);
  return known?.[drawBelow(openStream(seed, STREAM, index), known.length)];
}

/** The world after an answer that took so long; a clock that stands does not move. */
export function delayed(loaded: LoadedModel, world: World, ms: number): World {
  if (world.clock !== undefined && 'frozenMs' in world.clock) return world;
  return withClock(loaded, world, worldTime(loaded, world) + ms, false);
}
