import { describe, expect, it } from 'vitest';
import { parseProbes } from '../../../src/core/probe/probe-file.ts';
import { parseTasks } from '../../../src/core/task/task-file.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const { probes } = parseProbes('probes.yaml', 'probes: [{ id: p, reward: 1 }]', notesEnvironment().loaded.model);
const complaint = (text: string) => failureOf(() => parseTasks('tasks.yaml', text, probes)).message;

describe('a file of tasks', () => {
  it('holds goal, seed, probes, limits, split and oracle', () => {
    const text = `
tasks:
  - id: close
    goal: Close the note.
    seed: 7
    probes: [p]
    limits: { steps: 20 }
    split: train
    oracle:
      - { method: DELETE, path: /notes/1 }
`;
    expect(parseTasks('tasks.yaml', text, probes).tasks).toEqual([
      {
        id: 'close',
        goal: 'Close the note.',
        seed: 7,
        probes: ['p'],
        stepsMax: 20,
        split: 'train',
        oracle: [{ method: 'DELETE', path: '/notes/1' }],
      },
    ]);
  });

  it('is refused with file, line and column', () => {
    expect(complaint('tasks:\n  - id: a\n')).toContain('tasks.yaml:2:5: tasks.0.goal: missing');
    expect(complaint('tasks:\n  - { id: a, goal: g, hint: h }\n')).toContain('tasks.yaml:2:23: unknown key hint');
    expect(complaint('tasks:\n  - { id: a, goal: g }\n  - { id: a, goal: g }\n')).toContain(
      'tasks.yaml:3:11: tasks.1.id: another task is called a',
    );
    expect(complaint('tasks:\n  - { id: a, goal: g, probes: [q] }\n')).toContain('there is no probe q');
    expect(complaint('tasks:\n  - { id: a, goal: g, seed: -1 }\n')).toContain('tasks.yaml:2:');
    expect(complaint('tasks: [\n')).toContain('tasks.yaml:');
    expect(failureOf(() => parseTasks('tasks.yaml', 'x: 1', probes)).code).toBe('ERR_TASK_FILE');
  });
});
