import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/core/drift/change.ts';
import { judge } from '../../../src/core/drift/finding.ts';
import type { WeighedHypothesis } from '../../../src/core/drift/weight.ts';
import { apiModel } from '../../support/recorded-api.ts';

function found(
  route: string,
  probability: number,
  more: Partial<WeighedHypothesis> = {},
  change: Partial<Change> = {},
): WeighedHypothesis {
  return {
    subject: `presence api ${route}`,
    cause: 'presence title',
    evidence: { units: 40, deviations: 0, freshUnits: 5, freshDeviations: 5 },
    sessions: 5,
    freshSessions: 2,
    steadiness: 0.5,
    isOrdinary: false,
    isAboutRoute: false,
    probability,
    change: {
      rule: 'field.removed',
      service: 'api',
      route,
      status: 200,
      field: 'title',
      expected: 'there',
      observed: 'gone',
      baseline: { count: 40, of: 40 },
      fresh: { count: 0, of: 5 },
      ...change,
    },
    ...more,
  };
}

/** Questions that found nothing, each of a cause of its own. */
function nothing(count: number): WeighedHypothesis[] {
  return Array.from({ length: count }, (_, index) => {
    const { change: _change, ...rest } = found('items.get', 1, { cause: `presence field${index}` });
    return rest;
  });
}

const confidences = (hypotheses: readonly WeighedHypothesis[]): string[] =>
  judge(apiModel, hypotheses).map(({ confidence }) => confidence);

describe('judging changes', () => {
  it('needs more evidence the more was asked', () => {
    expect(confidences([found('items.get', 0.001)])).toEqual(['confirmed']);
    expect(confidences([found('items.get', 0.001), ...nothing(200)])).toEqual(['suspected']);
    expect(confidences([found('items.get', 0.02), ...nothing(200)])).toEqual([]);
  });

  it('takes what every route shows for stronger than each route', () => {
    const both = [found('items.get', 0.001), found('items.list', 0.001), ...nothing(60)];
    expect(confidences(both)).toEqual(['confirmed', 'confirmed']);
  });

  it('takes routes of one path for one place', () => {
    const both = [found('items.get', 0.001), found('items.change', 0.001), ...nothing(60)];
    expect(confidences(both)).toEqual(['suspected', 'suspected']);
  });

  it('never confirms what is ordinary on little evidence', () => {
    expect(confidences([found('items.get', 1e-9, { isOrdinary: true })])).toEqual(['suspected']);
  });

  it('puts the certain and severe first, and names each by rule, route, status and field', () => {
    const findings = judge(apiModel, [
      found('items.get', 1e-6, { cause: 'a' }, { rule: 'field.added', field: 'x' }),
      found('items.list', 1e-6, { cause: 'b' }),
      found('items.get', 1e-6, { cause: 'c' }, { field: 'y' }),
    ]);
    expect(findings.map(({ severity, field }) => `${severity} ${field}`)).toEqual([
      'breaking title',
      'breaking y',
      'warning x',
    ]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(3);
    expect(findings[0]?.route).toEqual({ id: 'items.list', method: 'GET', path: '/items' });
    expect(findings[0]?.id).toMatch(/^[0-9a-f]{12}$/);
  });
});
