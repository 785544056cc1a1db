// The compiler, kept from taking everything down with it: a service that it fails on is left out and named, the others are
// compiled all the same.
import { compile, type Compilation, type RuleEvidence } from '../compiler/compile.ts';
import { type Assets } from '../model/assets.ts';
import { MODEL_FORMAT_VERSION, type CloneModel } from '../model/clone-model.ts';
import { printCloneFiles } from '../model/files-print.ts';
import { readCloneFiles } from '../model/files-read.ts';
import type { Recording } from '../recording/recording.ts';
import { loadModel, type LoadedModel } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface CompiledServices {
  readonly model: CloneModel;
  /** The same model, ready to run. */
  readonly loaded: LoadedModel;
  /** Of each service, in their order. */
  readonly assets: readonly Assets[];
  readonly evidence: readonly RuleEvidence[];
  /** The model with the world before an exchange as its world at reset; with the one after the last where none is named. */
  startingBefore(exchange: string | undefined): CloneModel;
  readonly diagnostics: readonly Diagnostic[];
}

type Attempt = Omit<CompiledServices, 'diagnostics'>;

export type Compiler = (recordings: readonly Recording[]) => Compilation;

/** @throws {MynahError} ERR_COMPILE_FAILED when no service could be compiled */
export function compileServices(recordings: readonly Recording[], compiler: Compiler = compile): CompiledServices {
  const whole = attempt(recordings, compiler);
  if (!(whole instanceof Error)) return { ...whole, diagnostics: [] };
  const origins = [...new Set(recordings.flatMap(({ exchanges }) => exchanges.map(({ origin }) => origin)))];
  if (origins.length === 1) throw failed([failure(origins[0] ?? '', recordings, whole)]);
  return compileEach(recordings, origins, compiler);
}

function compileEach(
  recordings: readonly Recording[],
  origins: readonly string[],
  compiler: Compiler,
): CompiledServices {
  const good: Attempt[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const origin of origins) {
    const own = recordings.map((recording) => ({
      ...recording,
      exchanges: recording.exchanges.filter((exchange) => exchange.origin === origin),
    }));
    const result = attempt(own, compiler);
    if (result instanceof Error) diagnostics.push(failure(origin, own, result));
    else good.push(result);
  }
  const [first] = good;
  if (first === undefined) throw failed(diagnostics);
  // Together they get distinct names and one clock, where the compiler manages that.
  const kept = new Set(good.flatMap(({ model }) => model.services.flatMap(({ origins: known }) => known)));
  const together = attempt(
    recordings.map((recording) => ({
      ...recording,
      exchanges: recording.exchanges.filter(({ origin }) => kept.has(origin)),
    })),
    compiler,
  );
  if (!(together instanceof Error)) return { ...together, diagnostics };
  const joined = (models: readonly CloneModel[]): CloneModel => ({
    formatVersion: MODEL_FORMAT_VERSION,
    clock: models[0]?.clock ?? first.model.clock,
    services: models.flatMap(({ services }) => services),
  });
  const model = joined(good.map((each) => each.model));
  const assets = good.flatMap((each) => each.assets);
  return {
    model,
    loaded: loadWithAssets(model, assets),
    assets,
    evidence: good.flatMap((each) => each.evidence),
    startingBefore: (exchange) => joined(good.map((each) => each.startingBefore(exchange))),
    diagnostics,
  };
}

/** A model that can be written, read back and run, or why there is none. */
function attempt(recordings: readonly Recording[], compiler: Compiler): Attempt | Error {
  try {
    const { model, assets, evidence, startingBefore } = compiler(recordings);
    readCloneFiles(printCloneFiles(model));
    return { model, loaded: loadWithAssets(model, assets), assets, evidence, startingBefore };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The model made ready to run, with the files of its services. Throws what loadModel throws. */
export function loadWithAssets(model: CloneModel, assets: readonly Assets[]): LoadedModel {
  return loadModel(model, { assets: new Map(assets.flatMap((each) => [...each])) });
}

function failure(origin: string, recordings: readonly Recording[], error: Error): Diagnostic {
  const exchanges = recordings.flatMap((recording) => recording.exchanges.map(({ id }) => id));
  return {
    code: 'service-failed',
    severity: 'error',
    message:
      `${origin} could not be compiled, so its ${exchanges.length} exchanges are not in the clone: ${reasonOf(error)}. ` +
      'This is a defect of mynah; please report it with the recording, or record less of this service.',
    service: origin,
    exchanges: exchanges.slice(0, 5),
  };
}

function failed(diagnostics: readonly Diagnostic[]): MynahError {
  return new MynahError('ERR_COMPILE_FAILED', diagnostics.map(({ message }) => message).join('\n'), { diagnostics });
}

const REASON_LENGTH_MAX = 300;

/** The message with the place in the compiler, which a report of the defect needs. */
function reasonOf(error: Error): string {
  const place = /\/src\/core\/([\w/-]+\.ts:\d+)|\/dist\/core\/([\w/-]+\.js:\d+)/.exec(error.stack ?? '');
  const where = place?.[1] ?? place?.[2];
  const message = error.message.replace(/\s+/g, ' ').slice(0, REASON_LENGTH_MAX);
  return where === undefined ? message : `${message} (${where})`;
}
