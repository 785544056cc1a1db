// Recordings to the files of a clone's folder: the model, and beside it what people and drift checks read about it.
// Deterministic: equal recordings give byte-equal files.
import { printAssets } from '../model/assets.ts';
import type { CloneModel } from '../model/clone-model.ts';
import type { CloneFiles } from '../model/files-read.ts';
import { routeExchanges } from '../model/exchange-routing.ts';
import { serviceFolders } from '../model/file-layout.ts';
import { printCloneFiles } from '../model/files-print.ts';
import { withAskedShapes } from '../model/asked-shapes.ts';
import { collectLatencies, LATENCY_FILE, printLatencies } from '../model/latencies.ts';
import { printShapes, SHAPES_FILE } from '../model/shapes-file.ts';
import { collectShapes } from '../model/shapes.ts';
import type { Recording } from '../recording/recording.ts';
import { replayRecordings, type Judgement } from '../fidelity/session-replay.ts';
import {
  countSessions,
  reportRoutes,
  reportServices,
  reportTotals,
  REPORT_FORMAT_VERSION,
  type CloneReport,
} from './clone-report.ts';
import { exchangesOf, inputDiagnostics, preparedRecordings, startExchange, type StartMoment } from './build-input.ts';
import { compileServices, loadWithAssets, type CompiledServices } from './compile-services.ts';
import {
  checkCounterexamples,
  FIRM_WEIGHT,
  readCounterexamples,
  withCounterexamples,
  type Counterexample,
} from './counterexamples.ts';
import { withDoubtedAnswers } from './doubted-answers.ts';
import type { Diagnostic } from './diagnostic.ts';
import { judgementsByRule, rightInEither, withDoubts } from './doubts.ts';
import { EVIDENCE_FILE, evidenceLines, printEvidence } from './evidence-lines.ts';
import { planFolds } from './folds.ts';
import { contradictions, layOver, type LaidOver } from './laid-over.ts';
import { judgeFold, judgeSessions, type Measurement } from './measurement.ts';
import { recordingRecipe } from './recording-recipe.ts';
import { printReportPage, REPORT_FILE } from './report-page.ts';

