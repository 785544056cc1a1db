import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

describe('an environment', () => {
  it('has the probes and tasks among the files of its clone', () => {
    const environment = notesEnvironment({
      'probes.yaml': 'probes: [{ id: p, reward: 1 }]',
      'tasks.yaml': 'tasks: [{ id: t, goal: Go., probes: [p] }]',
    });
    expect(environment.probes?.probes.map(({ id }) => id)).toEqual(['p']);
    expect(environment.tasks.tasks).toEqual([{ id: 't', goal: 'Go.', probes: ['p'] }]);
  });

  it('has neither where there is no such file', () => {
    expect(notesEnvironment()).toMatchObject({ probes: undefined, tasks: { tasks: [] }, onUnknown: 'truncate' });
  });

  it('cannot be opened with malformed probes or tasks', () => {
    expect(failureOf(() => notesEnvironment({ 'probes.yaml': 'probes: 1' })).code).toBe('ERR_PROBE_FILE');
    expect(failureOf(() => notesEnvironment({ 'tasks.yaml': 'tasks: 1' })).code).toBe('ERR_TASK_FILE');
  });
});
