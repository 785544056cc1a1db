// `mynah replay`: executes an episode log again and names the first step that differs.
import type { Command } from 'commander';
import { parseEpisodeLog } from '../core/episode/log-line.ts';
import { replayLog, type Difference, type Replay } from '../core/episode/replay.ts';
import { isObject, printJson, type Json } from '../core/std/json.ts';
import { environmentOfLog, externOption, readText } from './clone-environment.ts';

interface ReplayOptions {
  readonly clone?: string;
  readonly extern?: readonly string[];
  readonly json: boolean;
}

/** Characters of a value that are shown. */
const SHOWN_MAX = 500;

/** Registers `mynah replay`. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('Execute an episode log again and name the first step that differs (exit code 1).')
    .argument('<log>', 'episode log')
    .option('--clone <folder>', 'the clone, where the log was not made on this machine')
    .addOption(externOption())
    .option('--json', 'print one JSON document', false)
    .action(replay);
}

async function replay(path: string, options: ReplayOptions): Promise<void> {
  const log = parseEpisodeLog(readText(path));
  const result = replayLog(await environmentOfLog(log.header.model, options), log);
  const text = options.json ? printJson(result as unknown as Json) : describe(path, result);
  process.stdout.write(`${text}\n`);
  if (result.difference !== undefined) process.exitCode = 1;
}

function describe(path: string, { steps, judged, difference }: Replay): string {
  const unjudged = judged ? '' : ' (rewards not compared: other probes)';
  if (difference === undefined) return `${path}: ${steps} steps, every one as logged${unjudged}`;
  const where = difference.step === 0 ? 'the reset' : `step ${difference.step}`;
  return [
    `${path}: ${where} differs in ${difference.members.join(', ')}${unjudged}`,
    ...difference.members.flatMap((name) => show(name, difference)),
  ].join('\n');
}

function show(name: string, { logged, replayed }: Difference): readonly string[] {
  const memberOf = (line: Json) => printJson((isObject(line) ? line[name] : undefined) ?? null).slice(0, SHOWN_MAX);
  return [`  ${name} in the log: ${memberOf(logged)}`, `  ${name} now:        ${memberOf(replayed)}`];
}
