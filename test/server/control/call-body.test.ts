import { describe, expect, it } from 'vitest';
import { answerOf, episodeRequestOf, forkOf, parseCallBody, startOf } from '../../../src/server/control/call-body.ts';
import { RawNumber } from '../../../src/core/std/json.ts';
import { failureOf } from '../../support/failure.ts';

describe('the body of a call', () => {
  it('may be absent', () => {
    expect(parseCallBody(Buffer.from(' \n'))).toBeUndefined();
    expect(startOf(undefined)).toEqual({ seed: undefined, task: undefined });
    expect(forkOf(undefined)).toEqual({ at: undefined, count: 1 });
    expect(answerOf(undefined)).toBeNull();
  });

  it('keeps numbers as they were sent', () => {
    expect(answerOf(parseCallBody(Buffer.from('{"answer":1.0}')))).toEqual(new RawNumber('1.0'));
  });

  it('tells no task from the task that the seed selects', () => {
    expect(episodeRequestOf({ task: null })).toMatchObject({ task: null });
    expect(episodeRequestOf({})).toMatchObject({ task: undefined });
  });

  it('has limits for labels', () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${index}`, 'x']));
    for (const labels of [many, { a: 'x'.repeat(257) }, { 'a b': 'x' }])
      expect(failureOf(() => episodeRequestOf({ labels })).code).toBe('ERR_CALL_INVALID');
    expect(episodeRequestOf({ labels: { run: 'x'.repeat(256) } }).labels).toEqual({ run: 'x'.repeat(256) });
  });
});
