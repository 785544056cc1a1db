// `mynah export`: a recording, an episode or a task in the formats of others.
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { parseEpisodeLog } from '../core/episode/log-line.ts';
import { ATIF_VERSION, atifTrajectory, resultsLine } from '../core/episode/trajectory.ts';
import { EXTERNS_FOLDER } from '../core/model/file-layout.ts';
import { harOf } from '../core/recording/har-export.ts';
import { MynahError } from '../core/std/errors.ts';
import { printJson } from '../core/std/json.ts';
import { harborTask } from '../core/task/harbor-task.ts';
import { selectTask } from '../core/task/task.ts';
import { readRecording } from '../store/recording-store.ts';
import { environmentOfLog, externOption, openCloneEnvironment, readText } from './clone-environment.ts';
import { wholeNumber } from './serve.ts';
import { TOOL_VERSION } from './tool-version.ts';

interface ExportOptions {
  readonly har: boolean;
  readonly atif: boolean;
  readonly atifVersion: string;
  readonly results: boolean;
  readonly harbor: boolean;
  readonly clone?: string;
  readonly task?: string;
  readonly seed: number;
  readonly extern?: readonly string[];
  readonly out?: string;
}

/** Registers `mynah export`. */
export function registerExport(program: Command): void {
  program
    .command('export')
    .description('Write a recording, episodes or a task in another format.')
    .argument('<path...>', 'a recording; episode logs with --atif or --results; a clone with --harbor')
    .option('--har', 'a recording as HTTP Archive 1.2 (the default)', false)
    .option('--atif', 'an episode as an ATIF trajectory', false)
    .option('--atif-version <name>', 'what the trajectory says its version is', ATIF_VERSION)
    .option('--results', 'episodes as lines of results, as OpenEnv collects them', false)
    .option('--clone <folder>', 'clone of the episodes, where it was not served on this machine')
    .option('--harbor', 'a task of a clone as a Harbor task folder', false)
    .option('--task <id>', 'the task (default: the one that the seed selects)')
    .option('--seed <number>', 'seed of its episode', wholeNumber, 0)
    .addOption(externOption())
    .option('--out <path>', 'file to write, gzipped when it ends in .gz, or folder (default: standard output)')
    .action(exportAs);
}

async function exportAs(paths: readonly string[], options: ExportOptions): Promise<void> {
  const formats = (['har', 'atif', 'results', 'harbor'] as const).filter((format) => options[format]);
  const [format = 'har', second] = formats;
  if (second !== undefined) throw new MynahError('ERR_USAGE', `--${format} and --${second} exclude each other`);
  const [path = '', another] = paths;
  if (another !== undefined && format !== 'results')
    throw new MynahError('ERR_USAGE', `--${format} takes one path, not also ${another}`);
  if (format === 'har') return write(`${JSON.stringify(harOf(readRecording(path)), null, 1)}\n`, options.out);
  if (format === 'harbor') return exportHarbor(path, options);
  const lines = await Promise.all(paths.map(async (log) => episodeText(log, format, options)));
  write(lines.join(''), options.out);
}

/** @throws {MynahError} ERR_EPISODE_LOG, ERR_FILE_NOT_FOUND */
async function episodeText(path: string, format: 'atif' | 'results', options: ExportOptions): Promise<string> {
  const log = parseEpisodeLog(readText(path));
  const goal = log.header.task === null ? undefined : await goalOf(log.header.model, log.header.task, options.clone);
  const subject = { id: basename(path).replace(/\.jsonl$/, ''), goal };
  const value = format === 'atif' ? atifTrajectory(log, subject, options.atifVersion) : resultsLine(log, subject);
  return `${printJson(value)}\n`;
}

/** A log can be exported without its clone; then nobody knows what its task was. */
async function goalOf(model: string, task: string, clone: string | undefined): Promise<string | undefined> {
  try {
    const { tasks } = await environmentOfLog(model, { clone });
    return tasks.tasks.find(({ id }) => id === task)?.goal;
  } catch (error) {
    if (error instanceof MynahError && error.code === 'ERR_MODEL_MISMATCH' && clone === undefined) return undefined;
    throw error;
  }
}

async function exportHarbor(clone: string, { task: id, seed, extern = [], out }: ExportOptions): Promise<void> {
  if (out === undefined) throw new MynahError('ERR_USAGE', '--harbor writes a folder; name it with --out');
  if (statSync(out, { throwIfNoEntry: false }) !== undefined)
    throw new MynahError('ERR_FILE_UNWRITABLE', `${out} exists already; name another with --out`, { path: out });
  const { environment, files } = await openCloneEnvironment(clone, { extern });
  const task = selectTask(environment.tasks, id, seed);
  if (task === undefined)
    throw new MynahError('ERR_TASK_NOT_FOUND', `${clone} has no tasks; write some into its tasks.yaml`, { clone });
  const externs = extern.map((name): [string, string] => {
    const file = `${EXTERNS_FOLDER}${name}.mjs`;
    return [file, readText(join(clone, file))];
  });
  const written = harborTask(task, new Map([...files, ...externs]), {
    name: `mynah/${slug(basename(resolve(clone)))}-${slug(task.id)}`,
    seed,
    token: randomBytes(16).toString('hex'),
    services: environment.loaded.model.services.map(({ name }) => name),
    externs: extern,
    version: TOOL_VERSION,
  });
  for (const [file, text] of written) writeTo(join(out, file), text);
  process.stdout.write(`${out}: the task ${task.id}\n`);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

function write(text: string, out: string | undefined): void {
  if (out === undefined) process.stdout.write(text);
  else writeTo(out, out.endsWith('.gz') ? gzipSync(text) : text, false);
}

/** @throws {MynahError} ERR_FILE_UNWRITABLE */
function writeTo(path: string, content: string | Buffer, makesFolders = true): void {
  try {
    if (makesFolders) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, path.endsWith('.sh') ? { mode: 0o755 } : {});
  } catch (error) {
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot write ${path}: ${(error as Error).message}; name another with --out`,
      { path },
      error,
    );
  }
}
