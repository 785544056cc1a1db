// Whatever was recorded: a clone, or one clear message. Never a crash, a hang or a service that is silently missing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildClone, type CloneBuild } from '../../src/core/build/clone-build.ts';
import { summariseClone } from '../../src/core/build/clone-summary.ts';
import { PASS_NAMES, passResults } from '../../src/core/build/pass-results.ts';
import { summariseRecording } from '../../src/core/build/recording-summary.ts';
import { verifyRecording } from '../../src/core/fidelity/verification.ts';
import { readCloneFiles } from '../../src/core/model/files-read.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { loadModel } from '../../src/core/runtime/step.ts';
import { failureOf } from '../support/failure.ts';
import { arbitraryRecording } from '../support/arbitrary-recording.ts';

function build(recording: Recording): CloneBuild {
  const stages = buildClone([recording], { folds: 1 });
  for (;;) {
    const next = stages.next();
    if (next.done === true) return next.value;
  }
}

const isAnswered = (recording: Recording): boolean =>
  recording.exchanges.some(({ response }) => response !== undefined);

describe('odd recordings', () => {
  it('make clones that can be read, run, summed up and verified, or are refused', () => {
    fc.assert(
      fc.property(arbitraryRecording, (recording) => {
        if (!isAnswered(recording)) {
          expect(failureOf(() => build(recording)).code).toBe('ERR_NO_EXCHANGES');
          return;
        }
        const { files, report } = build(recording);
        expect(report.diagnostics.filter(({ code }) => code === 'service-failed')).toEqual([]);
        const model = readCloneFiles(files);
        summariseClone(model);
        expect(verifyRecording(loadModel(model), recording, 0).verdict).toBe('passed');
      }),
      { numRuns: 60 },
    );
  });

  it('can be looked into, after every pass', () => {
    fc.assert(
      fc.property(arbitraryRecording, fc.constantFrom(...PASS_NAMES), (recording, pass) => {
        expect(summariseRecording(recording).exchanges).toBe(recording.exchanges.length);
        passResults([recording], pass);
      }),
      { numRuns: 100 },
    );
  });
});
