// A clone in this process, with no network at all: the episodes of the control plane as objects.
import { requestOfAction } from '../core/episode/action.ts';
import { episodeClock, setEpisodeClock, type ClockChange, type EpisodeClock } from '../core/episode/episode-clock.ts';
import { openEnvironment, type Environment } from '../core/episode/environment.ts';
import {
  finishEpisode,
  hasEnded,
  resetEpisode,
  stepEpisode,
  type Episode,
  type EpisodeStart,
} from '../core/episode/episode.ts';
import { printLogLine, type UnknownPolicy } from '../core/episode/log-line.ts';
import { finishInfo, firstObservation, observationOf, resetInfo, stepInfo } from '../core/episode/observation.ts';
import { readAssets } from '../core/model/assets.ts';
import { loadModel, worldEntities } from '../core/runtime/step.ts';
import { MynahError } from '../core/std/errors.ts';
import type { Json, JsonObject } from '../core/std/json.ts';
import { readCloneFolder } from '../store/clone-folder.ts';
import { readExterns } from '../store/extern-files.ts';

export interface OpenCloneOptions {
  /** When the model cannot answer: mark the episode truncated (the default), or not. */
  readonly onUnknown?: UnknownPolicy;
  /** Names of the clone's externs that may run: code in its folder, with the rights of this process. */
  readonly externs?: readonly string[];
  /** Virtual time at reset, milliseconds since the epoch; where the recording starts when it is absent. */
  readonly clockStartMs?: number;
}

/** What a step gives: an observation, which the agent may be shown, and what is for the trainer alone. */
export interface StepOutcome {
  readonly observation: JsonObject;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: JsonObject;
}

/** A request of the agent: `path` of the first service or of the named one, or an absolute URL on the original. */
export interface Action {
  readonly method: string;
  readonly path: string;
  readonly service?: string;
  readonly query?: JsonObject;
  readonly headers?: JsonObject;
  readonly body?: Json;
}

/**
 * Opens a clone, with the probes and tasks in its folder.
 *
 * @throws {MynahError} ERR_CLONE_NOT_FOUND, ERR_CLONE_FILE, ERR_CLONE_FORMAT, ERR_PROBE_FILE, ERR_TASK_FILE, ERR_EXTERN
 * @example
 * const clone = await openClone('clone');
 * const episode = clone.reset({ seed: 7 });
 * const { observation, reward } = episode.step({ method: 'GET', path: '/items' });
 */
export async function openClone(path: string, options: OpenCloneOptions = {}): Promise<Clone> {
  const { onUnknown, externs = [], clockStartMs } = options;
  const { model, files } = await readCloneFolder(path);
  const loaded = loadModel(model, { assets: readAssets(files), externs: await readExterns(path, externs) });
  return new Clone({ ...openEnvironment(loaded, files, onUnknown), clockStartMs });
}

export class Clone {
  readonly environment: Environment;
  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** A new episode. Episodes share nothing that changes, so any number of them may live at once. */
  reset(start: EpisodeStart = {}): CloneEpisode {
    return new CloneEpisode(resetEpisode(this.environment, start));
  }
}

/** One episode. Its log holds requests as they were given: use the credentials that the clone hands out. */
export class CloneEpisode {
  /** What the agent is told before its first step. */
  readonly observation: JsonObject;
  readonly info: JsonObject;
  #episode: Episode;
  /** Its own: a fork gets a copy. */
  readonly #lines: string[];

  constructor(episode: Episode, lines: readonly string[] = [printLogLine(episode.header)]) {
    const goal = episode.environment.tasks.tasks.find(({ id }) => id === episode.header.task)?.goal;
    this.observation = firstObservation(goal);
    this.info = resetInfo(episode);
    this.#episode = episode;
    this.#lines = [...lines];
  }

  /** @throws {MynahError} ERR_CALL_INVALID for an action that is none, ERR_EPISODE_ENDED */
  step(action: Action): StepOutcome {
    if (hasEnded(this.#episode))
      throw new MynahError('ERR_EPISODE_ENDED', 'the episode has ended; reset the clone for another');
    const { services } = this.#episode.environment.loaded.model;
    const { episode, line } = stepEpisode(this.#episode, requestOfAction(action as unknown as Json, services));
    this.#episode = episode;
    this.#lines.push(printLogLine(line));
    const { reward, terminated, truncated, response } = line;
    return { observation: observationOf(response), reward, terminated, truncated, info: stepInfo(line) };
  }

  /**
   * Ends the episode: outcome and guard probes judge its world and the answer.
   *
   * @throws {MynahError} ERR_EPISODE_ENDED when it is finished already
   */
  finish(answer: Json = null): Omit<StepOutcome, 'observation'> {
    const { episode, line } = finishEpisode(this.#episode, answer);
    this.#episode = episode;
    this.#lines.push(printLogLine(line));
    const { terminated, truncation } = episode;
    return { reward: line.reward, terminated, truncated: truncation !== undefined, info: finishInfo(episode) };
  }

  /**
   * Sets the clock: the time of the next step, by how much it moves on, or whether it stands still.
   *
   * @throws {MynahError} ERR_EPISODE_ENDED, ERR_CALL_INVALID
   */
  setClock(change: ClockChange): EpisodeClock {
    const { episode, line } = setEpisodeClock(this.#episode, change);
    this.#episode = episode;
    this.#lines.push(printLogLine(line));
    return episodeClock(episode);
  }

  /** Another episode that goes on from here. */
  fork(): CloneEpisode {
    return new CloneEpisode(this.#episode, this.#lines);
  }

  /** Entities by type. */
  world(): JsonObject {
    return worldEntities(this.#episode.environment.loaded, this.#episode.world);
  }

  /** Lines of the episode log so far. */
  log(): readonly string[] {
    return this.#lines;
  }
}
