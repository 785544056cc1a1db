// An environment: everything that the episodes of one clone share. Made once, immutable.
import type { CloneModel } from '../model/clone-model.ts';
import type { CloneFiles } from '../model/files-read.ts';
import { LATENCY_FILE, readLatencies, type Latencies } from '../model/latencies.ts';
import { readShapes, SHAPES_FILE } from '../model/shapes-file.ts';
import { parseProbes, PROBES_FILE } from '../probe/probe-file.ts';
import type { ProbeSet } from '../probe/probe.ts';
import type { LoadedModel } from '../runtime/step.ts';
import { parseTasks, TASKS_FILE } from '../task/task-file.ts';
import { NO_TASKS, type TaskSet } from '../task/task.ts';
import { toolsOf, type ToolSet } from '../tool/tool.ts';
import type { AskedFaults } from './faults.ts';
import type { UnknownPolicy } from './log-line.ts';

export interface Environment {
  readonly loaded: LoadedModel;
  /** Undefined where nothing is scored. */
  readonly probes: ProbeSet | undefined;
  readonly tasks: TaskSet;
  readonly onUnknown: UnknownPolicy;
  /** Step limit of episodes whose task has none. */
  readonly stepsMax?: number | undefined;
  /** Virtual time at reset, milliseconds since the epoch; the model's where it is absent. */
  readonly clockStartMs?: number | undefined;
  /** How long the original took; undefined where the clone does not know. */
  readonly latencies?: Latencies | undefined;
  /** Do episodes take as long, unless they are asked otherwise? */
  readonly hasLatency?: boolean | undefined;
  /** Faults of episodes that are not asked to have others. */
  readonly faults?: AskedFaults | undefined;
  /**
   * The routes as tools; made when somebody first asks for them.
   *
   * @throws {MynahError} ERR_CLONE_FILE for counts of requests that cannot be read
   */
  readonly tools: () => ToolSet;
}

/**
 * The environment of a clone, with the probes and tasks among its files.
 *
 * @throws {MynahError} ERR_PROBE_FILE, ERR_TASK_FILE, ERR_CLONE_FILE for latencies that cannot be read
 */
export function openEnvironment(
  loaded: LoadedModel,
  files: CloneFiles,
  onUnknown: UnknownPolicy = 'truncate',
): Environment {
  const { model } = loaded;
  const [probesText, tasksText] = [files.get(PROBES_FILE), files.get(TASKS_FILE)];
  const probes = probesText === undefined ? undefined : parseProbes(PROBES_FILE, probesText, model);
  const tasks = tasksText === undefined ? NO_TASKS : parseTasks(TASKS_FILE, tasksText, probes?.probes ?? []);
  const latencyText = files.get(LATENCY_FILE);
  const latencies = latencyText === undefined ? undefined : readLatencies(latencyText);
  return { loaded, probes, tasks, onUnknown, latencies, tools: lazyTools(model, files.get(SHAPES_FILE)) };
}

function lazyTools(model: CloneModel, shapesText: string | undefined): () => ToolSet {
  let tools: ToolSet | undefined;
  return () => (tools ??= toolsOf(model, shapesText === undefined ? undefined : readShapes(shapesText)));
}
