// Tasks: what an agent is asked to do in an episode, from where, judged by which probes, within which limits.
import { MynahError } from '../std/errors.ts';
import type { JsonObject } from '../std/json.ts';

export interface Task {
  readonly id: string;
  /** What the agent is told. */
  readonly goal: string;
  /** Seed of its episodes where the caller gives none. */
  readonly seed?: number;
  /** Ids of the probes that judge it; all probes when absent. */
  readonly probes?: readonly string[];
  /** After so many steps the episode is truncated. */
  readonly stepsMax?: number;
  /** Part of the set it belongs to, for example `train`. */
  readonly split?: string;
  /** What solves it: actions as `POST /episodes/{id}/step` takes them, at the end perhaps `{ answer }`. */
  readonly oracle?: readonly JsonObject[];
}

export interface TaskSet {
  readonly tasks: readonly Task[];
}

export const NO_TASKS: TaskSet = { tasks: [] };

/**
 * The task of an episode. Where none is named, the seed alone selects one; `null` asks for an episode without a task.
 *
 * @throws {MynahError} ERR_TASK_NOT_FOUND for an id that no task has
 */
export function selectTask(
  { tasks }: TaskSet,
  id: string | null | undefined,
  seed: number | undefined,
): Task | undefined {
  if (id === null || (id === undefined && tasks.length === 0)) return undefined;
  if (id === undefined) return tasks[(seed ?? 0) % tasks.length];
  const task = tasks.find((one) => one.id === id);
  if (task !== undefined) return task;
  const known = tasks.length === 0 ? 'the clone has no tasks.yaml' : `it has ${tasks.map((one) => one.id).join(', ')}`;
  throw new MynahError('ERR_TASK_NOT_FOUND', `there is no task ${id}; ${known}`, { task: id });
}
