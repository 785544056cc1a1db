// Reads tasks.yaml. Whatever is wrong with it is said with line and column.
import { z } from 'zod';
import { shaped, wrong } from '../model/files-read.ts';
import { parseYaml } from '../model/yaml-text.ts';
import type { Probe } from '../probe/probe.ts';
import { MynahError } from '../std/errors.ts';
import { episodeStepsMax } from '../std/limits.ts';
import type { Task, TaskSet } from './task.ts';

export const TASKS_FILE = 'tasks.yaml';

const name = z.string().min(1);
const action = z.looseObject({ method: name, path: name });
const answer = z.strictObject({ answer: z.json() });

const task = z.strictObject({
  id: name,
  goal: z.string().min(1),
  seed: z.number().int().min(0).optional(),
  probes: z.array(name).optional(),
  limits: z.strictObject({ steps: z.number().int().min(1).max(episodeStepsMax).optional() }).optional(),
  split: name.optional(),
  oracle: z.array(z.union([action, answer])).optional(),
});

const tasksFile = z.strictObject({ tasks: z.array(task) });

/**
 * @param file name for messages
 * @throws {MynahError} ERR_TASK_FILE with file, line, column and what was expected, for the first thing that is wrong
 */
export function parseTasks(file: string, text: string, probes: readonly Probe[]): TaskSet {
  try {
    const source = parseYaml(file, text);
    const { tasks } = shaped(source, tasksFile);
    const probeIds = probes.map(({ id }) => id);
    tasks.forEach((one, index) => {
      if (tasks.findIndex(({ id }) => id === one.id) !== index)
        throw wrong(source, ['tasks', index, 'id'], `another task is called ${one.id} already`);
      (one.probes ?? []).forEach((probe, at) => {
        if (!probeIds.includes(probe))
          throw wrong(source, ['tasks', index, 'probes', at], `there is no probe ${probe}`);
      });
    });
    return {
      tasks: tasks.map(
        ({ limits, ...one }) =>
          ({ ...one, ...(limits?.steps === undefined ? {} : { stepsMax: limits.steps }) }) as Task,
      ),
    };
  } catch (error) {
    if (error instanceof MynahError && error.code === 'ERR_CLONE_FILE')
      throw new MynahError('ERR_TASK_FILE', error.message, error.details);
    throw error;
  }
}
