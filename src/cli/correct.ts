// `mynah correct`: a wrong answer of the clone becomes a counterexample, which the next compile has to satisfy.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { correctedExchanges, CORRECTED_SESSION, type Correction } from '../core/episode/correction.ts';
import { parseEpisodeLog } from '../core/episode/log-line.ts';
import type { Header } from '../core/exchange/exchange.ts';
import { COUNTEREXAMPLES_FOLDER } from '../core/model/file-layout.ts';
import { harOf } from '../core/recording/har-export.ts';
import type { Recording } from '../core/recording/recording.ts';
import { MynahError } from '../core/std/errors.ts';
import { readCloneFolder } from '../store/clone-folder.ts';
import { readText } from './clone-environment.ts';
import { wholeNumber } from './serve.ts';
import { TOOL_VERSION } from './tool-version.ts';

interface CorrectOptions {
  readonly step: number;
  readonly clone: string;
  readonly status?: number;
  readonly header?: readonly Header[];
  readonly body?: string;
  readonly bodyFile?: string;
  readonly json: boolean;
}

/** Registers `mynah correct`. */
export function registerCorrect(program: Command): void {
  program
    .command('correct')
    .description('Say what the original answers to a step of an episode; the next compile has to satisfy it.')
    .argument('<log>', 'episode log')
    .requiredOption('--step <number>', 'number of the step, from 1', wholeNumber)
    .requiredOption('--clone <folder>', 'the clone, whose counterexamples/ it is written into')
    .option('--status <number>', 'the right status', statusOption)
    .option('--header <line>', 'a right header, as "name: value" (repeatable)', headerOption)
    .option('--body <text>', 'the right body')
    .option('--body-file <file>', 'file with the right body')
    .option('--json', 'print one JSON document', false)
    .action(correct);
}

async function correct(path: string, options: CorrectOptions): Promise<void> {
  const correction = correctionOf(options);
  await readCloneFolder(options.clone);
  const exchanges = correctedExchanges(parseEpisodeLog(readText(path)), options.step, correction);
  const recording: Recording = {
    formatVersion: 1,
    toolVersion: TOOL_VERSION,
    createdAt: exchanges[0]?.startedAt ?? 0,
    sessions: [{ name: CORRECTED_SESSION, start: 'fresh' }],
    exchanges,
  };
  const text = `${JSON.stringify(harOf(recording), null, 1)}\n`;
  const name = `step-${options.step}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.har`;
  const file = join(options.clone, COUNTEREXAMPLES_FOLDER, name);
  try {
    mkdirSync(join(options.clone, COUNTEREXAMPLES_FOLDER), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new MynahError('ERR_FILE_UNWRITABLE', `cannot write ${file}: ${(error as Error).message}`, { file }, error);
  }
  const said = `wrote ${file}; compile again into ${options.clone} to learn from it\n`;
  process.stdout.write(options.json ? `${JSON.stringify({ counterexample: file })}\n` : said);
}

function correctionOf({ status, header = [], body, bodyFile }: CorrectOptions): Correction {
  if (body !== undefined && bodyFile !== undefined)
    throw new MynahError('ERR_USAGE', 'give the body by --body or by --body-file, not by both', {});
  const text = bodyFile === undefined ? body : readText(bodyFile);
  if (status === undefined && text === undefined && header.length === 0)
    throw new MynahError('ERR_USAGE', 'say what is right: --status, --header, --body or --body-file', {});
  return {
    ...(status === undefined ? {} : { status }),
    headers: header,
    ...(text === undefined ? {} : { body: { text } }),
  };
}

/** @throws {MynahError} ERR_USAGE */
function statusOption(text: string): number {
  const status = Number(text);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new MynahError('ERR_USAGE', `--status wants a whole number from 200 to 599, not "${text}"`, { status: text });
  return status;
}

/** @throws {MynahError} ERR_USAGE */
function headerOption(text: string, before: readonly Header[] | undefined): readonly Header[] {
  const parts = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/.exec(text);
  if (parts === null)
    throw new MynahError('ERR_USAGE', `--header wants "name: value", not "${text}"`, { header: text });
  return [...(before ?? []), [(parts[1] as string).toLowerCase(), parts[2] as string]];
}
