import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { compileServices } from '../../../src/core/build/compile-services.ts';
import { planFolds } from '../../../src/core/build/folds.ts';
import { judgeFold, judgeSessions } from '../../../src/core/build/measurement.ts';
import type { Judgement } from '../../../src/core/fidelity/session-replay.ts';

const wiki = recordWiki({ sessions: 6, steps: 30 });
const compiled = compileServices([wiki]);

const shareOf = (judgements: readonly Judgement[]): number =>
  judgements.filter(({ isExact }) => isExact).length / judgements.length;

describe('sessions replayed each from the world before it', () => {
  it('are all judged, once and in order', () => {
    const { judgements, failures } = judgeSessions(compiled, [wiki]);
    expect(failures).toEqual([]);
    expect(judgements.map(({ exchange }) => exchange.id)).toEqual(wiki.exchanges.map(({ id }) => id));
    expect(shareOf(judgements)).toBeGreaterThan(0.9);
  });

  it('do not suffer from what was wrong in an earlier one', () => {
    // A create that the recording of the second half does not show: in one go, every number after it is wrong.
    const at = wiki.exchanges.findIndex(
      ({ request, response }) => request.method === 'POST' && request.target === '/pages' && response?.status === 201,
    );
    const forgetful = {
      ...compiled,
      loaded: compileServices([{ ...wiki, exchanges: wiki.exchanges.filter((_exchange, index) => index > at) }]).loaded,
    };
    const { judgements } = judgeSessions(forgetful, [wiki]);
    const later = judgements.filter(({ exchange }) => exchange.session !== 'session-1');
    expect(shareOf(later)).toBeGreaterThan(0.9);
  });

  it('are named when the world before them cannot be loaded', () => {
    const [service] = compiled.model.services;
    const twice = [{ id: 1 }, { id: 1 }];
    const broken = {
      ...compiled,
      startingBefore: () => ({ ...compiled.model, services: [{ ...service, seed: { Page: twice } } as never] }),
    };
    const { judgements, failures } = judgeSessions(broken, [wiki]);
    expect(new Set(judgements.map(({ exchange }) => exchange.session))).toEqual(new Set(['session-1']));
    expect(failures).toHaveLength(5);
    expect(failures[0]).toContain('the world before exchange 1.31 cannot be loaded');
  });

  it('share worlds where there are very many', () => {
    const many = recordWiki({ sessions: 60, steps: 2 });
    const { judgements } = judgeSessions(compileServices([many]), [many]);
    expect(judgements).toHaveLength(120);
  });
});

describe('a fold', () => {
  it('is judged on what comes next, in the world before that', () => {
    const [fold] = planFolds([wiki], 1);
    if (fold === undefined) throw new Error('there is a fold');
    const judgements = judgeFold(fold, [wiki]) ?? [];
    expect(judgements.length).toBe(fold.heldOut[0]?.exchanges.length);
    expect(shareOf(judgements)).toBeGreaterThan(0.5);
  });

  it('that cannot be compiled is left out', () => {
    const nothing = { training: [{ ...wiki, exchanges: [] }], heldOut: [wiki], startsAfterTraining: true };
    expect(judgeFold(nothing, [wiki])?.every(({ provenance }) => provenance === 'unknown') ?? true).toBe(true);
  });
});
