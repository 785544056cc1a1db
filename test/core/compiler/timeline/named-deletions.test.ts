import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { isSuccess } from '../../../../src/core/compiler/calls/call.ts';
import type { Evidence } from '../../../../src/core/compiler/evidence.ts';
import { deskVisit, makeDesk } from '../../../support/toy-desk.ts';
import { recordToy, TOY_ORIGIN } from '../../../support/toy-recording.ts';

const routesOfEnds = (evidence: Evidence): string[] =>
  evidence.timeline.lives.flatMap(({ diedAt, type }) =>
    diedAt === undefined ? [] : [`${type.name} by ${evidence.routes[diedAt]!.path}`],
  );

describe('deletions of what a request names', () => {
  const evidence = analyse([recordToy(makeDesk, deskVisit(1, 200))], TOY_ORIGIN);

  it('end what is never shown again', () => {
    expect(new Set(routesOfEnds(evidence))).toEqual(new Set(['Note by /rpc/notes.delete']));
  });

  it('end as many as were deleted, and not what they are named together with', () => {
    const deletions = evidence.byRoute.get('POST /rpc/notes.delete')!.filter(isSuccess);
    expect(routesOfEnds(evidence)).toHaveLength(deletions.length);
  });
});
