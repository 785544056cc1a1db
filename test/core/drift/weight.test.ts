import { describe, expect, it, vi } from 'vitest';
import type { Hypothesis } from '../../../src/core/drift/change.ts';
import { isConvincing, weigh } from '../../../src/core/drift/weight.ts';
import { surprise } from '../../../src/core/drift/evidence.ts';

const change: Hypothesis['change'] = {
  rule: 'field.removed',
  service: 'api',
  route: 'items.get',
  expected: '',
  observed: '',
  baseline: { count: 40, of: 40 },
  fresh: { count: 0, of: 10 },
};

function hypothesis(more: Partial<Hypothesis> = {}): Hypothesis {
  const evidence = { units: 40, deviations: 0, freshUnits: 10, freshDeviations: 10 };
  return {
    subject: 's',
    cause: 'c',
    evidence,
    sessions: 8,
    freshSessions: 4,
    steadiness: 0,
    isOrdinary: false,
    isAboutRoute: false,
    change: change as NonNullable<typeof change>,
    ...more,
  };
}

const partly = { units: 40, deviations: 0, freshUnits: 10, freshDeviations: 9 };

describe('the weight of a change', () => {
  it('counts answers where all of them show it', () => {
    const sessions = vi.fn(() => new Map());
    expect(weigh([hypothesis()], sessions)[0]?.probability).toBe(surprise(hypothesis().evidence));
    expect(sessions).not.toHaveBeenCalled();
  });

  it('counts sessions where only some show it', () => {
    const [weighed] = weigh([hypothesis({ evidence: partly })], () => new Map([['s', 2]]));
    expect(weighed?.probability).toBe(surprise({ units: 8, deviations: 0, freshUnits: 4, freshDeviations: 2 }));
    expect(weighed?.probability).toBeGreaterThan(surprise(partly));
  });

  it('counts answers for what depends on the route alone', () => {
    const [weighed] = weigh([hypothesis({ evidence: partly, isAboutRoute: true })], () => new Map());
    expect(weighed?.probability).toBe(surprise(partly));
  });

  it('is nothing where nothing changed, and not asked where hardly anything was seen before', () => {
    const { change: _change, ...unchanged } = hypothesis();
    const rare = hypothesis({ evidence: { units: 2, deviations: 0, freshUnits: 9, freshDeviations: 9 } });
    expect(weigh([unchanged, rare], () => new Map()).map(({ probability }) => probability)).toEqual([1]);
  });

  it('convinces of ordinary things only when many answers agree', () => {
    expect(isConvincing(hypothesis({ evidence: partly }))).toBe(true);
    expect(isConvincing(hypothesis({ isOrdinary: true }))).toBe(true);
    expect(isConvincing(hypothesis({ isOrdinary: true, evidence: partly }))).toBe(false);
    expect(isConvincing(hypothesis({ isOrdinary: true, evidence: { ...partly, freshUnits: 9 } }))).toBe(false);
  });
});
