// `mynah score`: what other probes would have given for episodes that are over.
import type { Command } from 'commander';
import { parseEpisodeLog } from '../core/episode/log-line.ts';
import { scoreLog, type Score } from '../core/episode/replay.ts';
import { environmentOfLog, externOption, readProbes, readText } from './clone-environment.ts';
import { rewardText } from './text-table.ts';

interface ScoreOptions {
  readonly probes: string;
  readonly clone?: string;
  readonly extern?: readonly string[];
  readonly json: boolean;
}

/** Registers `mynah score`. */
export function registerScore(program: Command): void {
  program
    .command('score')
    .description('Score episode logs again, with other probes.')
    .argument('<log...>', 'episode logs')
    .requiredOption('--probes <file>', 'the probes')
    .option('--clone <folder>', 'the clone, where the log was not made on this machine')
    .addOption(externOption())
    .option('--json', 'print one JSON document', false)
    .action(score);
}

async function score(paths: readonly string[], options: ScoreOptions): Promise<void> {
  const results: (Score & { readonly log: string })[] = [];
  for (const path of paths) {
    const log = parseEpisodeLog(readText(path));
    const environment = await environmentOfLog(log.header.model, options);
    results.push({ log: path, ...scoreLog(environment, readProbes(options.probes, environment), log) });
  }
  const text = options.json ? JSON.stringify({ scores: results }) : results.map(describe).join('\n');
  process.stdout.write(`${text}\n`);
}

function describe({ log, reward, logged, firings }: Score & { readonly log: string }): string {
  const lines = firings.map(
    ({ step, probe, reward: given }) =>
      `  ${step === 'finish' ? 'finish' : `step ${step}`}: ${probe} ${rewardText(given)}`,
  );
  return [`${log}: ${rewardText(reward)} (was ${rewardText(logged)})`, ...lines].join('\n');
}
