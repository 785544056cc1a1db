// `mynah serve`: a clone as an environment, with a door for agents and one for trainers.
import { Option, type Command } from 'commander';
import type { UnknownPolicy } from '../core/episode/log-line.ts';
import { MynahError } from '../core/std/errors.ts';
import { listenerOrigin, parseListenAddress } from '../proxy/listener.ts';
import { startEnvironmentServer } from '../server/environment-server.ts';
import {
  agentHash,
  dataFolderOf,
  lazyAuthority,
  newEpisodeId,
  openCloneEnvironment,
  openData,
  readProbes,
  reportFailure,
} from './clone-environment.ts';
import { ended } from './interruption.ts';

interface ServeOptions {
  readonly listen: string;
  readonly control: string;
  readonly data?: string;
  readonly token?: string;
  readonly probes?: string;
  readonly seed: number;
  readonly onUnknown: UnknownPolicy;
  readonly episodesMax?: number;
  readonly idle?: number;
  readonly stepsMax?: number;
  readonly bodyMax?: number;
  readonly keepLogs?: number;
  readonly keepDays?: number;
}

const DAY_MS = 86_400_000;

/** Registers `mynah serve`. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('Serve a clone as an environment: an agent plane and a control plane.')
    .argument('<clone>', 'folder of the clone')
    .option('--listen <host:port>', 'address of the agent plane: base URLs and proxy', '127.0.0.1:7070')
    .option('--control <host:port>', 'address of the control plane', '127.0.0.1:7071')
    .option('--data <folder>', 'where episode logs are kept, or "none" (default: CLONE.episodes)')
    .addOption(tokenOption())
    .option('--probes <file>', 'probes instead of the probes.yaml of the clone')
    .option('--seed <number>', 'seed of the default episode', wholeNumber, 0)
    .addOption(onUnknownOption())
    .option('--episodes-max <number>', 'episodes under way at once; one more is refused', wholeNumber)
    .option('--idle <seconds>', 'end episodes that nobody used for so long', wholeNumber)
    .option('--steps-max <number>', 'steps of an episode whose task has no limit', wholeNumber)
    .option('--body-max <bytes>', 'length of a request body', wholeNumber)
    .option('--keep-logs <number>', 'keep the logs of so many episodes, the newest', wholeNumber)
    .option('--keep-days <number>', 'keep logs for so many days', wholeNumber)
    .action(serve);
}

function tokenOption(): Option {
  const what = 'token that the control plane wants (required when other machines can reach it)';
  return new Option('--token <token>', what).env('MYNAH_TOKEN');
}

/** What an episode does when the model cannot answer. */
export function onUnknownOption(): Option {
  return new Option('--on-unknown <policy>', 'when the model cannot answer: mark the episode truncated, or not')
    .choices(['truncate', 'continue'])
    .default('truncate');
}

async function serve(clone: string, options: ServeOptions): Promise<void> {
  const [listen, control] = [parseListenAddress(options.listen), parseListenAddress(options.control)];
  const opened = await openCloneEnvironment(clone, options.onUnknown);
  const probes =
    options.probes === undefined ? opened.environment.probes : readProbes(options.probes, opened.environment);
  const server = await startEnvironmentServer({
    environment: { ...opened.environment, probes, stepsMax: options.stepsMax },
    store: openData(options.data ?? dataFolderOf(clone), opened),
    hash: agentHash(),
    newId: newEpisodeId,
    now: Date.now,
    defaultSeed: options.seed,
    bodyBytesMax: options.bodyMax,
    limits: {
      episodesMax: options.episodesMax,
      idleMs: options.idle === undefined ? undefined : options.idle * 1000,
      logsMax: options.keepLogs,
      logAgeMs: options.keepDays === undefined ? undefined : options.keepDays * DAY_MS,
    },
    listen,
    control,
    token: options.token,
    certificates: lazyAuthority(),
    onFailure: reportFailure,
  });
  // Before the line that says it listens: whoever reads it may send a signal at once.
  const stopped = ended();
  process.stdout.write(
    `serving ${clone}: agents on ${listenerOrigin(server.agent)}, control on ${listenerOrigin(server.control)}\n`,
  );
  await stopped;
  await server.close();
}

/** @throws {MynahError} ERR_USAGE */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new MynahError('ERR_USAGE', `"${text}" is not a whole number from 0`);
  return number;
}
