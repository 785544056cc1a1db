import { describe, expect, it } from 'vitest';
import { judgementsByRule, ruleKey, rightInEither, withDoubts } from '../../../src/core/build/doubts.ts';
import type { Judgement } from '../../../src/core/fidelity/session-replay.ts';
import type { CloneModel, Rule } from '../../../src/core/model/clone-model.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';

const ORIGIN = 'https://notes.example';
const reading: Rule = { id: 'GET /notes 200', reply: { status: 200, body: { notes: [] } } };
const writing: Rule = { ...reading, id: 'POST /notes 200', effects: [] };

const modelOf = (rule: Rule): CloneModel => ({
  formatVersion: 1,
  clock: { startMs: 0, stepMs: 1 },
  services: [
    {
      name: 'notes',
      origins: [ORIGIN],
      principals: [],
      generators: {},
      entities: [],
      routes: [{ id: 'notes', method: rule.id.slice(0, rule.id.indexOf(' ')), path: '/notes', cases: [rule] }],
      errors: [],
      seed: {},
    },
  ],
});

const judged = (rule: Rule, target: string, isExact: boolean, status = true): Judgement => ({
  exchange: {
    id: 'x',
    session: 'one',
    origin: ORIGIN,
    startedAt: 0,
    endedAt: 1,
    request: { method: 'GET', target, headers: [] },
  },
  recording: 0,
  service: 'notes',
  route: 'notes',
  rules: [rule.id],
  provenance: 'synthesised',
  comparison: { status, body: isExact, headers: true, differences: [] },
  isExact,
});

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const doubted = (rule: Rule, judgements: readonly Judgement[]): CloneModel =>
  withDoubts(modelOf(rule), judgementsByRule(judgements), new Set());
const doubtOf = (rule: Rule, judgements: readonly Judgement[]): string | undefined =>
  doubted(rule, judgements).services[0]?.routes[0]?.cases[0]?.doubt;

const right = (rule = reading): Judgement => judged(rule, '/notes', true);
const wrong = (rule = reading): Judgement => judged(rule, '/notes', false);
const searched = judged(reading, '/notes?q=milk', false);

describe('a rule', () => {
  it('is not doubted where it is right more often than wrong, or hardly known', () => {
    expect(doubtOf(reading, [...times(6, right()), ...times(5, wrong())])).toBeUndefined();
    expect(doubtOf(reading, times(2, wrong()))).toBeUndefined();
  });

  it('is doubted where it is wrong much more often than right', () => {
    expect(doubtOf(reading, [...times(5, right()), ...times(6, wrong())])).toBeUndefined();
    expect(doubtOf(reading, [...times(1, right()), ...times(6, wrong())])).toBe('true');
  });

  it('is doubted only under the condition that tells its wrong answers from the right ones', () => {
    expect(doubtOf(reading, [...times(5, right()), ...times(4, searched)])).toBe('(query.q != missing)');
  });

  it('that changes the world is doubted only where even its status is wrong', () => {
    expect(doubtOf(writing, times(9, wrong(writing)))).toBeUndefined();
    expect(doubtOf(writing, times(9, judged(writing, '/notes', false, false)))).toBe('true');
  });

  it('that a person decided about is never doubted', () => {
    const decided = new Set([ruleKey('notes', reading.id)]);
    const model = withDoubts(modelOf(reading), judgementsByRule(times(9, wrong())), decided);
    expect(model.services[0]?.routes[0]?.cases[0]?.doubt).toBeUndefined();
    expect(doubtOf(reading, times(9, wrong()))).toBeDefined();
  });
});

describe('what was asked again twice', () => {
  it('is right where one of the two was', () => {
    const of = (id: string, isExact: boolean): Judgement => {
      const { exchange, ...rest } = judged(reading, '/notes', isExact);
      return { ...rest, exchange: { ...exchange, id } };
    };
    const both = rightInEither([of('a', false), of('b', false), of('c', true)], [of('a', true), of('c', false)]);
    expect(both.map(({ isExact }) => isExact)).toEqual([true, false, true]);
  });
});

describe('a clone with doubts', () => {
  const model = doubted(reading, [...times(5, right()), ...times(4, searched)]);
  const loaded = loadModel(model);
  const ask = (target: string, nearest = false): [string, number] => {
    const request = { origin: ORIGIN, method: 'GET', target, headers: [] };
    const { response, transition } = step(loaded, initialWorld(loaded, 1), request, { nearest });
    return [transition.provenance, response.status];
  };

  it('calls unknown what it doubts, and answers the rest', () => {
    expect([ask('/notes'), ask('/notes?q=milk')]).toEqual([
      ['synthesised', 200],
      ['unknown', 501],
    ]);
  });

  it('answers all the same, and still says that it does not know, where the nearest rule is asked for', () => {
    expect(ask('/notes?q=milk', true)).toEqual(['unknown', 200]);
  });
});
