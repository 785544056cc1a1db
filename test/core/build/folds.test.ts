import { describe, expect, it } from 'vitest';
import { planFolds } from '../../../src/core/build/folds.ts';
import type { Recording, SessionStart } from '../../../src/core/recording/recording.ts';

/** Sessions of so many exchanges each, one after another. */
function recording(sizes: readonly number[], start: SessionStart = 'continues'): Recording {
  const sessions = sizes.map((_size, index) => ({ name: `s${index}`, start }));
  const exchanges = sizes.flatMap((size, session) =>
    Array.from({ length: size }, (_, index) => ({
      id: `${session}.${index}`,
      session: `s${session}`,
      origin: 'http://a',
      startedAt: 0,
      endedAt: 0,
      request: { method: 'GET', target: '/', headers: [] },
      response: { status: 200, headers: [] },
    })),
  );
  return { formatVersion: 1, toolVersion: 'test', createdAt: 0, sessions, exchanges };
}

const idsOf = (recordings: readonly Recording[]): readonly string[] =>
  recordings.flatMap(({ exchanges }) => exchanges.map(({ id }) => id));

function heldOutOf(recordings: readonly Recording[], count: number): readonly (readonly string[])[] {
  return planFolds(recordings, count).map(({ heldOut }) => idsOf(heldOut));
}

describe('folds of sessions that continue one world', () => {
  it('are compiled from a beginning, and asked what comes next', () => {
    const folds = planFolds([recording(Array(10).fill(10) as number[])], 2);
    expect(folds).toHaveLength(2);
    const all = idsOf([recording(Array(10).fill(10) as number[])]);
    for (const { training, heldOut, startsAfterTraining } of folds) {
      const asked = [...idsOf(training), ...idsOf(heldOut)];
      expect(asked).toEqual(all.slice(0, asked.length));
      expect(startsAfterTraining).toBe(true);
    }
    expect(heldOutOf([recording(Array(10).fill(10) as number[])], 2).map((ids) => [ids[0], ids.length])).toEqual([
      ['6.0', 20],
      ['8.0', 20],
    ]);
  });

  it('begin where a session begins, if one does nearby', () => {
    expect(heldOutOf([recording([58, 42])], 1).map((ids) => [ids[0], ids.length])).toEqual([['1.0', 42]]);
    expect(heldOutOf([recording([100])], 1).map((ids) => [ids[0], ids.length])).toEqual([['0.60', 40]]);
  });

  it('go over several recordings, and hold nothing out twice', () => {
    const held = heldOutOf([recording([30]), recording([30, 30])], 3).flat();
    expect(new Set(held).size).toBe(held.length);
    expect(held.length).toBeGreaterThanOrEqual(30);
  });
});

describe('folds of sessions that start fresh', () => {
  it('leave out whole sessions in turn, each once', () => {
    const sessions = recording([5, 6, 7, 8], 'fresh');
    const folds = planFolds([sessions], 3);
    expect(folds).toHaveLength(3);
    for (const { training, heldOut, startsAfterTraining } of folds) {
      expect(idsOf(training).filter((id) => idsOf(heldOut).includes(id))).toEqual([]);
      expect(startsAfterTraining).toBe(false);
    }
    expect([...heldOutOf([sessions], 3).flat()].sort()).toEqual([...idsOf([sessions])].sort());
  });
});

describe('no folds', () => {
  it.each([
    ['of almost nothing', [9], 3],
    ['when none are wanted', [50, 50], 0],
  ])('%s', (_what, sizes, count) => expect(planFolds([recording(sizes)], count)).toEqual([]));
});
