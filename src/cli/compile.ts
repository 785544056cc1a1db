// `mynah compile`: recordings in, a clone's folder out, and how far the clone can be trusted.
import { Option, type Command } from 'commander';
import type { StartMoment } from '../core/build/build-input.ts';
import { buildClone, FOLDS_DEFAULT, type BuildOptions, type CloneBuild } from '../core/build/clone-build.ts';
import type { CloneReport } from '../core/build/clone-report.ts';
import { isFailedCheck } from '../core/build/diagnostic.ts';
import type { CloneFiles } from '../core/model/files-read.ts';
import type { Recording } from '../core/recording/recording.ts';
import { MynahError } from '../core/std/errors.ts';
import { prepareCloneFolder, readPresentFiles, writeCloneFolder } from '../store/clone-folder.ts';
import { startProgress } from './progress.ts';
import { readRecordingFile } from './recording-source.ts';
import { wholeNumber } from './serve.ts';
import { percentText, textTable } from './text-table.ts';

interface CompileOptions {
  readonly out: string;
  readonly start: StartMoment;
  readonly folds?: number;
  readonly json: boolean;
}

/** Folds that would end later than this are left out, unless they were asked for. */
const TIME_AIM_MS = 50_000;
const HINTS_SHOWN = 5;

/** Registers `mynah compile`. */
export function registerCompile(program: Command): void {
  program
    .command('compile')
    .description('Compile recordings into a clone, and report how far it can be trusted.')
    .argument('<recording...>', 'recordings (.mynah or .har), in the order in which they were made')
    .requiredOption('--out <folder>', 'folder of the clone; one that exists is brought up to date')
    .addOption(
      new Option(
        '--start <moment>',
        'the world at reset: "beginning", "end", or "session:NAME" for the one before a session',
      )
        .argParser(startMoment)
        .default('beginning'),
    )
    .addOption(
      new Option(
        '--folds <number>',
        `how many times a part is held out to measure what is not recorded (0: never; default: ${FOLDS_DEFAULT}, or fewer where compiling takes long)`,
      ).argParser(wholeNumber),
    )
    .option('--json', 'print the report as one JSON document', false)
    .action(compile);
}

async function compile(paths: readonly string[], options: CompileOptions): Promise<void> {
  const recordings = paths.map(readRecordingFile);
  await prepareCloneFolder(options.out);
  const present = await readPresentFiles(options.out);
  const { files, report } = buildWithProgress(recordings, options, present);
  await writeCloneFolder(options.out, files);
  process.stdout.write(options.json ? `${JSON.stringify({ clone: options.out, ...report })}\n` : reportText(report));
  if (report.diagnostics.some(isFailedCheck)) process.exitCode = 1;
  if (!options.json) process.stdout.write(`\n${options.out} is written; REPORT.md in it has the whole report\n`);
}

function buildWithProgress(
  recordings: readonly Recording[],
  { start, folds }: CompileOptions,
  present: CloneFiles,
): CloneBuild {
  const progress = startProgress();
  try {
    const stages = buildClone(recordings, {
      start,
      present,
      ...(folds === undefined ? { isLate: lateness() } : { folds }),
    });
    for (;;) {
      const next = stages.next();
      if (next.done === true) return next.value;
      progress.show(next.value.name, next.value.done, next.value.total);
    }
  } finally {
    progress.end();
  }
}

/** Late is when one more fold, taken to last as long as all before it did on average, would end after the aim. */
function lateness(): NonNullable<BuildOptions['isLate']> {
  const startedAt = Date.now();
  let folds = 0;
  return () => {
    folds += 1;
    const spent = Date.now() - startedAt;
    return spent + spent / folds > TIME_AIM_MS;
  };
}

/** @throws {MynahError} ERR_USAGE */
function startMoment(text: string): StartMoment {
  if (text === 'beginning' || text === 'end') return text;
  const session = /^session:(.+)$/s.exec(text)?.[1];
  if (session !== undefined) return { session };
  throw new MynahError('ERR_USAGE', `--start is "beginning", "end" or "session:NAME", not "${text}"`);
}

function reportText({ services, sessions, totals, routes, hints, diagnostics }: CloneReport): string {
  const table = textTable(
    [
      ...(services.length > 1 ? [{ title: 'service', widthMax: 30 }] : []),
      { title: 'route', widthMax: 70 },
      { title: 'exchanges', right: true },
      { title: 'reproduced', right: true },
      { title: 'by session', right: true },
      { title: 'held out', right: true },
      { title: 'answers', widthMax: 40 },
    ],
    routes.map((route) => [
      ...(services.length > 1 ? [route.service] : []),
      route.route,
      String(route.exchanges),
      percentText(route.reproduced),
      percentText(route.by_session),
      percentText(route.held_out),
      route.statuses.map(({ status, exchanges }) => `${status} ×${exchanges}`).join(', '),
    ]),
  );
  const heldOut =
    totals.held_out === null
      ? 'nothing was held out'
      : `${percentText(totals.held_out)} of ${totals.held_out_exchanges} held-out exchanges right`;
  const summary =
    `${totals.exchanges} exchanges of ${sessions} sessions, ${totals.routes} routes: ` +
    `${percentText(totals.reproduced)} reproduced (${percentText(totals.by_session)} by session), ${heldOut}\n`;
  const advice = hints.slice(0, HINTS_SHOWN).map((hint) => `  - ${hint}\n`);
  return [
    table,
    '\n',
    summary,
    ...(advice.length > 0 ? ['\nrecord next:\n', ...advice] : []),
    ...diagnostics.map(({ severity, message }) => `\n${severity}: ${message}\n`),
  ].join('');
}
