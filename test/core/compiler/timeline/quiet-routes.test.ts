import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { isQuiet } from '../../../../src/core/compiler/timeline/quiet-routes.ts';
import { deskVisit, makeDesk } from '../../../support/toy-desk.ts';
import { recordToy, TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

describe('routes that change nothing', () => {
  it('show things as they were, and take nothing that could be stored', () => {
    const evidence = analyse([recordToy(makeDesk, deskVisit(1, 200))], TOY_ORIGIN);
    const quiet = [...evidence.byRoute].filter(([, calls]) => isQuiet(evidence, calls[0]!)).map(([id]) => id);
    expect(quiet.sort()).toEqual(['POST /rpc/notes.list', 'POST /rpc/notes.thread']);
  });

  it('are not those that store what a list in the request holds', () => {
    const lines = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((id): Line[] => [
      { ask: 'POST /tags', body: { name: `tag${id}` }, status: 201, answer: { id, name: `tag${id}` } },
      { ask: 'POST /notes/1/tags', body: { tags: [`tag${id}`] }, answer: [{ id, name: `tag${id}` }] },
    ]);
    const evidence = analysed([...lines, { ask: 'GET /notes/1', answer: { id: 1, text: 'a' } }]);
    expect(isQuiet(evidence, evidence.calls[1]!)).toBe(false);
  });
});
