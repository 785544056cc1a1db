// Clients do not wait for each other: what is recorded of several at once has to give the model that one alone gives.
import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import { compile } from '../../src/core/compiler/compile.ts';
import { replayRecordings } from '../../src/core/fidelity/session-replay.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { loadModel } from '../../src/core/runtime/step.ts';
import { recordCrowd } from '../support/concurrent-wiki.ts';

const exam = recordWiki({ sessions: 8, steps: 30, seed: 900, start: 'fresh' });

/** Share of the answers of sessions that nobody recorded which a clone of the recording gives. */
function examined(recording: Recording): number {
  const judgements = [...replayRecordings(loadModel(compile([recording]).model), [exam])];
  return judgements.filter(({ isExact }) => isExact).length / judgements.length;
}

describe('what somebody does whom nobody recorded', () => {
  const { model } = compile([recordCrowd({ clients: 4, outsiders: 1, sessions: 4, steps: 30, overlapMs: 0 })]);

  it('is taken for a rule of no route', () => {
    const rules = model.services.flatMap(({ routes }) => routes.flatMap(({ cases }) => cases));
    const makers = rules.filter(({ effects = [] }) => effects.some(({ kind }) => kind === 'create'));
    expect(makers.map(({ id }) => id.replace(/ \d+(\.\d+)?$/, '')).sort()).toEqual([
      'POST /pages',
      'POST /pages/{page}/comments',
    ]);
  });

  it('is not believed to have been there from the beginning', () => {
    const seed = model.services[0]?.seed ?? {};
    expect(Object.keys(seed).sort()).toEqual(['Page', 'User']);
    expect(seed['Page']).toHaveLength(1);
  });
});

describe('a clone of what five clients did at once', () => {
  it('is as good as one of what they did one after another', () => {
    expect(examined(recordCrowd({ clients: 1, sessions: 20, steps: 30, overlapMs: 0 }))).toBe(1);
    expect(examined(recordCrowd({ clients: 5, sessions: 4, steps: 30, overlapMs: 0 }))).toBe(1);
  });

  it('does not suffer where answers were recorded in another order than the service dealt with them', () => {
    const crowd = recordCrowd({ clients: 5, sessions: 4, steps: 30, overlapMs: 600 });
    const starts = crowd.exchanges.map(({ startedAt }) => startedAt);
    expect(starts.some((at, index) => at < (starts[index - 1] ?? at))).toBe(true);
    expect(examined(crowd)).toBeGreaterThan(0.97);
  });
});
