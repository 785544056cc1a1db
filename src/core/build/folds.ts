// Which parts of the recordings are held out to measure what a clone knows about exchanges it was not compiled from.
// Sessions that continue one world cannot be left out of its middle: what they made would seem to have been there before.
// So each fold is compiled from a beginning of the recordings, and asked what comes next in the world that this beginning
// leads to. Sessions that each start fresh are left out in turn.
import type { Exchange } from '../exchange/exchange.ts';
import type { Recording, Session } from '../recording/recording.ts';

export interface Fold {
  /** What the fold is compiled from. */
  readonly training: readonly Recording[];
  /** What it is asked; recordings keep their places. */
  readonly heldOut: readonly Recording[];
  /** It is asked in the world that the training ends in, else in the one that it begins in. */
  readonly startsAfterTraining: boolean;
}

/** With fewer exchanges there is nothing to leave out. */
const EXCHANGES_MIN = 10;
/** The last part of the recordings that folds of a continuing world ask about. */
const HELD_OUT_SHARE = 0.4;

/** At most `count` folds; fewer, or none, where the recordings are small. */
export function planFolds(recordings: readonly Recording[], count: number): readonly Fold[] {
  const answered = recordings.flatMap(({ exchanges }, recording) =>
    exchanges.filter(({ response }) => response !== undefined).map((exchange) => ({ recording, exchange })),
  );
  if (count <= 0 || answered.length < EXCHANGES_MIN) return [];
  const used = new Set(answered.map(({ recording, exchange }) => sessionKey(recording, exchange.session)));
  const sessions = recordings.flatMap((recording, index) =>
    recording.sessions.filter(({ name }) => used.has(sessionKey(index, name))).map((session) => ({ index, session })),
  );
  return sessions.length >= 2 && sessions.every(({ session }) => session.start === 'fresh')
    ? foldsOfFreshSessions(recordings, sessions, count)
    : foldsOfOneWorld(recordings, answered, count);
}

function foldsOfFreshSessions(
  recordings: readonly Recording[],
  sessions: readonly { readonly index: number; readonly session: Session }[],
  count: number,
): readonly Fold[] {
  const folds = Math.min(count, sessions.length);
  return Array.from({ length: folds }, (_, fold) => {
    const heldOut = new Set(
      sessions.filter((_each, at) => at % folds === fold).map(({ index, session }) => sessionKey(index, session.name)),
    );
    const isHeldOut = (recording: number, { session }: Exchange): boolean =>
      heldOut.has(sessionKey(recording, session));
    return {
      training: keepExchanges(recordings, (recording, exchange) => !isHeldOut(recording, exchange)),
      heldOut: keepExchanges(recordings, isHeldOut),
      startsAfterTraining: false,
    };
  });
}

interface Placed {
  readonly recording: number;
  readonly exchange: Exchange;
}

function foldsOfOneWorld(
  recordings: readonly Recording[],
  answered: readonly Placed[],
  count: number,
): readonly Fold[] {
  const cuts = cutsOf(answered, count);
  return cuts.map((cut, index) => {
    const before = new Set(answered.slice(0, cut).map(({ exchange }) => exchange));
    const heldOut = new Set(answered.slice(cut, cuts[index + 1]).map(({ exchange }) => exchange));
    return {
      training: keepExchanges(recordings, (_recording, exchange) => before.has(exchange)),
      heldOut: keepExchanges(recordings, (_recording, exchange) => heldOut.has(exchange)),
      startsAfterTraining: true,
    };
  });
}

/** Places at which held-out parts begin: where sessions begin, if any does nearby. */
function cutsOf(answered: readonly Placed[], count: number): readonly number[] {
  const seen = new Set<string>();
  const starts = answered.flatMap(({ recording, exchange }, at) => {
    const key = sessionKey(recording, exchange.session);
    if (seen.has(key)) return [];
    seen.add(key);
    return [at];
  });
  const length = (answered.length * HELD_OUT_SHARE) / count;
  const wanted = Array.from({ length: count }, (_, fold) => answered.length * (1 - HELD_OUT_SHARE) + fold * length);
  const cuts = wanted.map((at) => {
    const near = starts.filter((start) => start > 0 && Math.abs(start - at) <= length / 2);
    const [nearest] = near.sort((a, b) => Math.abs(a - at) - Math.abs(b - at) || a - b);
    return nearest ?? Math.round(at);
  });
  return [...new Set(cuts)].filter((cut) => cut > 0 && cut < answered.length).sort((a, b) => a - b);
}

function keepExchanges(
  recordings: readonly Recording[],
  keep: (recording: number, exchange: Exchange) => boolean,
): readonly Recording[] {
  return recordings.map((recording, index) => ({
    ...recording,
    exchanges: recording.exchanges.filter((exchange) => keep(index, exchange)),
  }));
}

const sessionKey = (recording: number, session: string): string => `${recording}\n${session}`;
