import { describe, expect, it } from 'vitest';
import { reportRoutes, reportTotals, share } from '../../../src/core/build/clone-report.ts';
import { judgement } from '../../support/judgements.ts';
import { smallModel } from '../../support/small-clone.ts';

const model = smallModel({
  name: 'api.example',
  routes: [
    {
      id: 'GET /a',
      method: 'GET',
      path: '/a',
      guards: [{ id: 'GET /a 404', reply: { status: 404 }, provenance: 'pooled' }],
      cases: [{ id: 'GET /a 200', reply: { status: 200 } }],
    },
  ],
});
const right = judgement({ id: 'a', route: 'GET /a', status: 200 });
const wrong = judgement({ id: 'b', route: 'GET /a', status: 404, isStatusRight: false });
const otherwise = judgement({
  id: 'b',
  route: 'GET /a',
  status: 404,
  differences: [{ path: '$.x', expected: '1', actual: '2' }],
});
const unknown = judgement({ id: 'c', status: 404, isStatusRight: false, provenance: 'unknown' });

describe('the report of routes', () => {
  it('has shares of what was replayed and of what was held out', () => {
    const [none, a] = reportRoutes(model, {
      replayed: [right, wrong, unknown],
      bySession: [right, otherwise, unknown],
      heldOut: [right],
      folds: 1,
    });
    expect(none).toMatchObject({ route: '(no route)', exchanges: 1, reproduced: 0, held_out: null });
    expect(a).toMatchObject({
      service: 'api.example',
      route: 'GET /a',
      exchanges: 2,
      reproduced: 0.5,
      by_session: 0.5,
      held_out_exchanges: 1,
      held_out: 1,
      pooled_rules: 1,
    });
    expect(a?.statuses.map(({ status, reproduced, held_out }) => [status, reproduced, held_out])).toEqual([
      [200, 1, 1],
      [404, 0, null],
    ]);
    expect(a?.misses.map(({ exchange, path }) => [exchange, path])).toEqual([['b', '$.x']]);
  });

  it('counts held-out exchanges for the route that the clone itself answers them with', () => {
    const [a] = reportRoutes(model, {
      replayed: [right],
      bySession: [right],
      heldOut: [{ ...right, route: 'GET /{value}' }],
      folds: 1,
    });
    expect(a).toMatchObject({ route: 'GET /a', held_out_exchanges: 1, held_out: 1 });
  });
});

describe('the totals', () => {
  it('tell what was wrong without saying so, by what was held out where anything was', () => {
    const replayed = [right, wrong, unknown];
    const bySession = replayed;
    expect(reportTotals([], { replayed, bySession, heldOut: [], folds: 0 })).toMatchObject({
      silently_wrong: 0.3333,
      unknown: 0.3333,
    });
    expect(reportTotals([], { replayed, bySession, heldOut: [unknown], folds: 1 })).toMatchObject({
      silently_wrong: 0,
      unknown: 1,
    });
  });
});

describe('a share', () => {
  it.each([
    [1, 3, 0.3333],
    [0, 5, 0],
    [0, 0, null],
  ])('%i of %i is %s', (part, whole, expected) => expect(share(part, whole)).toBe(expected));
});
