// An episode in a few figures, from the episode itself or from its log alone.
import type { JsonObject } from '../std/json.ts';
import type { Episode } from './episode.ts';
import type { EpisodeLog, HeaderLine, Rewards, Truncation } from './log-line.ts';

interface Figures {
  readonly header: HeaderLine;
  readonly steps: number;
  readonly total: number;
  readonly rewards: Rewards;
  readonly terminated: boolean;
  readonly truncation: Truncation | undefined;
  readonly finished: boolean;
}

export function summarizeEpisode({ header, steps, earnings, terminated, truncation, finished }: Episode): JsonObject {
  return summary({ header, steps, total: earnings.total, rewards: earnings.rewards, terminated, truncation, finished });
}

/** For an episode whose model is not at hand. */
export function summarizeLog({ header, steps, finish }: EpisodeLog): JsonObject {
  const last = steps.at(-1);
  const rewards: Record<string, number> = {};
  let total = 0;
  for (const line of [...steps, ...(finish === undefined ? [] : [finish])]) {
    total += line.reward;
    for (const [probe, reward] of Object.entries(line.rewards)) rewards[probe] = (rewards[probe] ?? 0) + reward;
  }
  const truncation = last?.truncation;
  const terminated = last?.terminated === true || (finish !== undefined && truncation !== 'step-limit');
  return summary({
    header,
    steps: steps.length,
    total,
    rewards,
    terminated,
    truncation,
    finished: finish !== undefined,
  });
}

function summary({ header, steps, total, rewards, terminated, truncation, finished }: Figures): JsonObject {
  return {
    seed: header.seed,
    task: header.task,
    step_count: steps,
    reward_total: total,
    rewards,
    terminated,
    truncated: truncation !== undefined,
    ...(truncation === undefined ? {} : { truncation }),
    finished,
  };
}