export interface CloneBuild {
  readonly model: CloneModel;
  readonly report: CloneReport;
  /** Text by path relative to the clone's folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a build is about to do, for people who wait. */
export interface BuildStage {
  readonly name: string;
  readonly done: number;
  readonly total: number;
}

export interface BuildOptions {
  /** Folds that measure what the clone knows about exchanges it was not compiled from; 0 measures nothing. */
  readonly folds?: number;
  /** The world at reset: before everything (unless told), after everything, or before a session. */
  readonly start?: StartMoment;
  /** Text files of the folder that the clone will stand in, as they are now: what a person wrote there counts. */
  readonly present?: CloneFiles;
  /** Asked before each fold: true leaves out the folds that remain, and the report says so. */
  readonly isLate?: () => boolean;
}

export const FOLDS_DEFAULT = 3;

/**
 * Builds a clone, stage by stage; the generator returns it.
 *
 * @throws {MynahError} ERR_NO_EXCHANGES when nothing was answered, ERR_COMPILE_FAILED when no service could be compiled,
 * ERR_USAGE for a start before a session that the recordings do not have, ERR_CLONE_FILE for malformed overrides, ERR_HAR_SHAPE for
 * malformed counterexamples
 */
export function* buildClone(
  given: readonly Recording[],
  { folds = FOLDS_DEFAULT, start = 'beginning', present = new Map(), isLate = () => false }: BuildOptions = {},
): Generator<BuildStage, CloneBuild, void> {
  const recordings = preparedRecordings(given);
  const startsBefore = startExchange(recordings, start);
  const plan = planFolds(recordings, folds);
  const total = plan.length + 3;
  yield { name: 'compiling', done: 0, total };
  const counterexamples = readCounterexamples(present);
  const { compiled, laid } = compileUnder(recordings, { present, counterexamples, start });
  const { model, loaded } = laid.served;
  const diagnostics = [...compiled.diagnostics, ...laid.diagnostics, ...inputDiagnostics(recordings)];
  yield { name: 'replaying what was recorded', done: 1, total };
  const replayed = [...replayRecordings(loaded, recordings)];
  const sessions = judgeSessions(laid.served, recordings);
  for (const message of sessions.failures) diagnostics.push({ code: 'not-measured', severity: 'warning', message });
  const heldOut: Judgement[] = [];
  let measured = 0;
  for (const [index, fold] of plan.entries()) {
    if (isLate()) break;
    yield { name: `measuring what was held out, ${index + 1} of ${plan.length}`, done: 2 + index, total };
    const judged = judgeFold(fold, recordings);
    if (judged === undefined) continue;
    heldOut.push(...judged);
    measured++;
  }
  if (measured < plan.length) diagnostics.push(unmeasured(measured, plan.length, folds));
  yield { name: 'writing the report', done: total - 1, total };
  const byRule = judgementsByRule(rightInEither(sessions.judgements, replayed));
  diagnostics.push(...contradictions(model, byRule));
  const started = laid.keepLocked(start === 'beginning' ? compiled.model : compiled.startingBefore(startsBefore));
  const written = withDoubts(started, byRule, laid.decided);
  diagnostics.push(
    ...checkCounterexamples(loadWithAssets(laid.lay(written), compiled.assets), counterexamples).failures,
  );
  const measurement: Measurement = { replayed, bySession: sessions.judgements, heldOut, folds: measured };
  const served = withDoubtedAnswers(withDoubts(model, byRule, laid.decided), measurement);
  const routes = reportRoutes(model, served);
  const report: CloneReport = {
    format_version: REPORT_FORMAT_VERSION,
    services: reportServices(model),
    sessions: countSessions(recordings),
    totals: reportTotals(routes, served),
    routes,
    hints: recordingRecipe(routes),
    diagnostics,
  };
  const { routed } = routeExchanges(model, exchangesOf(recordings));
  const files = new Map([
    ...printCloneFiles(written),
    ...serviceFolders(written.services).flatMap((folder, index) => [
      ...printAssets(folder, compiled.assets[index] ?? new Map()),
    ]),
    [EVIDENCE_FILE, printEvidence(evidenceLines(model, compiled.evidence, measurement))],
    [SHAPES_FILE, printShapes(withAskedShapes(collectShapes(routed), routed))],
    [LATENCY_FILE, printLatencies(collectLatencies(routed))],
    [REPORT_FILE, printReportPage(report)],
  ]);
  return { model: written, report, files };
}

interface Surroundings {
  readonly present: CloneFiles;
  readonly counterexamples: readonly Counterexample[];
  readonly start: StartMoment;
}

/** Compiles under what a person wrote; again, with more weight on counterexamples, where those do not convince at once. */
function compileUnder(
  recordings: readonly Recording[],
  { present, counterexamples, start }: Surroundings,
): { readonly compiled: CompiledServices; readonly laid: LaidOver } {
  const attempt = (weight: number) => {
    const compiled = compileServices(withCounterexamples(recordings, counterexamples, start, weight));
    const laid = layOver(compiled, present);
    const { failures, confirmed } = checkCounterexamples(laid.served.loaded, counterexamples);
    const decided = new Set([...laid.decided, ...confirmed]);
    return { compiled, laid: { ...laid, decided }, failed: failures.length };
  };
  const first = attempt(1);
  if (first.failed === 0 || start !== 'beginning') return first;
  const firm = attempt(FIRM_WEIGHT);
  return firm.failed < first.failed ? firm : first;
}

function unmeasured(measured: number, planned: number, wanted: number): Diagnostic {
  return {
    code: 'not-measured',
    severity: 'note',
    message: `${measured} of ${planned} folds were measured, to keep the compile short; --folds ${wanted} measures all.`,
  };
}
