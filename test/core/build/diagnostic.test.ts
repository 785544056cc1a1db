import { expect, it } from 'vitest';
import { isFailedCheck, type DiagnosticCode } from '../../../src/core/build/diagnostic.ts';

it('what a person wrote and the clone does not keep to is a failed check; what a recording lacks is none', () => {
  const isFailed = (code: DiagnosticCode) => isFailedCheck({ code, severity: 'error', message: '' });
  expect((['override-unmatched', 'lock-lost', 'counterexample-unsatisfied'] as const).every(isFailed)).toBe(true);
  expect(
    (['service-failed', 'unanswered', 'truncated', 'lock-contradicted', 'not-measured'] as const).some(isFailed),
  ).toBe(false);
});
