import { describe, expect, it } from 'vitest';
import { isFinal, type ProbeKind } from '../../../src/core/probe/probe.ts';

describe('the kinds of probes', () => {
  it('that judge the end are outcome and guard', () => {
    const kinds: ProbeKind[] = ['milestone', 'event', 'minefield', 'outcome', 'guard'];
    expect(kinds.filter(isFinal)).toEqual(['outcome', 'guard']);
  });
});
