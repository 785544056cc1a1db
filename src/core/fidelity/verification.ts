// Whether a clone still answers as a recording says: the verdict of `mynah verify`.
import type { Recording } from '../recording/recording.ts';
import type { LoadedModel } from '../runtime/step.ts';
import { scoreJudgements, type Score } from './score.ts';
import { underServiceOrigins, type OwnedRecording } from './service-origins.ts';
import { replayRecordings } from './session-replay.ts';

export interface Verification {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** Why nothing can be said, when it cannot. */
  readonly reason?: string;
  readonly score: Score;
  readonly foreign: OwnedRecording['foreign'];
}

/** @param threshold share of exact answers, 0 to 1, from which the clone passes */
export function verifyRecording(loaded: LoadedModel, given: Recording, threshold: number): Verification {
  const { recording, foreign } = underServiceOrigins(loaded.model, given);
  const score = scoreJudgements([...replayRecordings(loaded, [recording])]);
  if (score.exchanges > 0)
    return { verdict: score.exact >= threshold * score.exchanges ? 'passed' : 'failed', score, foreign };
  const known = loaded.model.services.flatMap(({ origins }) => origins).join(', ');
  const reason =
    foreign.length > 0
      ? `the recording is of ${foreign.map(({ origin }) => origin).join(', ')}, the clone of ${known}`
      : 'the recording holds no answered exchange';
  return { verdict: 'inconclusive', reason, score, foreign };
}
