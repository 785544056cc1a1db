import { describe, expect, it } from 'vitest';
import { sameOptional, sampleFor, searchFor } from '../../../../src/core/compiler/effects/effect-draft.ts';
import { contextOf, TITLES } from '../../../support/effect-context.ts';
import type { Line } from '../../../support/written-recording.ts';

describe('parts of a search', () => {
  it('are the tuples by which a type is known, and the entities behind refs', () => {
    const context = contextOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      ...[1, 2].map((number): Line => ({
        ask: `GET /repos/red/issues/${number}`,
        answer: { id: 500 + number, number, title: TITLES[number] },
      })),
      ...[1, 2].map((number): Line => ({
        ask: `GET /repos/blue/issues/${number}`,
        answer: { id: 600 + number, number, title: TITLES[number] },
      })),
    ]);
    const search = searchFor(context, 'title');
    const sample = sampleFor(context.evidence.calls[5]!, new Map(), 'x');
    expect(search.tuplesOf?.('Issue')).toEqual([['$repo', 'number']]);
    expect(search.tuplesOf?.('Nothing')).toEqual([]);
    expect(search.entityOf?.({ $ref: 'Issue', key: '501' }, sample)?.['title']).toBe('tax');
    expect(sample).toMatchObject({ index: 5, target: 'x' });
  });
});

describe('two values that may be missing', () => {
  it('are the same when both are missing, or equal', () => {
    expect([sameOptional(undefined, undefined), sameOptional({ a: [1] }, { a: [1] })]).toEqual([true, true]);
    expect([sameOptional(undefined, null), sameOptional(1, '1')]).toEqual([false, false]);
  });
});
