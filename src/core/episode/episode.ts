// An episode as a value: reset, step, finish are pure functions from one value to the next, each with the line of the log
// that tells it. Keeping an old value is keeping a snapshot; using it twice is forking.
import type { HttpResponse } from '../exchange/exchange.ts';
import { LATENCY_FILE, type Latencies } from '../model/latencies.ts';
import { judgeFinish, judgeStep, type Judgement } from '../probe/judge.ts';
import { NO_EARNINGS, type Earnings, type ProbeSet } from '../probe/probe.ts';
import type { Scene } from '../probe/scene.ts';
import {
  initialWorld,
  withClock,
  worldDigest,
  worldEntities,
  worldTime,
  type LoadedModel,
  type AddressedRequest,
  type World,
} from '../runtime/step.ts';
import { RUNTIME_VERSION } from '../runtime/version.ts';
import { MynahError } from '../std/errors.ts';
import type { Json, JsonObject } from '../std/json.ts';
import { episodeStepsMax } from '../std/limits.ts';
import { selectTask } from '../task/task.ts';
import type { Environment } from './environment.ts';
import { episodeRequest } from './episode-request.ts';
import { latenciesOf } from './latency.ts';
import { answerStep, checkedFaults, type AnsweredStep, type AskedFaults } from './faults.ts';
import {
  EPISODE_LOG_FORMAT_VERSION,
  type FinishLine,
  type HeaderLine,
  type StepLine,
  type Truncation,
} from './log-line.ts';
import { addChanges, listChanges, NO_CHANGES, type NetChanges } from './net-changes.ts';

export interface Episode {
  readonly environment: Environment;
  readonly header: HeaderLine;
  readonly probes: ProbeSet | undefined;
  /** Where answers take their time. */
  readonly latencies: Latencies | undefined;
  /** The world at reset. */
  readonly start: World;
  readonly world: World;
  /** Digest of `world`. */
  readonly worldDigest: string;
  readonly steps: number;
  readonly earnings: Earnings;
  readonly terminated: boolean;
  readonly truncation: Truncation | undefined;
  readonly finished: boolean;
  /** Virtual time of the last step, or of the reset; milliseconds since the epoch. */
  readonly time: number;
  /** What has changed since the reset. */
  readonly changes: NetChanges;
}

export interface EpisodeStart {
  /** A whole number from 0. */
  readonly seed?: number | undefined;
  /** Id of a task; null for none; where it is absent, the seed selects one. */
  readonly task?: string | null | undefined;
  /** Gateway errors that some steps meet; those of the environment where it is absent. */
  readonly faults?: AskedFaults | undefined;
  /** Do answers take as long as recorded ones did, on the virtual clock? As the environment says where it is absent. */
  readonly latency?: boolean | undefined;
}

/**
 * A new episode, in the world that the seed gives.
 *
 * @throws {MynahError} ERR_TASK_NOT_FOUND, ERR_CALL_INVALID for faults that there are not, and for latency of a clone that knows none
 */
export function resetEpisode(
  environment: Environment,
  { seed, task: named, faults = environment.faults, latency = environment.hasLatency }: EpisodeStart = {},
): Episode {
  const task = selectTask(environment.tasks, named, seed);
  return beginEpisode(environment, probesOf(environment, task?.probes), {
    seed: seed ?? task?.seed ?? 0,
    task: task?.id ?? null,
    stepsMax: task?.stepsMax ?? environment.stepsMax ?? null,
    onUnknown: environment.onUnknown,
    ...(environment.clockStartMs === undefined ? {} : { startMs: environment.clockStartMs }),
    ...(faults === undefined ? {} : { faults: checkedFaults(faults) }),
    ...(latency === true ? { latency: knownLatencies(environment).digest } : {}),
  });
}

function knownLatencies({ latencies }: Environment): Latencies {
  if (latencies !== undefined) return latencies;
  throw new MynahError('ERR_CALL_INVALID', `the clone has no ${LATENCY_FILE}; compile its recordings again for one`);
}

/**
 * A new episode, from what its header says and not from what the task of that name says today.
 *
 * @throws {MynahError} ERR_MODEL_MISMATCH for latencies that the environment does not have
 */
export function beginEpisode(
  environment: Environment,
  probes: ProbeSet | undefined,
  {
    seed,
    task,
    stepsMax,
    onUnknown,
    startMs,
    faults,
    latency,
  }: Pick<HeaderLine, 'seed' | 'task' | 'stepsMax' | 'onUnknown' | 'startMs' | 'faults' | 'latency'>,
): Episode {
  const latencies = latenciesOf(environment, latency);
  const world = startWorld(environment.loaded, seed, startMs);
  const digest = worldDigest(environment.loaded, world);
  const header: HeaderLine = {
    kind: 'header',
    formatVersion: EPISODE_LOG_FORMAT_VERSION,
    model: environment.loaded.digest,
    runtime: RUNTIME_VERSION,
    seed,
    task,
    probes: probes?.digest ?? null,
    stepsMax,
    onUnknown,
    ...(startMs === undefined ? {} : { startMs }),
    ...(faults === undefined ? {} : { faults }),
    ...(latency === undefined ? {} : { latency }),
    world: digest,
  };
  return {
    environment,
    header,
    probes,
    latencies,
    start: world,
    world,
    worldDigest: digest,
    steps: 0,
    earnings: NO_EARNINGS,
    terminated: false,
    truncation: undefined,
    finished: false,
    time: worldTime(environment.loaded, world),
    changes: NO_CHANGES,
  };
}

/** The world at reset, with its clock at the start that a header names. */
export function startWorld(loaded: LoadedModel, seed: number, startMs: number | undefined): World {
  const world = initialWorld(loaded, seed);
  return startMs === undefined ? world : withClock(loaded, world, startMs, false);
}

