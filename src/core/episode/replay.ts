// Executes logs again: to go on where an episode stopped, to show that a log is what the model says, and to score old
// episodes with new probes. Possible because an episode is a pure function of its header and its requests.
import { equalJson, type Json } from '../std/json.ts';
import { MynahError } from '../std/errors.ts';
import type { ProbeSet } from '../probe/probe.ts';
import type { Environment } from './environment.ts';
import { clockBefore, clockedEpisode, setEpisodeClock } from './episode-clock.ts';
import { beginEpisode, finishEpisode, hasEnded, probesOf, stepEpisode, type Episode } from './episode.ts';
import type { EpisodeLog, HeaderLine, LoggedRequest, Rewards, StepLine } from './log-line.ts';
import type { AddressedRequest } from '../runtime/step.ts';

/** The first step that a replay answered otherwise than its log. */
export interface Difference {
  /** Number of the step; 0 for the world at reset. Where the clock was set, of the step before it. */
  readonly step: number;
  /** Members of the line that differ, for example `response`. */
  readonly members: readonly string[];
  readonly logged: Json;
  readonly replayed: Json;
}

export interface Replay {
  readonly steps: number;
  /** Were rewards compared? Not when the log was judged by other probes than there are now. */
  readonly judged: boolean;
  readonly difference: Difference | undefined;
}

/**
 * Executes a log again and compares every line.
 *
 * @throws {MynahError} ERR_MODEL_MISMATCH
 */
export function replayLog(environment: Environment, log: EpisodeLog): Replay {
  const { header, steps, finish } = log;
  let episode = episodeOf(environment, header);
  const judged = episode.header.probes === header.probes;
  const compare = (step: number, logged: unknown, replayed: unknown): Difference | undefined => {
    const members = differingMembers(logged as Json, replayed as Json, judged);
    return members.length === 0 ? undefined : { step, members, logged: logged as Json, replayed: replayed as Json };
  };
  let difference = compare(0, header, { ...episode.header, probes: header.probes });
  /** Sets the clock as it was set before that step. */
  const setClock = (index: number): void => {
    for (const logged of clockBefore(log, index)) {
      const { episode: next, line } = setEpisodeClock(episode, { timeMs: logged.time, isFrozen: logged.frozen });
      difference ??= compare(logged.after, logged, line);
      episode = next;
    }
  };
  for (const logged of steps) {
    setClock(logged.index);
    if (difference !== undefined) break;
    const { episode: next, line } = stepEpisode(episode, requestOf(logged));
    difference = compare(line.index, logged, line);
    episode = next;
  }
  if (difference === undefined) setClock(steps.length + 1);
  if (difference === undefined && finish !== undefined && judged)
    difference = compare(steps.length, finish, finishEpisode(episode, finish.answer).line);
  return { steps: steps.length, judged, difference };
}

/**
 * The episode at the end of its log, to go on with it.
 *
 * @throws {MynahError} ERR_MODEL_MISMATCH (model or probes) · ERR_REPLAY_DIFFERS when the log's worlds are not those that this runtime makes
 */
export function resumeEpisode(
  environment: Environment,
  log: Pick<EpisodeLog, 'header' | 'clock' | 'finish'> & { readonly steps: readonly StepLine[] },
): Episode {
  let episode = episodeOf(environment, log.header);
  if (episode.header.probes !== log.header.probes) {
    throw new MynahError(
      'ERR_MODEL_MISMATCH',
      'the episode cannot go on: its log was judged by other probes than the clone has now',
    );
  }
  for (const logged of log.steps) {
    const { episode: next, line } = stepEpisode(clockedEpisode(episode, log, logged.index), requestOf(logged));
    if (line.world.after !== logged.world.after) {
      throw new MynahError(
        'ERR_REPLAY_DIFFERS',
        `the episode cannot go on: executing its log again gives another world after step ${line.index}`,
        { step: line.index },
      );
    }
    episode = next;
  }
  episode = clockedEpisode(episode, log, log.steps.length + 1);
  return log.finish === undefined ? episode : finishEpisode(episode, log.finish.answer).episode;
}

/** A reward and where it was earned; step `finish` for those of the end. */
export interface Firing {
  readonly step: number | 'finish';
  readonly probe: string;
  readonly reward: number;
}

export interface Score {
  readonly steps: number;
  readonly reward: number;
  readonly rewards: Rewards;
  readonly firings: readonly Firing[];
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** What the log itself says was earned. */
  readonly logged: number;
}

/**
 * Scores a log with other probes than it was made with. A log that was not finished is judged by its steps alone.
 *
 * @throws {MynahError} ERR_MODEL_MISMATCH
 */
export function scoreLog(environment: Environment, probes: ProbeSet, log: EpisodeLog): Score {
  const { header, steps, finish } = log;
  let episode = beginEpisode(environment, probes, checked(environment, header));
  const firings: Firing[] = [];
  const note = (step: Firing['step'], rewards: Rewards) => {
    for (const [probe, reward] of Object.entries(rewards)) firings.push({ step, probe, reward });
  };
  for (const logged of steps) {
    const { episode: next, line } = stepEpisode(clockedEpisode(episode, log, logged.index), requestOf(logged));
    note(line.index, line.rewards);
    episode = next;
    if (hasEnded(episode)) break;
  }
  if (finish !== undefined) {
    const last = hasEnded(episode) ? episode : clockedEpisode(episode, log, steps.length + 1);
    const { episode: next, line } = finishEpisode(last, finish.answer);
    note('finish', line.rewards);
    episode = next;
  }
  const { earnings, terminated, truncation } = episode;
  const logged = [...steps, ...(finish === undefined ? [] : [finish])].reduce((sum, { reward }) => sum + reward, 0);
  return {
    steps: episode.steps,
    reward: earnings.total,
    rewards: earnings.rewards,
    firings,
    terminated,
    truncated: truncation !== undefined,
    logged,
  };
}

/** The episode that a header begins. Its own step limit and policy count, and the probes that its task has today. */
function episodeOf(environment: Environment, header: HeaderLine): Episode {
  const task = environment.tasks.tasks.find(({ id }) => id === header.task);
  return beginEpisode(environment, probesOf(environment, task?.probes), checked(environment, header));
}

function checked(environment: Environment, header: HeaderLine): HeaderLine {
  if (header.model === environment.loaded.digest) return header;
  throw new MynahError(
    'ERR_MODEL_MISMATCH',
    `the log was made by the model ${header.model}, this clone is ${environment.loaded.digest}`,
    {
      logged: header.model,
      model: environment.loaded.digest,
    },
  );
}

function requestOf({
  request,
  traceparent,
}: {
  readonly request: LoggedRequest;
  readonly traceparent?: string;
}): AddressedRequest {
  return traceparent === undefined
    ? request
    : { ...request, headers: [...request.headers, ['traceparent', traceparent]] };
}

const JUDGED: ReadonlySet<string> = new Set(['reward', 'rewards', 'terminated', 'truncated', 'truncation']);

function differingMembers(logged: Json, replayed: Json, judged: boolean): readonly string[] {
  const [a, b] = [logged, replayed] as [Record<string, Json>, Record<string, Json>];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => (judged || !JUDGED.has(name)) && !equalJson(a[name], b[name]));
}
