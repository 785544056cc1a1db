import { describe, expect, it } from 'vitest';
import { NO_TASKS, selectTask } from '../../../src/core/task/task.ts';
import { failureOf } from '../../support/failure.ts';

const set = { tasks: ['a', 'b', 'c'].map((id) => ({ id, goal: id })) };

describe('the task of an episode', () => {
  it('is the one that is named', () => {
    expect(selectTask(set, 'b', 0)?.id).toBe('b');
  });

  it('follows from the seed alone where none is named, so that every seed has one', () => {
    expect([undefined, 0, 1, 2, 3, 301].map((seed) => selectTask(set, undefined, seed)?.id)).toEqual([
      'a',
      'a',
      'b',
      'c',
      'a',
      'b',
    ]);
  });

  it('is none where null is asked for or there are none', () => {
    expect(selectTask(set, null, 1)).toBeUndefined();
    expect(selectTask(NO_TASKS, undefined, 1)).toBeUndefined();
  });

  it('must exist', () => {
    expect(failureOf(() => selectTask(set, 'x', 0)).message).toBe('there is no task x; it has a, b, c');
    expect(failureOf(() => selectTask(NO_TASKS, 'x', 0)).message).toContain('no tasks.yaml');
  });
});
