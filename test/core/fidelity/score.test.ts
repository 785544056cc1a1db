import { describe, expect, it } from 'vitest';
import { scoreJudgements } from '../../../src/core/fidelity/score.ts';
import { judgement } from '../../support/judgements.ts';

const judgements = [
  judgement({ id: 'a', route: 'GET /b', status: 200 }),
  judgement({ id: 'b', route: 'GET /b', status: 200, differences: [{ path: '$.x', expected: '1', actual: '2' }] }),
  judgement({ id: 'c', route: 'GET /b', status: 404, isStatusRight: false }),
  judgement({ id: 'd', route: 'GET /a', status: 200, provenance: 'pooled', areHeadersRight: false }),
  judgement({ id: 'e', status: 200, isStatusRight: false, provenance: 'unknown', unknown: 'no route matches' }),
];

describe('a score', () => {
  it('counts all, per route and per recorded status', () => {
    const score = scoreJudgements(judgements);
    expect(score).toMatchObject({ exchanges: 5, status: 3, exact: 2, whole: 1 });
    expect(score.provenance).toEqual({ synthesised: 3, pooled: 1, unknown: 1 });
    expect(score.routes.map(({ route, exchanges, exact }) => [route, exchanges, exact])).toEqual([
      ['(no route)', 1, 0],
      ['GET /a', 1, 1],
      ['GET /b', 3, 1],
    ]);
    expect(
      score.routes[2]?.statuses.map(({ recordedStatus, exchanges, exact }) => [recordedStatus, exchanges, exact]),
    ).toEqual([
      [200, 2, 1],
      [404, 1, 0],
    ]);
  });

  it('keeps the first misses with the reason', () => {
    const [noRoute, , b] = scoreJudgements(judgements, 1).routes;
    expect(noRoute?.misses).toMatchObject([{ exchange: 'e', actual: 'no route matches' }]);
    expect(b?.misses).toEqual([
      {
        exchange: 'b',
        session: 'one',
        request: 'GET /target',
        provenance: 'synthesised',
        rules: ['GET /b 200'],
        path: '$.x',
        expected: '1',
        actual: '2',
      },
    ]);
  });

  it('of nothing is nothing', () => {
    expect(scoreJudgements([])).toEqual({ exchanges: 0, status: 0, exact: 0, whole: 0, provenance: {}, routes: [] });
  });
});
