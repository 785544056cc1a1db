import { describe, expect, it } from 'vitest';
import { groupOutcomes } from '../../../../src/core/compiler/outcomes/outcome-groups.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const make = (id: number): Line => ({ ask: 'POST /notes', body: { title: `t${id}` }, status: 201, answer: { id } });
const refuse = (status: number, body: object, error: string): Line => ({
  ask: 'POST /notes',
  body,
  status,
  answer: { error },
});

describe('the outcomes of a route', () => {
  it('are its statuses, the most frequent first', () => {
    const evidence = analysed([make(1), refuse(422, {}, 'title?'), make(2), make(3)]);
    expect(groupOutcomes(evidence.calls).map(({ status, calls }) => [status, calls.length])).toEqual([
      [201, 3],
      [422, 1],
    ]);
  });

  it('of one status are told apart where their answers are of different shape', () => {
    const answers = [
      { ok: true, channel: 1 },
      { ok: false, error: 'none', hint: 'x' },
      { ok: true, channel: 2 },
      ['a'],
    ];
    const evidence = analysed(answers.map((answer): Line => ({ ask: 'POST /open', body: { x: 1 }, answer })));
    expect(groupOutcomes(evidence.calls).map(({ calls }) => calls.map(({ index }) => index))).toEqual([
      [0, 2],
      [1],
      [3],
    ]);
  });

  it('of one status are one where some members are missing now and then', () => {
    const answers = [
      { id: 1, a: 1, b: 2 },
      { id: 2, a: 1 },
      { id: 3, a: 1, b: 2, c: 3 },
    ];
    const evidence = analysed(answers.map((answer): Line => ({ ask: 'GET /x', answer })));
    expect(groupOutcomes(evidence.calls)).toHaveLength(1);
  });

  it('that refuse are told apart by the reason they give, where each was given twice', () => {
    const lines = ['a', 'b', 'a', 'c', 'b', 'a'].map((error) => refuse(422, {}, `bad ${error}`));
    const counts = groupOutcomes(analysed(lines).calls).map(({ calls }) => calls.length);
    expect(counts).toEqual([3, 2, 1]);
  });

  it('that refuse are one where the reason is one but for what the request said', () => {
    const lines = ['ink', 'tea', 'ink', 'tea'].map((title) => refuse(409, { title }, `${title} is taken`));
    expect(groupOutcomes(analysed(lines).calls)).toHaveLength(1);
  });

  it('that refuse are one where every answer tells something else', () => {
    const lines = ['a', 'b', 'c', 'd'].map((name) => refuse(409, {}, `${name} is taken`));
    expect(groupOutcomes(analysed(lines).calls)).toHaveLength(1);
  });
});
