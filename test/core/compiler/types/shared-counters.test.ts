import { describe, expect, it } from 'vitest';
import { inferSharedCounters } from '../../../../src/core/compiler/types/shared-counters.ts';
import { Dice, mistakes, toy, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { collection, counter } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const issue = (number: number): Line => ({
  ask: 'POST /issues',
  body: { title: `i${number}` },
  status: 201,
  answer: { number, title: `i${number}`, open: true },
});
const pull = (number: number): Line => ({
  ask: 'POST /pulls',
  body: { branch: `b${number}` },
  status: 201,
  answer: { number, branch: `b${number}`, merged: false, draft: false },
});
const reads: Line[] = [
  { ask: 'GET /issues/1', answer: { number: 1, title: 'i1', open: true } },
  { ask: 'GET /pulls/3', answer: { number: 3, branch: 'b3', merged: false, draft: false } },
];

describe('a shared counter', () => {
  it('is one that two types draw from in turn', () => {
    const [found, ...more] = inferSharedCounters(
      analysed([issue(1), issue(2), pull(3), issue(4), pull(5), pull(6), issue(7), ...reads]),
    );
    expect(found?.types.map(({ name }) => name).sort()).toEqual(['Issue', 'Pull']);
    expect(found).toMatchObject({
      attribute: 'number',
      consumers: [],
      generator: { kind: 'sequence', start: 1, step: 1 },
    });
    expect(more).toEqual([]);
  });

  it('is none where each type counts for itself', () => {
    expect(inferSharedCounters(analysed([issue(1), pull(1), issue(2), pull(2), issue(3), pull(3), ...reads]))).toEqual(
      [],
    );
  });

  it('is one that the making of another type advances without showing it', () => {
    const note = (tag: string): Line => ({
      ask: 'POST /notes',
      body: { tag },
      status: 201,
      answer: { tag, size: 1, kind: 'plain' },
    });
    const [found] = inferSharedCounters(
      analysed([
        issue(1),
        note('ab-1'),
        issue(3),
        issue(4),
        note('cd-2'),
        note('ef-3'),
        issue(7),
        reads[0]!,
        { ask: 'GET /notes/ab-1', answer: { tag: 'ab-1', size: 1, kind: 'plain' } },
      ]),
    );
    expect(found?.types.map(({ name }) => name)).toEqual(['Issue']);
    expect(found?.consumers.map(({ name }) => name)).toEqual(['Note']);
  });
});

describe('a clone', () => {
  it('numbers things of two kinds together where the original does', () => {
    const makeToy: MakeToy = () => {
      const nextKey = counter(1);
      return toy({
        ...collection('/issues', { key: 'number', nextKey, make: (body) => ({ title: body.title, open: true }) })
          .handlers,
        ...collection('/pulls', { key: 'number', nextKey, make: (body) => ({ branch: body.branch, merged: false }) })
          .handlers,
      });
    };
    const script = (seed: number, steps: number) => (client: ToyClient) => {
      const dice = new Dice(seed);
      const paths = ['/issues/99'];
      for (let at = 0; at < steps; at++) {
        const kind = dice.pick(['issues', 'pulls']);
        if (dice.chance(0.3)) client.get(dice.pick(paths));
        else
          paths.push(
            `/${kind}/${String(client.post(`/${kind}`, { [kind === 'issues' ? 'title' : 'branch']: dice.word() }).body.number)}`,
          );
      }
    };
    expect(mistakes(makeToy, script(4, 60), script(5, 40))).toEqual([]);
  });
});
