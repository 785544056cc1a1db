import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { deskVisit, makeDesk } from '../../../support/toy-desk.ts';
import { recordToy, TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

describe('late births', () => {
  it('are of things whose keys count on from those of things made before, by the call whose words they repeat', () => {
    const evidence = analyse([recordToy(makeDesk, deskVisit(1, 200))], TOY_ORIGIN);
    const makers = [...evidence.unseenBirths.keys()].map((index) => evidence.routes[index]!.path);
    expect(makers.length).toBeGreaterThan(3);
    expect(new Set(makers)).toEqual(new Set(['/rpc/rooms.topic']));
    expect(evidence.timeline.lives.filter(({ origin }) => origin === 'seed')).toEqual([]);
  });

  it('are not of things whose keys come before those that were made', () => {
    const made = [11, 12, 13, 14, 15, 16].map((id): Line => ({
      ask: 'POST /notes',
      body: { text: `t${id}` },
      status: 201,
      answer: { id, text: `t${id}` },
    }));
    const evidence = analysed([...made, { ask: 'GET /notes/7', answer: { id: 7, text: 'old' } }]);
    expect(evidence.timeline.lives.filter(({ origin }) => origin === 'seed').map(({ key }) => key)).toEqual(['7']);
    expect(evidence.unseenBirths.size).toBe(0);
  });
});
