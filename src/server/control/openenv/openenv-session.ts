// One session of an OpenEnv client: one episode after another, each in the three members that this protocol knows. There is no
// `finish` in it, so an episode that is done is finished here, and its last reward holds what outcome probes gave.
import { requestOfAction } from '../../../core/episode/action.ts';
import { hasEnded } from '../../../core/episode/episode.ts';
import { firstObservation, observationOf } from '../../../core/episode/observation.ts';
import { isObject, type Json, type JsonObject } from '../../../core/std/json.ts';
import { episodeHandle } from '../episode-handle.ts';
import type { EpisodeRegistry, LiveEpisode } from '../episode-registry.ts';

export interface OpenEnvResult {
  readonly observation: JsonObject;
  readonly reward: number | null;
  readonly done: boolean;
}

export class OpenEnvSession {
  readonly #registry: EpisodeRegistry;
  readonly #agentRoot: string;
  #live: LiveEpisode | undefined;
  /** What the client calls its episode. */
  #name: string | undefined;

  constructor(registry: EpisodeRegistry, agentRoot: string) {
    this.#registry = registry;
    this.#agentRoot = agentRoot;
  }

  /**
   * Begins an episode. What a trainer's data set has besides seed, name and task is passed over.
   *
   * @param id of the episode on the control plane; one is made where it is absent
   */
  async reset({ seed, episode_id: name, task }: JsonObject, id?: string): Promise<OpenEnvResult> {
    this.leave();
    const { tasks } = this.#registry.environment.tasks;
    const named = typeof task === 'string' && tasks.some(({ id }) => id === task) ? task : undefined;
    const labels = typeof name === 'string' ? { episode_id: name.slice(0, LABEL_MAX) } : {};
    const start = { seed: typeof seed === 'number' ? seed : undefined, task: named };
    const isKnown = id !== undefined && this.#registry.has(id);
    const live = isKnown
      ? await this.#registry.reset(id, start)
      : await this.#registry.create({ ...start, id, labels });
    this.#live = live;
    this.#name = typeof name === 'string' ? name : undefined;
    const goal = tasks.find(({ id }) => id === live.episode.header.task)?.goal;
    return { observation: withMetadata(firstObservation(goal), live), reward: null, done: false };
  }

  /**
   * One request of the agent; `{ answer }` ends the episode.
   *
   * @throws {MynahError} ERR_CALL_INVALID, ERR_EPISODE_ENDED, ERR_EPISODE_STORE
   */
  async step(action: Json): Promise<OpenEnvResult> {
    if (this.#live === undefined) await this.reset({});
    const live = this.#live as LiveEpisode;
    if (isObject(action) && Object.hasOwn(action, 'answer')) {
      const { line } = await this.#registry.finish(live.id, action['answer'] ?? null);
      return { observation: withMetadata(firstObservation(undefined), live), reward: line.reward, done: true };
    }
    const { line, response } = await this.#registry.step(live.id, requestOfAction(action, this.#registry.services));
    const done = line.truncated || hasEnded(live.episode);
    const last = done ? (await this.#registry.finish(live.id, null)).line.reward : 0;
    return { observation: withMetadata(observationOf(response), live), reward: line.reward + last, done };
  }

  /** The trainer's view: where an agent finds the episode, and what it has earned. */
  state(): JsonObject {
    if (this.#live === undefined) return { episode_id: null, step_count: 0 };
    const { id } = this.#live;
    const { step_count, ...summary } = this.#registry.summary(id);
    return {
      episode_id: this.#name ?? id,
      step_count: step_count ?? 0,
      ...summary,
      ...episodeHandle(id, this.#agentRoot, this.#registry.services),
    };
  }

  /** Goes on with an episode of the control plane. @throws {MynahError} ERR_EPISODE_NOT_FOUND */
  join(id: string): void {
    this.#live = this.#registry.open(id);
    this.#name = id;
  }

  /** The session is over, and its episode with it. */
  forget(): void {
    if (this.#live !== undefined) this.#registry.remove(this.#live.id);
    this.#live = undefined;
  }

  /** The session is over; its episode stays in the log and leaves memory. */
  leave(): void {
    if (this.#live !== undefined) this.#registry.release(this.#live.id);
    this.#live = undefined;
  }
}

const LABEL_MAX = 256;

/** Trainers that know one `done` only find here why. Nothing of probes: this may be shown to the agent. */
function withMetadata(
  observation: JsonObject,
  { episode: { steps, terminated, truncation } }: LiveEpisode,
): JsonObject {
  const reason = truncation === undefined ? {} : { truncation_reason: truncation };
  return { ...observation, metadata: { terminated, truncated: truncation !== undefined, ...reason, step: steps } };
}
