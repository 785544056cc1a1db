// Recordings to the files of a clone's folder: the model, and beside it what a person and a drift check read about it.
// Deterministic: equal recordings give byte-equal files.
import type { RuleEvidence } from '../compiler/compile.ts';
import type { CloneModel } from '../model/clone-model.ts';
import { printCloneFiles } from '../model/files-print.ts';
import type { Recording } from '../recording/recording.ts';
import { MynahError } from '../std/errors.ts';
import { compileServices } from './compile-services.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface CloneBuild {
  readonly model: CloneModel;
  readonly evidence: readonly RuleEvidence[];
  readonly diagnostics: readonly Diagnostic[];
  /** Text by path relative to the clone's folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a build is about to do, for people who wait. */
export interface BuildStage {
  readonly name: string;
}

/**
 * Builds a clone, stage by stage; the generator returns it.
 *
 * @throws {MynahError} ERR_NO_EXCHANGES when nothing was answered, ERR_COMPILE_FAILED when no service could be compiled
 */
export function* buildClone(recordings: readonly Recording[]): Generator<BuildStage, CloneBuild, void> {
  requireExchanges(recordings);
  yield { name: 'compiling' };
  const { model, evidence, diagnostics } = compileServices(recordings);
  return { model, evidence, diagnostics, files: printCloneFiles(model) };
}

function requireExchanges(recordings: readonly Recording[]): void {
  const exchanges = recordings.flatMap((recording) => recording.exchanges);
  if (exchanges.some(({ response }) => response !== undefined)) return;
  const what = exchanges.length === 0 ? 'no exchange' : `${exchanges.length} exchanges but not one answer`;
  throw new MynahError('ERR_NO_EXCHANGES', `there is nothing to compile: the recordings hold ${what}`, {
    exchanges: exchanges.length,
  });
}
