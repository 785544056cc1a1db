import { describe, expect, it } from 'vitest';
import { notesFolder } from '../support/notes-clone.ts';
import { runMynah } from '../support/mynah-command.ts';

const TASKS = `tasks: [{ id: bread, goal: Write bread., oracle: [{ method: POST, path: /notes, body: { title: bread } }] }]`;
const MADE = `{ id: made, when: request.body.title == 'bread', reward: 1 }`;

describe('mynah audit', () => {
  it('shows what each policy earns, and that nothing was found', async () => {
    const clone = notesFolder({ 'probes.yaml': `probes: [${MADE}]`, 'tasks.yaml': TASKS });
    const { code, stdout } = await runMynah(['audit', clone, '--runs', '3', '--steps', '10']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^task bread\npolicy +reward +steps +probes\n[^]*oracle +1 +1 +made\nnothing found\n$/),
    ]);
  });

  it('ends with 1 when a policy earns that should not', async () => {
    const clone = notesFolder({
      'probes.yaml': `probes: [${MADE}, { id: calm, kind: outcome, reward: 1 }]`,
      'tasks.yaml': TASKS,
    });
    const { code, stdout } = await runMynah(['audit', clone, '--json', '--runs', '2', '--steps', '5']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      tasks: [{ task: 'bread', findings: [{ rule: 'nothing-earns', severity: 'error' }] }],
    });
  });
});
