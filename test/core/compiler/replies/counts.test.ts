import { describe, expect, it } from 'vitest';
import { inferCount } from '../../../../src/core/compiler/replies/counts.ts';
import { makeNote, readNote } from '../../../support/effect-context.ts';
import { mistakes, ok, toy, type Dice, type MakeToy } from '../../../support/toy-recording.ts';
import { collection, walk, type Walk } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const count = (value: number): Line => ({ ask: 'GET /notes/count', answer: { value } });
const counted = (lines: readonly Line[]): ReturnType<typeof inferCount> => {
  const evidence = analysed(lines);
  const calls = evidence.calls.filter(({ path }) => path === '/notes/count');
  return inferCount(
    evidence,
    calls.map((call) => ({ call, value: (call.answer as { value: number }).value })),
  );
};

describe('a number without a list', () => {
  it('is how many there are where it says so nearly always', () => {
    const make = (id: number): Line => makeNote(id, {}, {});
    const lines = [make(1), count(1), make(2), make(3), count(3), readNote(2, {}), make(4), count(4), count(4)];
    expect(counted(lines)).toEqual({ query: { type: 'Note' }, hits: 4 });
  });

  it('is not how many there are where it says something else', () => {
    const lines = [1, 2, 3, 4, 5].flatMap((id) => [makeNote(id, {}, {}), count(7 * id), readNote(id, {})]);
    expect(counted(lines)).toBeUndefined();
  });
});

describe('a clone', () => {
  const kinds = ['red', 'blue', 'green'];

  it('counts what the request asks for', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        'GET /notes/count': ({ query }) =>
          ok({ count: [...items.values()].filter(({ kind }) => [undefined, kind].includes(query['kind'])).length }),
        ...handlers,
      });
    };
    const plan: Walk = {
      path: '/notes',
      create: (dice: Dice) => ({ title: dice.word(), kind: dice.pick(kinds) }),
      query: (dice: Dice) => dice.pick(['', '/count', '/count', ...kinds.map((kind) => `/count?kind=${kind}`)]),
      deletions: 0.15,
    };
    expect(mistakes(makeToy, walk(plan, 41, 120), walk(plan, 42, 60))).toEqual([]);
  });
});
