import { expect, it } from 'vitest';
import { withDoubtedAnswers } from '../../../src/core/build/doubted-answers.ts';
import type { Judgement } from '../../../src/core/fidelity/session-replay.ts';
import type { CloneModel, Rule } from '../../../src/core/model/clone-model.ts';

const modelWith = (rule: Partial<Rule>): CloneModel => ({
  formatVersion: 1,
  clock: { startMs: 0, stepMs: 1 },
  services: [
    {
      name: 'notes',
      origins: ['https://notes.example'],
      principals: [],
      generators: {},
      entities: [],
      routes: [
        { id: 'notes', method: 'GET', path: '/notes', cases: [{ id: 'list', reply: { status: 200 }, ...rule }] },
      ],
      errors: [],
      seed: {},
    },
  ],
});

const judged = (id: string, target: string, isExact: boolean): Judgement => ({
  exchange: {
    id,
    session: 'one',
    origin: 'https://notes.example',
    startedAt: 0,
    endedAt: 1,
    request: { method: 'GET', target, headers: [] },
  },
  recording: 0,
  service: 'notes',
  route: 'notes',
  rules: ['list'],
  provenance: 'synthesised',
  comparison: { status: true, body: isExact, headers: true, differences: [] },
  isExact,
});

const plain = judged('a', '/notes', true);
const searched = judged('b', '/notes?q=milk', false);
const measurement = {
  replayed: [plain, searched],
  bySession: [plain, searched],
  heldOut: [{ ...searched, rules: ['another name in the fold'] }, plain],
  folds: 1,
};

it('what a rule doubts is counted as unknown: replayed, by session, and held out', () => {
  const counted = withDoubtedAnswers(modelWith({ doubt: 'query.q != missing' }), measurement);
  const unknown = { provenance: 'unknown', isExact: false, comparison: { status: false, body: false } };
  expect(counted.replayed).toMatchObject([plain, unknown]);
  expect(counted.bySession).toMatchObject([plain, unknown]);
  expect(counted.heldOut).toMatchObject([unknown, plain]);
});

it('a right answer that is doubted is no longer right', () => {
  const counted = withDoubtedAnswers(modelWith({ doubt: 'true' }), measurement);
  expect(counted.replayed.map(({ isExact }) => isExact)).toEqual([false, false]);
});

it('without doubts nothing changes', () => {
  expect(withDoubtedAnswers(modelWith({}), measurement)).toBe(measurement);
});