/** The probes with these ids, all of them when there is no list. */
export function probesOf({ probes }: Environment, ids: readonly string[] | undefined): ProbeSet | undefined {
  if (probes === undefined || ids === undefined) return probes;
  return { ...probes, probes: probes.probes.filter(({ id }) => ids.includes(id)) };
}

/**
 * Has the episode ended for its trainer? It ends when it is finished, when a probe terminates it and at its step limit. An
 * unknown transition only marks it truncated. The agent's requests are answered until it is finished, so that an agent
 * cannot learn from the API what its probes thought of it; after the end they earn nothing.
 */
export function hasEnded({ finished, terminated, truncation }: Episode): boolean {
  return finished || terminated || truncation === 'step-limit';
}

export interface EpisodeStep {
  readonly episode: Episode;
  readonly line: StepLine;
}

/**
 * One request of the agent.
 *
 * @throws {MynahError} ERR_EPISODE_ENDED when the episode is finished or has as many steps as any episode may have
 */
export function stepEpisode(episode: Episode, addressed: AddressedRequest): EpisodeStep {
  if (episode.finished) throw new MynahError('ERR_EPISODE_ENDED', 'the episode is finished; reset it or make another');
  if (episode.steps >= episodeStepsMax)
    throw new MynahError('ERR_EPISODE_ENDED', `the episode has ${episodeStepsMax} steps, and no episode has more`);
  const { loaded } = episode.environment;
  const { request, traceparent } = episodeRequest(addressed);
  const index = episode.steps + 1;
  const { world, response, transition, latencyMs } = answerStep(
    loaded,
    episode.header,
    index,
    episode.world,
    request,
    episode.latencies,
  );
  const judgement = hasEnded(episode)
    ? nothingFired(episode.earnings)
    : judgeTransition(episode, index, request, response, transition, world);
  const terminated = episode.terminated || judgement.terminates;
  const truncation = truncationAfter(episode, transition, index, terminated);
  const digest = worldDigest(loaded, world);
  const line: StepLine = {
    kind: 'step',
    index,
    request,
    response,
    service: transition.service ?? null,
    route: transition.route ?? null,
    rules: transition.rules,
    provenance: transition.provenance,
    ...(transition.unknown === undefined ? {} : { unknown: transition.unknown }),
    reward: judgement.reward,
    rewards: judgement.rewards,
    terminated,
    truncated: truncation !== undefined,
    ...(truncation === undefined ? {} : { truncation }),
    time: transition.time,
    ...(latencyMs === undefined ? {} : { latency: latencyMs }),
    world: { before: episode.worldDigest, after: digest },
    changes: transition.changes,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  const next = {
    world,
    worldDigest: digest,
    steps: index,
    earnings: judgement.earnings,
    terminated,
    truncation,
    time: transition.time,
  };
  return { episode: { ...episode, ...next, changes: addChanges(episode.changes, transition.changes) }, line };
}

export interface EpisodeFinish {
  readonly episode: Episode;
  readonly line: FinishLine;
}

/**
 * Ends the episode: outcome and guard probes judge its world and what the agent answered.
 *
 * @throws {MynahError} ERR_EPISODE_ENDED when it is finished already
 */
export function finishEpisode(episode: Episode, answer: Json = null): EpisodeFinish {
  if (episode.finished) throw new MynahError('ERR_EPISODE_ENDED', 'the episode is finished already');
  const judgement =
    episode.probes === undefined
      ? nothingFired(episode.earnings)
      : judgeFinish(episode.probes, episode.earnings, {
          ...worldsOf(episode, episode.start, episode.world),
          changes: listChanges(episode.changes),
          time: episode.time,
          steps: episode.steps,
          answer,
        });
  const line: FinishLine = { kind: 'finish', answer, reward: judgement.reward, rewards: judgement.rewards };
  const terminated = episode.terminated || episode.truncation !== 'step-limit';
  return { episode: { ...episode, earnings: judgement.earnings, terminated, finished: true }, line };
}

function judgeTransition(
  episode: Episode,
  index: number,
  request: AddressedRequest,
  response: HttpResponse,
  transition: AnsweredStep['transition'],
  world: World,
): Judgement {
  if (episode.probes === undefined) return nothingFired(episode.earnings);
  const { route, service, provenance, changes, time } = transition;
  const subject = { route, service, method: request.method, status: response.status, provenance };
  return judgeStep(episode.probes, episode.earnings, subject, {
    ...worldsOf(episode, episode.world, world),
    request,
    response,
    path: () => pathParameters(episode.environment, service, request),
    changes,
    time,
    steps: index,
  });
}

function worldsOf({ environment: { loaded } }: Episode, before: World, after: World): Pick<Scene, 'before' | 'after'> {
  return { before: once(() => worldEntities(loaded, before)), after: once(() => worldEntities(loaded, after)) };
}

function pathParameters(
  { loaded }: Environment,
  name: string | undefined,
  { method, target }: AddressedRequest,
): JsonObject | undefined {
  const service = loaded.services.find(({ service }) => service.name === name);
  const match = service?.router.match(method, target.split('?')[0] ?? '');
  return match?.route === undefined ? undefined : match.params;
}

function truncationAfter(
  { header, truncation }: Episode,
  transition: AnsweredStep['transition'],
  index: number,
  terminated: boolean,
): Truncation | undefined {
  if (!terminated && index >= (header.stepsMax ?? episodeStepsMax)) return 'step-limit';
  if (transition.provenance === 'unknown' && header.onUnknown === 'truncate') return truncation ?? 'unknown-transition';
  return truncation;
}

function nothingFired(earnings: Earnings): Judgement {
  return { earnings, reward: 0, rewards: {}, terminates: false };
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
