import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFinish, judgeStep, type Subject } from '../../../src/core/probe/judge.ts';
import { parseProbes } from '../../../src/core/probe/probe-file.ts';
import { NO_EARNINGS } from '../../../src/core/probe/probe.ts';
import type { Scene } from '../../../src/core/probe/scene.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const { model } = notesEnvironment().loaded;
const probes = (text: string) => parseProbes('probes.yaml', `probes:\n${text}`, model);

const subject: Subject = {
  route: 'notes.create',
  service: 'notes',
  method: 'POST',
  status: 201,
  provenance: 'synthesised',
};
const scene: Scene = {
  request: { method: 'POST', target: '/notes?dry=1', headers: [], body: { text: '{"title":"milk"}' } },
  response: { status: 201, headers: [['content-type', 'application/json']], body: { text: '{"id":3}' } },
  path: () => ({ id: '3' }),
  before: () => ({ Note: [{ id: 1 }] }),
  after: () => ({ Note: [{ id: 1 }, { id: 3 }] }),
  changes: [{ type: 'Note', key: '3', after: { id: 3 } }],
  time: 5,
  steps: 2,
};

const fires = (line: string, who: Partial<Subject> = {}) =>
  judgeStep(probes(line), NO_EARNINGS, { ...subject, ...who }, scene).reward === 1;

describe('a probe', () => {
  it.each([
    ['{ route: notes.create }', {}, true],
    ['{ route: notes.get }', {}, false],
    ['{ route: notes.get }', { route: undefined }, false],
    ['{ status: 201 }', {}, true],
    ['{ status: 2xx }', { status: 299 }, true],
    ['{ status: 2xx }', { status: 300 }, false],
    ['{ status: [400, 5xx] }', { status: 503 }, true],
    ['{ method: [PUT, POST] }', {}, true],
    ['{ method: PUT }', {}, false],
    ['{ provenance: synthesised }', { provenance: 'unknown' }, false],
    ['{ service: notes, status: 201 }', { service: undefined }, false],
    ['{}', {}, true],
  ] as const)('on %s looks at %j: %s', (on, who, expected) => {
    expect(fires(`  - { id: a, reward: 1, on: ${on} }`, who)).toBe(expected);
  });

  it.each([
    ["request.body.title == 'milk'", true],
    ["request.query.dry == '1'", true],
    ["request.method == 'POST' && request.path == '/notes'", true],
    ['response.body.id == 3 && response.status == 201', true],
    ["response.header['content-type'] == 'application/json'", true],
    ["path.id == '3'", true],
    ['size(after.Note) == size(before.Note) + 1', true],
    ["rows('Note').exists(n, n.id == 3)", true],
    ["changes[0].kind == 'created' && changes[0].after.id == 3", true],
    ["steps == 2 && time == 5 && now() == '1970-01-01T00:00:00.005Z' && now('epoch-s') == 0", true],
    ['total == 0 && !has(fired.a)', true],
    ['response.body.nothing.here', false],
    ['before.Nothing.exists(n, true)', false],
    ['answer == null', false],
    ['1', false],
  ])('whose condition is %s fires: %s', (when, expected) => {
    expect(fires(`  - { id: a, reward: 1, when: "${when}" }`)).toBe(expected);
  });

  it('gives what its expression says, and nothing where that is no number', () => {
    const given = (reward: string) =>
      judgeStep(probes(`  - { id: a, reward: "${reward}" }`), NO_EARNINGS, subject, scene).reward;
    expect(given('response.body.id * 2')).toBe(6);
    expect(given('1 / 0')).toBe(0);
    expect(given("'much'")).toBe(0);
    expect(given('2.50')).toBe(2.5);
  });

  it('fires as often as it may', () => {
    const rewards = (line: string) => {
      let earnings = NO_EARNINGS;
      return [1, 2, 3, 4].map(() => {
        const judged = judgeStep(probes(line), earnings, subject, scene);
        earnings = judged.earnings;
        return judged.reward;
      });
    };
    expect(rewards('  - { id: a, reward: 1 }')).toEqual([1, 0, 0, 0]);
    expect(rewards('  - { id: a, reward: 1, once: false }')).toEqual([1, 1, 1, 1]);
    expect(rewards('  - { id: a, kind: event, reward: 1, max: 2 }')).toEqual([1, 1, 0, 0]);
    expect(rewards('  - { id: b, reward: 1, after: a }\n  - { id: a, reward: 1 }')).toEqual([1, 1, 0, 0]);
  });

  it('of kind minefield takes back what was earned and ends the episode', () => {
    const earned = { total: 3, rewards: { x: 3 }, fired: { x: 1 } };
    const mine = probes('  - { id: bang, kind: minefield }');
    expect(judgeStep(mine, earned, subject, scene)).toEqual({
      earnings: { total: 0, rewards: { x: 3, bang: -3 }, fired: { x: 1, bang: 1 } },
      reward: -3,
      rewards: { bang: -3 },
      terminates: true,
    });
    expect(judgeStep(mine, { ...earned, total: -2 }, subject, scene).reward).toBe(0);
  });

  it('of kind outcome or guard is judged at the end, and only there', () => {
    const set = probes(
      "  - { id: good, kind: outcome, when: answer == 'yes', reward: 4 }\n  - { id: clean, kind: guard, when: size(changes) > 1 }",
    );
    expect(judgeStep(set, NO_EARNINGS, subject, scene).rewards).toEqual({});
    expect(judgeFinish(set, NO_EARNINGS, { ...scene, answer: 'yes' }).rewards).toEqual({ good: 4 });
    const messy = { ...scene, answer: 'yes', changes: [...scene.changes, ...scene.changes] };
    expect(judgeFinish(set, NO_EARNINGS, messy)).toMatchObject({ reward: 0, rewards: { good: 4, clean: -4 } });
  });

  it('reads worlds only when its condition asks for them', () => {
    const blind: Scene = {
      ...scene,
      before: () => expect.unreachable(),
      after: () => expect.unreachable(),
    };
    expect(
      judgeStep(probes('  - { id: a, reward: 1, when: "response.status == 201" }'), NO_EARNINGS, subject, blind).reward,
    ).toBe(1);
  });

  it('credits exactly what it gives: the total is the sum of all rewards', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 6 }), (rewards) => {
        const lines = rewards.map((reward, index) => `  - { id: p${index}, kind: event, reward: ${reward} }`);
        const set = probes(lines.length === 0 ? '  []' : lines.join('\n'));
        const twice = judgeStep(set, judgeStep(set, NO_EARNINGS, subject, scene).earnings, subject, scene);
        expect(twice.earnings.total).toBe(2 * rewards.reduce((a, b) => a + b, 0));
      }),
      { numRuns: 50 },
    );
  });
});
