import { expect, it } from 'vitest';
import { isUniversal, type Hypothesis } from '../../../src/core/drift/change.ts';

it('a change is universal when every fresh unit deviates', () => {
  const hypothesis: Omit<Hypothesis, 'evidence'> = {
    subject: '',
    cause: '',
    sessions: 1,
    freshSessions: 1,
    steadiness: 0,
    isOrdinary: false,
    isAboutRoute: false,
  };
  const shares = [10, 9].map((freshDeviations) =>
    isUniversal({ ...hypothesis, evidence: { units: 40, deviations: 0, freshUnits: 10, freshDeviations } }),
  );
  expect(shares).toEqual([true, false]);
});
