import { describe, expect, it } from 'vitest';
import { auditEnvironment, type TaskAudit } from '../../../src/core/episode/audit.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const options = { seed: 1, runs: 5, steps: 20 };
const ORACLE = `oracle: [{ method: POST, path: /notes, body: { title: bread } }, { answer: done }]`;

function audit(probes: string, oracle = ORACLE): TaskAudit {
  const tasks = `tasks: [{ id: bread, goal: Write bread., ${oracle === '' ? '' : `${oracle},`} }]`;
  const [first] = auditEnvironment(
    notesEnvironment({ 'probes.yaml': `probes:\n${probes}`, 'tasks.yaml': tasks }),
    options,
  );
  return first as TaskAudit;
}

const rulesOf = ({ findings }: TaskAudit) => findings.map(({ rule }) => rule);

const MADE = `  - { id: made, on: { route: notes.create, status: 2xx }, when: request.body.title == 'bread', reward: 1 }\n`;
const TOLD = `  - { id: told, kind: outcome, when: answer == 'done' && size(changes) > 0, reward: 1 }\n`;

describe('an audit of rewards', () => {
  it('finds nothing where only the oracle earns all', () => {
    const found = audit(MADE + TOLD);
    expect(rulesOf(found)).toEqual([]);
    expect(found.policies.map(({ policy }) => policy)).toEqual(
      expect.arrayContaining(['nothing', 'refused', 'each', 'random', 'repeat', 'oracle']),
    );
    expect(found.policies.find(({ policy }) => policy === 'oracle')).toMatchObject({ reward: 2, steps: 1 });
  });

  it('finds reward for doing nothing', () => {
    expect(rulesOf(audit(`${MADE}  - { id: calm, kind: outcome, when: size(changes) == 0, reward: 1 }\n`))).toContain(
      'nothing-earns',
    );
  });

  it('finds reward for requests that are refused', () => {
    expect(
      rulesOf(audit(`${MADE}${TOLD}  - { id: tried, kind: event, on: { status: 4xx }, reward: 0.1 }\n`)),
    ).toContain('refused-earns');
  });

  it('finds reward that can be farmed', () => {
    expect(rulesOf(audit(`${TOLD}  - { id: made, kind: event, on: { status: 201 }, reward: 1 }\n`))).toContain(
      'repeat-earns',
    );
  });

  it('finds tasks that chance solves, and oracles that do not', () => {
    expect(rulesOf(audit(`  - { id: any, on: { method: GET }, reward: 1 }\n${MADE}`))).toContain('random-earns-all');
    expect(rulesOf(audit(MADE, 'oracle: [{ method: GET, path: /notes }]'))).toEqual([
      'oracle-earns-nothing',
      'probe-never-fires',
    ]);
    expect(rulesOf(audit(MADE, 'oracle: [{ method: "NO METHOD", path: /notes }]'))).toContain('oracle-fails');
    expect(audit(MADE, '').findings).toMatchObject([{ rule: 'no-oracle', severity: 'note' }]);
  });

  it('is the same every time', () => {
    expect(audit(MADE + TOLD)).toEqual(audit(MADE + TOLD));
  });

  it('takes episodes without a task where there are none', () => {
    const [only] = auditEnvironment(notesEnvironment({ 'probes.yaml': `probes:\n${MADE}` }), options);
    expect(only).toMatchObject({ task: null, findings: [] });
  });
});
