// Recordings to the files of a clone's folder: the model, and beside it what people and drift checks read about it.
// Deterministic: equal recordings give byte-equal files.
import type { CloneModel } from '../model/clone-model.ts';
import { routeExchanges } from '../model/exchange-routing.ts';
import { printCloneFiles } from '../model/files-print.ts';
import { printShapes, SHAPES_FILE } from '../model/shapes-file.ts';
import { collectShapes } from '../model/shapes.ts';
import type { Recording } from '../recording/recording.ts';
import { loadModel } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import { replayRecordings, type Judgement } from '../fidelity/session-replay.ts';
import {
  countSessions,
  reportRoutes,
  reportServices,
  reportTotals,
  REPORT_FORMAT_VERSION,
  type CloneReport,
  type Measurement,
} from './clone-report.ts';
import { compileServices } from './compile-services.ts';
import type { Diagnostic } from './diagnostic.ts';
import { EVIDENCE_FILE, evidenceLines, printEvidence } from './evidence-lines.ts';
import { planFolds, type Fold } from './folds.ts';
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
  /** Asked before each fold: true leaves out the folds that remain, and the report says so. */
  readonly isLate?: () => boolean;
}

export type StartMoment = 'beginning' | 'end' | { readonly session: string };

export const FOLDS_DEFAULT = 3;

/**
 * Builds a clone, stage by stage; the generator returns it.
 *
 * @throws {MynahError} ERR_NO_EXCHANGES when nothing was answered, ERR_COMPILE_FAILED when no service could be compiled,
 * ERR_USAGE for a start before a session that the recordings do not have
 */
export function* buildClone(
  given: readonly Recording[],
  { folds = FOLDS_DEFAULT, start = 'beginning', isLate = () => false }: BuildOptions = {},
): Generator<BuildStage, CloneBuild, void> {
  requireExchanges(given);
  const recordings = withDistinctIds(given);
  const startsBefore = exchangeAt(recordings, start);
  const plan = planFolds(recordings, folds);
  const total = plan.length + 3;
  yield { name: 'compiling', done: 0, total };
  const { model, loaded, evidence, startingBefore, diagnostics: found } = compileServices(recordings);
  const diagnostics = [...found, ...inputDiagnostics(recordings)];
  yield { name: 'replaying what was recorded', done: 1, total };
  const replayed = [...replayRecordings(loaded, recordings)];
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
  const measurement: Measurement = { replayed, heldOut, folds: measured };
  const routes = reportRoutes(model, measurement);
  const report: CloneReport = {
    format_version: REPORT_FORMAT_VERSION,
    services: reportServices(model),
    sessions: countSessions(recordings),
    totals: reportTotals(routes, measurement),
    routes,
    hints: recordingRecipe(routes),
    diagnostics,
  };
  const exchanges = recordings.flatMap((recording) => recording.exchanges);
  const written = start === 'beginning' ? model : startingBefore(startsBefore);
  const files = new Map([
    ...printCloneFiles(written),
    [EVIDENCE_FILE, printEvidence(evidenceLines(model, evidence, measurement))],
    [SHAPES_FILE, printShapes(collectShapes(routeExchanges(model, exchanges).routed))],
    [REPORT_FILE, printReportPage(report)],
  ]);
  return { model: written, report, files };
}

function requireExchanges(recordings: readonly Recording[]): void {
  const exchanges = recordings.flatMap((recording) => recording.exchanges);
  if (exchanges.some(({ response }) => response !== undefined)) return;
  const what = exchanges.length === 0 ? 'no exchange' : `${exchanges.length} exchanges but not one answer`;
  throw new MynahError(
    'ERR_NO_EXCHANGES',
    `there is nothing to compile: the recordings hold ${what}; record some traffic first`,
    { exchanges: exchanges.length },
  );
}

/** Id of the exchange before which the clone starts; undefined for the beginning and the end. */
function exchangeAt(recordings: readonly Recording[], start: StartMoment): string | undefined {
  if (typeof start === 'string') return undefined;
  const first = recordings.flatMap(({ exchanges }) => exchanges).find(({ session }) => session === start.session);
  if (first !== undefined) return first.id;
  const names = recordings.flatMap(({ sessions }) => sessions.map(({ name }) => name));
  const shown = names.slice(0, SESSIONS_SHOWN).join(', ') + (names.length > SESSIONS_SHOWN ? ', …' : '');
  throw new MynahError('ERR_USAGE', `no session "${start.session}" was recorded; there are ${shown}`, {
    session: start.session,
  });
}

const SESSIONS_SHOWN = 10;

/** Exchange ids are unique in their recording only: `2#1.17` is exchange 1.17 of the second. */
function withDistinctIds(recordings: readonly Recording[]): readonly Recording[] {
  if (recordings.length < 2) return recordings;
  return recordings.map((recording, index) => ({
    ...recording,
    exchanges: recording.exchanges.map((exchange) => ({ ...exchange, id: `${index + 1}#${exchange.id}` })),
  }));
}

/** The held-out exchanges of a fold; undefined when it cannot be compiled from what is left. */
function judgeFold(
  { training, heldOut, startsAfterTraining }: Fold,
  orders: readonly Recording[],
): readonly Judgement[] | undefined {
  try {
    const { loaded, startingBefore } = compileServices(training);
    const started = startsAfterTraining ? loadModel(startingBefore(undefined)) : loaded;
    return [...replayRecordings(started, heldOut, { orders })];
  } catch (error) {
    if (error instanceof MynahError) return undefined;
    throw error;
  }
}

function inputDiagnostics(recordings: readonly Recording[]): readonly Diagnostic[] {
  const exchanges = recordings.flatMap((recording) => recording.exchanges);
  const unanswered = exchanges.filter(({ response }) => response === undefined);
  const truncated = exchanges.filter((exchange) => exchange.response !== undefined && exchange.truncated !== undefined);
  const idsOf = (some: typeof exchanges): readonly string[] => some.slice(0, 5).map(({ id }) => id);
  return [
    ...(unanswered.length === 0
      ? []
      : [
          {
            code: 'unanswered',
            severity: 'note',
            message: `${unanswered.length} exchanges ended without an answer and taught nothing (${idsOf(unanswered).join(', ')}).`,
            exchanges: idsOf(unanswered),
          } as const,
        ]),
    ...(truncated.length === 0
      ? []
      : [
          {
            code: 'truncated',
            severity: 'warning',
            message: `${truncated.length} exchanges have bodies that were cut and taught nothing (${idsOf(truncated).join(', ')}); record with a larger --body-max.`,
            exchanges: idsOf(truncated),
          } as const,
        ]),
  ];
}

function unmeasured(measured: number, planned: number, wanted: number): Diagnostic {
  return {
    code: 'not-measured',
    severity: 'note',
    message: `${measured} of ${planned} folds were measured, to keep the compile short; --folds ${wanted} measures all.`,
  };
}
