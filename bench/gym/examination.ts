// One service from end to end: recorded, compiled, replayed, and sat an exam of sessions that nobody recorded.
import { compile } from '../../src/core/compiler/compile.ts';
import type { CloneModel } from '../../src/core/model/clone-model.ts';
import { replayRecordings, type Judgement } from '../../src/core/fidelity/session-replay.ts';
import { loadModel } from '../../src/core/runtime/step.ts';
import { blame } from './attribution.ts';
import { makeService } from './catalogue.ts';
import { Dice } from './dice.ts';
import type { Mark } from './service/turn.ts';
import { walk, type Walked } from './workload.ts';

export interface ExamOptions {
  readonly seed: number;
  readonly wanted?: string;
  /** Recorded sessions. */
  readonly train: number;
  /** Sessions of the exam; each begins in the world at reset. */
  readonly test: number;
  readonly steps: number;
}

/** One answer of the clone in the exam. */
export interface Verdict {
  readonly judgement: Judgement;
  /** What the original's answer exercised. */
  readonly marks: readonly Mark[];
  /** Those of them that are wrong. */
  readonly blamed: readonly Mark[];
}

export interface Examination {
  readonly seed: number;
  readonly behaviours: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** Share of recorded answers that the clone gives again. */
  readonly selfReplay: number;
  readonly compileMs: number;
  readonly model: CloneModel;
}

/** The exam of a service that compiler or runtime cannot cope with. */
export interface Crash {
  readonly seed: number;
  readonly behaviours: readonly string[];
  readonly error: string;
}

export function examine(options: ExamOptions): Examination | Crash {
  const { seed, wanted, train, test, steps } = options;
  const { behaviours } = makeService(seed, 'any', wanted);
  const isFresh = new Dice(`sessions of ${seed}`).chance(0.5);
  const lesson = walk({ seed, wanted, name: 'lesson', sessions: train, steps, isFresh });
  const exam = walk({ seed, wanted, name: 'exam', sessions: test, steps, isFresh: true });
  try {
    const began = performance.now();
    const { model } = compile([lesson.recording]);
    const compileMs = performance.now() - began;
    const loaded = loadModel(model);
    const again = [...replayRecordings(loaded, [lesson.recording])];
    const verdicts = verdictsOf([...replayRecordings(loaded, [exam.recording])], exam);
    const selfReplay = again.filter(({ isExact }) => isExact).length / again.length;
    return { seed, behaviours, verdicts, selfReplay, compileMs, model };
  } catch (error) {
    return { seed, behaviours, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function verdictsOf(judgements: readonly Judgement[], { marks }: Walked): Verdict[] {
  return judgements.map((judgement) => {
    const own = marks.get(judgement.exchange.id) ?? [];
    return { judgement, marks: own, blamed: blame(judgement, own) };
  });
}
