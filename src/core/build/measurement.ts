// How much a clone knows: recorded exchanges asked again, from the start and session by session, and held-out exchanges
// asked of clones that were compiled without them.
import { findUnorderedLists, replayRecordings, type Judgement } from '../fidelity/session-replay.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Recording } from '../recording/recording.ts';
import { MynahError } from '../std/errors.ts';
import { compileServices, loadWithAssets, type CompiledServices } from './compile-services.ts';
import type { Fold } from './folds.ts';

export interface Measurement {
  /** Everything in one go, from the start of the recordings. */
  readonly replayed: readonly Judgement[];
  /** Everything, but each session in the world before it, so that no mistake counts in more than one. */
  readonly bySession: readonly Judgement[];
  /** Held-out exchanges of all folds. */
  readonly heldOut: readonly Judgement[];
  /** Folds that were measured. */
  readonly folds: number;
}

/** Worlds that are made for one replay by session; more sessions share them. */
const STARTS_MAX = 24;

export interface JudgedSessions {
  readonly judgements: readonly Judgement[];
  /** Why some could not be asked: the world before them makes no model that can be loaded. */
  readonly failures: readonly string[];
}

/** Every session replayed from the world before it, as the compiler believes that to be. */
export function judgeSessions(compiled: CompiledServices, recordings: readonly Recording[]): JudgedSessions {
  const judgements: Judgement[] = [];
  const failures: string[] = [];
  const unordered = findUnorderedLists(compiled.loaded, recordings);
  for (const [index, { first, asked }] of stretches(recordings).entries()) {
    try {
      const started =
        index === 0 ? compiled.loaded : loadWithAssets(compiled.startingBefore(first.id), compiled.assets);
      for (const judgement of replayRecordings(started, asked, { unordered })) judgements.push(judgement);
    } catch (error) {
      if (!(error instanceof MynahError)) throw error;
      failures.push(`the world before exchange ${first.id} cannot be loaded: ${error.message}`);
    }
  }
  return { judgements, failures };
}

/** The held-out exchanges of a fold; undefined when it cannot be compiled from what is left. */
export function judgeFold(
  { training, heldOut, startsAfterTraining }: Fold,
  recordings: readonly Recording[],
): readonly Judgement[] | undefined {
  try {
    const { loaded, assets, startingBefore } = compileServices(training);
    const started = startsAfterTraining ? loadWithAssets(startingBefore(undefined), assets) : loaded;
    return [...replayRecordings(started, heldOut, { unordered: findUnorderedLists(loaded, recordings) })];
  } catch (error) {
    if (error instanceof MynahError) return undefined;
    throw error;
  }
}

interface Stretch {
  readonly first: Exchange;
  readonly asked: readonly Recording[];
}

/** All exchanges in order, cut where sessions begin: at all of them, or at as many as may be. */
function stretches(recordings: readonly Recording[]): readonly Stretch[] {
  const placed = recordings.flatMap(({ exchanges }, recording) =>
    exchanges.map((exchange) => ({ recording, exchange })),
  );
  const seen = new Set<string>();
  const starts = placed.flatMap(({ recording, exchange }, at) => {
    const key = `${recording}\n${exchange.session}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [at];
  });
  const every = Math.ceil(starts.length / STARTS_MAX);
  const cuts = starts.filter((_start, index) => index % every === 0);
  return cuts.map((from, index) => {
    const own = new Set(placed.slice(from, cuts[index + 1]).map(({ exchange }) => exchange));
    const asked = recordings.map((recording) => ({
      ...recording,
      exchanges: recording.exchanges.filter((exchange) => own.has(exchange)),
    }));
    return { first: placed[from]?.exchange as Exchange, asked };
  });
}
