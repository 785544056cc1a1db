// `mynah serve`: a clone as an environment, with a door for agents and one for trainers.
import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { checkedFaults, FAULT_KINDS, type FaultKind } from '../core/episode/faults.ts';
import { MynahError } from '../core/std/errors.ts';
import { workersMax } from '../core/std/limits.ts';
import { listenerOrigin, parseListenAddress } from '../proxy/listener.ts';
import { requireToken, startEnvironmentServer, type EnvironmentServer } from '../server/environment-server.ts';
import { startWorkerServer, type WorkerServer } from '../server/workers/worker-server.ts';
import { parseTime } from '../server/control/call-body.ts';
import { dataFolderOf, externOption, openData, reportFailure } from './clone-environment.ts';
import { ended } from './interruption.ts';
import { servedEnvironment, type ServeOptions } from './serve-options.ts';
import { claimWorkerData } from './worker-data.ts';

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
    .addOption(clockOption())
    .addOption(faultsOption())
    .addOption(latencyOption())
    .addOption(externOption())
    .option('--workers <number>', 'processes that the episodes are spread over', workerCount, 1)
    .addOption(sessionsOption())
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
  return new Option(
    '--on-unknown <policy>',
    'when the model cannot answer: mark the episode truncated; go on; or answer as the nearest rule',
  )
    .choices(['truncate', 'continue', 'nearest'])
    .default('truncate');
}

/** OpenEnv's servers are told by this variable. */
function sessionsOption(): Option {
  return new Option('--sessions-max <number>', 'sessions of OpenEnv clients at once; one more is turned away')
    .env('MAX_CONCURRENT_ENVS')
    .argParser(wholeNumber);
}

/** Where the virtual clock starts. The host's is read here, once. */
export function clockOption(): Option {
  return new Option('--clock <start>', 'virtual time at reset: recorded, host (read once), or an ISO 8601 time')
    .default(undefined, 'recorded')
    .argParser((text) => {
      const time = text === 'host' ? Date.now() : parseTime(text);
      if (text !== 'recorded' && time === undefined)
        throw new MynahError(
          'ERR_USAGE',
          `--clock is recorded, host or a time like 2024-05-01T12:00:00Z, not "${text}"`,
        );
      return text === 'recorded' ? undefined : time;
    });
}

/** Faults of every episode that is not asked to have others. */
export function faultsOption(): Option {
  const what = 'share of the steps that meet an error of a gateway, and which: 0.05 or 0.05:503,429 (default: none)';
  return new Option('--faults <rate[:statuses]>', what).argParser((text) => {
    const [, rate = '', kinds] = /^([\d.]+)(?::([\d,]+))?$/.exec(text) ?? [];
    const asked = { rate: rate === '' ? NaN : Number(rate), kinds: kinds?.split(',') as FaultKind[] | undefined };
    try {
      return checkedFaults(asked);
    } catch {
      throw new InvalidArgumentError(
        `Give a rate from 0 to 1, and behind a colon the statuses if not all of ${FAULT_KINDS.join(', ')}.`,
      );
    }
  });
}

export function latencyOption(): Option {
  return new Option('--latency', 'answers take as long as recorded ones did, on the virtual clock').default(false);
}

async function serve(clone: string, options: ServeOptions): Promise<void> {
  const server = await (options.workers > 1 ? serveByWorkers(clone, options) : serveAlone(clone, options));
  // Before the line that says it listens: whoever reads it may send a signal at once.
  const stopped = ended();
  process.stdout.write(
    `serving ${clone}: agents on ${listenerOrigin(server.agent)}, control on ${listenerOrigin(server.control)}\n`,
  );
  await stopped;
  await server.close();
}

async function serveAlone(clone: string, options: ServeOptions): Promise<EnvironmentServer> {
  const { opened, served } = await servedEnvironment(clone, options);
  return startEnvironmentServer({
    ...served,
    store: openData(options.data ?? dataFolderOf(clone), opened),
    listen: parseListenAddress(options.listen),
    control: parseListenAddress(options.control),
    onFailure: reportFailure,
  });
}

async function serveByWorkers(clone: string, options: ServeOptions): Promise<WorkerServer> {
  const control = parseListenAddress(options.control);
  requireToken(control.host, options.token);
  // What is wrong with the clone is said once.
  await servedEnvironment(clone, options);
  claimWorkerData(options.data, clone, options.workers);
  // Everybody on the machine can read the arguments of a process.
  const { token, ...shown } = options;
  const env = { ...process.env, MYNAH_TOKEN: token };
  const program = fileURLToPath(new URL(`serve-worker${extname(import.meta.url)}`, import.meta.url));
  return startWorkerServer({
    listen: parseListenAddress(options.listen),
    control,
    workers: options.workers,
    spawn: () => fork(program, [clone, JSON.stringify(shown)], { execArgv: loaders(process.execArgv), env }),
    onFailure: reportFailure,
  });
}

/** Of this process' own arguments, those without which its sources do not run. */
function loaders(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => (arg === '--import' ? [arg, args[at + 1] ?? ''] : []));
}

/** @throws {InvalidArgumentError} which the command tells together with the option */
export function wholeNumber(text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('Give a whole number from 0.');
  return number;
}

/** @throws {InvalidArgumentError} */
function workerCount(text: string): number {
  const count = wholeNumber(text);
  if (count >= 1 && count <= workersMax) return count;
  throw new InvalidArgumentError(`Give a number from 1 to ${workersMax}.`);
}
