// `mynah run`: one episode of a clone for one command, which meets it by proxy and base URL and is scored when it ends.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Faults } from '../core/episode/faults.ts';
import type { UnknownPolicy } from '../core/episode/log-line.ts';
import { MynahError } from '../core/std/errors.ts';
import { printJson, tryParseJson, type Json, type JsonObject } from '../core/std/json.ts';
import { childEnvironment, type ProcessEnvironment } from '../proxy/child-environment.ts';
import { listen, listenerOrigin, trackConnections } from '../proxy/listener.ts';
import { createAgentPlane } from '../server/agent/agent-plane.ts';
import { DEFAULT_EPISODE, type ClonedApi } from '../server/agent/cloned-api.ts';
import { episodeHandle } from '../server/control/episode-handle.ts';
import { EpisodeRegistry } from '../server/control/episode-registry.ts';
import { IN_MEMORY, openEpisodeStore } from '../store/episode-log.ts';
import { mynahHome } from '../store/mynah-home.ts';
import { runCommand } from './child-command.ts';
import {
  agentHash,
  dataFolderOf,
  externOption,
  keepModel,
  newEpisodeId,
  openCloneEnvironment,
  readProbes,
  readText,
  reportFailure,
} from './clone-environment.ts';
import { clockOption, faultsOption, latencyOption, onUnknownOption, wholeNumber } from './serve.ts';
import { rewardText } from './text-table.ts';
import { userAuthority } from './user-authority.ts';

interface RunOptions {
  readonly task?: string;
  readonly seed?: number;
  readonly probes?: string;
  readonly answer?: string;
  readonly log?: string;
  readonly onUnknown: UnknownPolicy;
  readonly clock?: number;
  readonly faults?: Faults;
  readonly latency: boolean;
  readonly extern?: readonly string[];
  readonly json: boolean;
}

/** How long a command's connections may last when it has ended. */
const GRACE_MS = 500;

/** Registers `mynah run`. */
export function registerRun(program: Command): void {
  program
    .command('run')
    .description('Run a command against one episode of a clone, and score it.')
    .argument('<clone>', 'folder of the clone')
    .argument('<command...>', 'the command and its arguments, behind --')
    .option('--task <id>', 'task of the episode')
    .option('--seed <number>', 'seed of the episode', wholeNumber)
    .option('--probes <file>', 'probes instead of the probes.yaml of the clone')
    .option('--answer <file>', 'file into which the command writes its answer')
    .option('--log <file>', 'where the episode log is written (default: CLONE.episodes/ID.jsonl)')
    .addOption(onUnknownOption())
    .addOption(clockOption())
    .addOption(faultsOption())
    .addOption(latencyOption())
    .addOption(externOption())
    .option('--json', 'print the score as JSON; what the command prints goes to standard error', false)
    .action(run);
}

async function run(clone: string, command: readonly string[], options: RunOptions): Promise<void> {
  const { environment, files } = await openCloneEnvironment(clone, options);
  const probes = options.probes === undefined ? environment.probes : readProbes(options.probes, environment);
  const authority = await userAuthority(mynahHome());
  const registry = new EpisodeRegistry({
    environment: {
      ...environment,
      probes,
      clockStartMs: options.clock,
      faults: options.faults,
      hasLatency: options.latency,
    },
    store: openEpisodeStore(IN_MEMORY),
    hash: agentHash(),
    newId: newEpisodeId,
    now: Date.now,
  });
  const { id } = await registry.create({ task: options.task, seed: options.seed });
  // Nothing but this episode is served here, so it is also that of clients which cannot name it: Java's proxies have no user.
  const api: ClonedApi = {
    services: registry.services,
    tools: () => registry.tools(),
    answer: (episode, request) => registry.answer(episode === DEFAULT_EPISODE ? id : episode, request),
  };
  const plane = createAgentPlane({ api, certificates: authority, onFailure: reportFailure });
  const { endWithin } = trackConnections(plane);
  const root = listenerOrigin(await listen(plane, { host: '127.0.0.1', port: 0 }));
  try {
    const handle = episodeHandle(id, root, registry.services);
    const code = await runCommand(command, environmentFor(handle, authority.certificate), options.json ? 2 : 'inherit');
    await endWithin(GRACE_MS);
    await registry.finish(id, answerIn(options.answer));
    const data = dataFolderOf(clone);
    const log = options.log ?? join(data, `${id}.jsonl`);
    writeLog(log, registry.log(id));
    keepModel(data, { environment, files });
    report({ ...registry.summary(id), exit_code: code, log }, options.json);
    process.exitCode = code;
  } finally {
    await endWithin(0);
    await registry.end();
  }
}

/** Proxy and trust as `record` sets them, and what an agent is told besides: its base URLs and its credentials. */
function environmentFor(handle: JsonObject, authority: string): ProcessEnvironment {
  const extra = {
    MYNAH_BASE_URL: String(handle['url']),
    MYNAH_MCP_URL: String(handle['mcp_url']),
    MYNAH_SERVICES: printJson(handle['services'] ?? {}),
    MYNAH_CREDENTIALS: printJson(handle['credentials'] ?? []),
  };
  const folder = join(resolve(mynahHome()), 'trust');
  return childEnvironment({
    proxyUrl: String(handle['proxy_url']),
    authority,
    folder,
    base: { ...process.env, MYNAH_TOKEN: undefined },
    extra,
  });
}

/** The command's answer: JSON where it is, else text; null where there is none. */
function answerIn(path: string | undefined): Json {
  if (path === undefined || !existsSync(path)) return null;
  const text = readText(path).trim();
  return tryParseJson(text) ?? text;
}

function writeLog(path: string, lines: readonly string[]): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot write the log to ${path}: ${(error as Error).message}; name another file with --log`,
      { path },
      error,
    );
  }
}

function report(result: JsonObject, asJson: boolean): void {
  if (asJson) return void process.stdout.write(`${printJson(result)}\n`);
  const { reward_total: total, rewards, step_count: steps, truncation, log } = result;
  const parts = Object.entries(rewards as JsonObject).map(
    ([probe, reward]) => `${probe} ${rewardText(Number(reward))}`,
  );
  const truncated = truncation === undefined ? '' : `, truncated (${String(truncation)})`;
  // Standard output is the command's own.
  process.stderr.write(
    `score ${rewardText(Number(total))}${parts.length === 0 ? '' : ` (${parts.join(', ')})`} after ${String(steps)} steps${truncated}; log: ${String(log)}\n`,
  );
}
