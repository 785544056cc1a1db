// Setting the clock of an episode: for the trainer, and logged, because answers depend on it.
import { withClock, worldDigest, worldTime, type LoadedModel, type World } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import { groupBy } from '../std/grouping.ts';
import { clockTimeMax } from '../std/limits.ts';
import type { Episode } from './episode.ts';
import type { ClockLine, EpisodeLog } from './log-line.ts';

/** What is absent stays as it is. */
export interface ClockChange {
  /** Time of the next step, milliseconds since the epoch. */
  readonly timeMs?: number | undefined;
  /** Milliseconds by which it moves on. */
  readonly advanceMs?: number | undefined;
  /** Does it stand still from now on? */
  readonly isFrozen?: boolean | undefined;
}

export interface EpisodeClock {
  /** Of the next step. */
  readonly timeMs: number;
  readonly isFrozen: boolean;
}

export function episodeClock({ environment: { loaded }, world }: Episode): EpisodeClock {
  return { timeMs: worldTime(loaded, world), isFrozen: world.clock !== undefined && 'frozenMs' in world.clock };
}

/** @throws {MynahError} ERR_EPISODE_ENDED when it is finished, ERR_CALL_INVALID for a time that no calendar has */
export function setEpisodeClock(
  episode: Episode,
  { timeMs, advanceMs = 0, isFrozen }: ClockChange,
): { readonly episode: Episode; readonly line: ClockLine } {
  if (episode.finished) throw new MynahError('ERR_EPISODE_ENDED', 'the episode is finished; reset it or make another');
  const now = episodeClock(episode);
  const time = (timeMs ?? now.timeMs) + advanceMs;
  if (!Number.isSafeInteger(time) || time < 0 || time > clockTimeMax)
    throw new MynahError('ERR_CALL_INVALID', `the clock can show times from 1970 to 9999, not ${time} ms`, { time });
  const frozen = isFrozen ?? now.isFrozen;
  const { loaded } = episode.environment;
  const world = withClock(loaded, episode.world, time, frozen);
  const digest = worldDigest(loaded, world);
  const line: ClockLine = { kind: 'clock', after: episode.steps, time, frozen, world: digest };
  return { episode: { ...episode, world, worldDigest: digest, time }, line };
}

/** Lines of a log by the step that they follow: a replay asks for those of every step. */
const byStep = new WeakMap<readonly ClockLine[], ReadonlyMap<number, readonly ClockLine[]>>();

/** What was set before a step: `index` from 1, one more than there are for what was set after the last. */
export function clockBefore({ clock }: Pick<EpisodeLog, 'clock'>, index: number): readonly ClockLine[] {
  if (clock === undefined) return [];
  let after = byStep.get(clock);
  if (after === undefined) byStep.set(clock, (after = groupBy(clock, (line) => line.after)));
  return after.get(index - 1) ?? [];
}

/** The world with what was set before a step. */
export function clockedWorld(loaded: LoadedModel, world: World, log: Pick<EpisodeLog, 'clock'>, index: number): World {
  return clockBefore(log, index).reduce((at, { time, frozen }) => withClock(loaded, at, time, frozen), world);
}

/** The episode with what was set before a step. */
export function clockedEpisode(episode: Episode, log: Pick<EpisodeLog, 'clock'>, index: number): Episode {
  return clockBefore(log, index).reduce(
    (at, { time, frozen }) => setEpisodeClock(at, { timeMs: time, isFrozen: frozen }).episode,
    episode,
  );
}
