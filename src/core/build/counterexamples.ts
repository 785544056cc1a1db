// Answers that a person corrected: `counterexamples/*.har`, each the requests of an episode with the answers that the clone
// gave, but for the last, which is what the original would have said. A compile learns from them and is held to them.
import type { CloneFiles } from '../model/files-read.ts';
import { COUNTEREXAMPLES_FOLDER } from '../model/file-layout.ts';
import { recordingFromHar } from '../recording/har-import.ts';
import type { Recording } from '../recording/recording.ts';
import { replayRecordings, type Judgement } from '../fidelity/session-replay.ts';
import type { LoadedModel } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import type { StartMoment } from './build-input.ts';
import type { Diagnostic } from './diagnostic.ts';
import { ruleKey } from './doubts.ts';

export interface Counterexample {
  /** In the clone's folder. */
  readonly path: string;
  /** One session; its last exchange is the corrected one. */
  readonly recording: Recording;
}

/** A person looked at it: where one mention does not convince the compiler, it counts as so many recorded ones. */
export const FIRM_WEIGHT = 4;

/** @throws {MynahError} ERR_HAR_SHAPE, naming the file */
export function readCounterexamples(files: CloneFiles): readonly Counterexample[] {
  const paths = [...files.keys()].filter((path) => path.startsWith(COUNTEREXAMPLES_FOLDER) && path.endsWith('.har'));
  return paths.sort().map((path) => {
    try {
      const { recording } = recordingFromHar(JSON.parse(files.get(path) ?? ''));
      if (recording.exchanges.at(-1)?.response === undefined)
        throw new MynahError('ERR_HAR_SHAPE', 'its last entry has no answer, so it says nothing', { path });
      return { path, recording };
    } catch (error) {
      if (!(error instanceof MynahError) && !(error instanceof SyntaxError)) throw error;
      throw new MynahError('ERR_HAR_SHAPE', `${path}: ${error.message}`, { path }, error);
    }
  });
}

/**
 * Recordings that a compile learns from: those given, and each counterexample as often as it weighs. An episode begins in the
 * world at reset, so one of a clone that starts later than the recordings can be checked only.
 */
export function withCounterexamples(
  recordings: readonly Recording[],
  counterexamples: readonly Counterexample[],
  start: StartMoment,
  weight: number,
): readonly Recording[] {
  if (counterexamples.length === 0 || start !== 'beginning') return recordings;
  const times = Array.from({ length: weight }, (_each, index) => index + 1);
  return [
    ...recordings,
    ...counterexamples.flatMap(({ path, recording }) =>
      times.map((time): Recording => {
        const session = `${path}#${time}`;
        return {
          ...recording,
          sessions: [{ name: session, start: 'fresh' }],
          exchanges: recording.exchanges.map((exchange) => ({ ...exchange, id: `${session}:${exchange.id}`, session })),
        };
      }),
    ),
  ];
}

export interface CounterexampleCheck {
  /** One for each that the clone answers otherwise. */
  readonly failures: readonly Diagnostic[];
  /** The rules that answer the others, as `ruleKey` names them. */
  readonly confirmed: ReadonlySet<string>;
}

/** Asks a clone each counterexample, from the world at reset. */
export function checkCounterexamples(
  loaded: LoadedModel,
  counterexamples: readonly Counterexample[],
): CounterexampleCheck {
  const failures: Diagnostic[] = [];
  const confirmed = new Set<string>();
  for (const { path, recording } of counterexamples) {
    const last = [...replayRecordings(loaded, [recording])].at(-1);
    if (last === undefined) continue;
    if (last.isExact) for (const rule of last.rules) confirmed.add(ruleKey(last.service ?? '', rule));
    else failures.push(failureOf(path, last));
  }
  return { failures, confirmed };
}

function failureOf(path: string, { comparison, rules }: Judgement): Diagnostic {
  const [difference] = comparison.differences;
  const how =
    difference === undefined
      ? ''
      : ` (at ${difference.path}: ${difference.expected}, the clone says ${difference.actual})`;
  const by = rules.length === 0 ? 'no rule answers' : `it is answered by ${rules.join(', ')}`;
  return {
    code: 'counterexample-unsatisfied',
    severity: 'error',
    message:
      `the clone still answers ${path} otherwise${how}; ${by}. ` +
      'Record more of what distinguishes this request, or write an override.',
  };
}
