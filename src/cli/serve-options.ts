// The options of `mynah serve`, and what they come to: by one process, or by each of its workers.
import type { Faults } from '../core/episode/faults.ts';
import type { UnknownPolicy } from '../core/episode/log-line.ts';
import { parseListenAddress } from '../proxy/listener.ts';
import type { EnvironmentServerOptions } from '../server/environment-server.ts';
import {
  agentHash,
  lazyAuthority,
  newEpisodeId,
  openCloneEnvironment,
  readProbes,
  type CloneEnvironment,
} from './clone-environment.ts';

export interface ServeOptions {
  readonly listen: string;
  readonly control: string;
  readonly data?: string;
  readonly token?: string;
  readonly probes?: string;
  readonly seed: number;
  readonly onUnknown: UnknownPolicy;
  /** Virtual time at reset, milliseconds since the epoch. */
  readonly clock?: number;
  readonly faults?: Faults;
  readonly latency?: boolean;
  readonly sessionsMax?: number;
  readonly extern?: readonly string[];
  readonly episodesMax?: number;
  readonly idle?: number;
  readonly stepsMax?: number;
  readonly bodyMax?: number;
  readonly keepLogs?: number;
  readonly keepDays?: number;
  readonly workers: number;
}

const DAY_MS = 86_400_000;

export interface Served {
  readonly opened: CloneEnvironment;
  readonly served: Omit<EnvironmentServerOptions, 'store' | 'listen' | 'control' | 'onFailure'>;
  /** Where agents are told to come. */
  readonly agentHost: string;
}

/** @throws {MynahError} for a clone, probes or tasks that cannot be used, ERR_USAGE */
export async function servedEnvironment(clone: string, options: ServeOptions): Promise<Served> {
  const opened = await openCloneEnvironment(clone, options);
  const probes =
    options.probes === undefined ? opened.environment.probes : readProbes(options.probes, opened.environment);
  const {
    episodesMax,
    idle,
    keepLogs,
    keepDays,
    stepsMax,
    bodyMax,
    seed,
    clock,
    faults,
    latency,
    sessionsMax,
    token,
    workers = 1,
  } = options;
  return {
    opened,
    agentHost: parseListenAddress(options.listen).host,
    served: {
      environment: { ...opened.environment, probes, stepsMax, clockStartMs: clock, faults, hasLatency: latency },
      hash: agentHash(),
      newId: newEpisodeId,
      now: Date.now,
      defaultSeed: seed,
      bodyBytesMax: bodyMax,
      sessionsMax: sessionsMax === undefined ? undefined : Math.ceil(sessionsMax / workers),
      limits: {
        episodesMax: episodesMax === undefined ? undefined : Math.ceil(episodesMax / workers),
        idleMs: idle === undefined ? undefined : idle * 1000,
        logsMax: keepLogs === undefined ? undefined : Math.ceil(keepLogs / workers),
        logAgeMs: keepDays === undefined ? undefined : keepDays * DAY_MS,
      },
      token,
      certificates: lazyAuthority(),
    },
  };
}
