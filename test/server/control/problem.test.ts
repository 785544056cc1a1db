import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../src/server/control/problem.ts';
import { MynahError } from '../../../src/core/std/errors.ts';

describe('a problem', () => {
  it('has the status, title and code of its failure', () => {
    expect(problemOf(new MynahError('ERR_EPISODE_ENDED', 'why'))).toEqual({
      status: 409,
      body: {
        type: 'urn:mynah:error:ERR_EPISODE_ENDED',
        title: 'The episode has ended.',
        status: 409,
        code: 'ERR_EPISODE_ENDED',
        detail: 'why',
      },
    });
  });

  it('tells nothing of a defect', () => {
    expect(JSON.stringify(problemOf(new Error('secret')))).not.toContain('secret');
    expect(problemOf(new Error('secret')).status).toBe(500);
  });
});
