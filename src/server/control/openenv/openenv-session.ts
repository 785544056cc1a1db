// One session of an OpenEnv client: one episode after another, each in the three members that this protocol knows. There is no
// `finish` in it, so an episode that is done is finished here, and its last reward holds what outcome probes gave.
import { requestOfAction } from '../../../core/episode/action.ts';
import { hasEnded } from '../../../core/episode/episode.ts';
import { firstObservation, observationOf } from '../../../core/episode/observation.ts';
import { MynahError } from '../../../core/std/errors.ts';
import { isObject, printJson, type Json, type JsonObject } from '../../../core/std/json.ts';
import { actionOfTool } from '../../../core/tool/tool-call.ts';
import { toolResult } from '../../../core/tool/tool-result.ts';
import { headersFor, listedTools } from '../../agent/tool-caller.ts';
import { faultsOf } from '../call-body.ts';
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
   * Begins an episode. What a trainer's data set has besides seed, name, task and faults is passed over.
   *
   * @param id of the episode on the control plane; one is made where it is absent
   * @throws {MynahError} ERR_CALL_INVALID for faults that there are not
   */
  async reset({ seed, episode_id: name, task, faults }: JsonObject, id?: string): Promise<OpenEnvResult> {
    this.leave();
    const { tasks } = this.#registry.environment.tasks;
    const named = typeof task === 'string' && tasks.some(({ id }) => id === task) ? task : undefined;
    const labels = typeof name === 'string' ? { episode_id: name.slice(0, LABEL_MAX) } : {};
    const start = {
      seed: typeof seed === 'number' ? seed : undefined,
      task: named,
      faults: isObject(faults) ? faultsOf(faults) : undefined,
    };
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
    if (!isObject(action)) return this.#request(action, (observation) => observation);
    // Members of every action in the reference; they say nothing here.
    const { metadata: _metadata, ...members } = action;
    if (members['type'] === 'list_tools') return this.#listTools();
    if (members['type'] === 'call_tool') return this.#callTool(members);
    if (Object.hasOwn(members, 'answer')) {
      const live = await this.begun();
      const { line } = await this.#registry.finish(live.id, members['answer'] ?? null);
      return { observation: withMetadata(firstObservation(undefined), live), reward: line.reward, done: true };
    }
    return this.#request(members, (observation) => observation);
  }

  /** The episode under way; one is begun where there is none yet. */
  async begun(): Promise<LiveEpisode> {
    if (this.#live === undefined) await this.reset({});
    return this.#live as LiveEpisode;
  }

  async #request(action: Json, show: (observation: JsonObject) => JsonObject): Promise<OpenEnvResult> {
    const { id } = await this.begun();
    const { line, response } = await this.#registry.step(id, requestOfAction(action, this.#registry.services));
    // It may have left memory meanwhile, and come back from its log.
    const live = (this.#live = this.#registry.open(id));
    const done = line.truncated || hasEnded(live.episode);
    const last = done ? (await this.#registry.finish(live.id, null)).line.reward : 0;
    return { observation: withMetadata(show(observationOf(response)), live), reward: line.reward + last, done };
  }

  /** No step: nothing is asked of the API. */
  #listTools(): OpenEnvResult {
    const tools = listedTools(this.#registry).map(({ name, description, inputSchema }) => ({
      name: name as string,
      description: description as string,
      input_schema: inputSchema as JsonObject,
    }));
    return { observation: { tools, metadata: {} }, reward: null, done: false };
  }

  /** A call that cannot be made is an observation that says so, and no step. */
  async #callTool({ tool_name: name, arguments: given }: JsonObject): Promise<OpenEnvResult> {
    const observed = (result: JsonObject | null, error: JsonObject | null) => ({
      tool_name: name ?? null,
      result,
      error,
    });
    const failed = (type: string, message: string): OpenEnvResult => {
      return {
        observation: { ...observed(null, { error_type: type, message }), metadata: {} },
        reward: 0,
        done: false,
      };
    };
    const tool = typeof name === 'string' ? this.#registry.tools().get(name) : undefined;
    if (tool === undefined) return failed('tool_not_found', `there is no tool ${printJson(name ?? null)}`);
    let action: JsonObject;
    try {
      action = actionOfTool(tool, given ?? undefined, headersFor(tool, this.#registry.services, {}));
      requestOfAction(action, this.#registry.services);
    } catch (error) {
      if (!(error instanceof MynahError)) throw error;
      return failed('invalid_args', error.message);
    }
    return this.#request(action, (observation) => observed({ ...toolResult(observation), data: observation }, null));
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
