// Recordings in an order that does not depend on the order in which they are given: what follows a reset of the original shares
// no world with what came before it, so its place says nothing.
import type { Exchange } from '../exchange/exchange.ts';
import type { Recording, Session } from './recording.ts';

/** What was recorded between two resets, in one recording or over several. */
interface Epoch {
  /** Whether a reset is known to have been before it. */
  readonly isFresh: boolean;
  readonly parts: Recording[];
}

/**
 * The same exchanges with what follows each reset placed by the time at which it was recorded. What comes before the first reset
 * stays first; within an epoch everything keeps its order. Without resets the recordings themselves are returned.
 */
export function epochsInOrder(recordings: readonly Recording[]): readonly Recording[] {
  const epochs: Epoch[] = [{ isFresh: false, parts: [] }];
  for (const recording of recordings) {
    const seen = new Set<string>();
    const starts = new Map(recording.sessions.map((session) => [session.name, session]));
    let part: Exchange[] = [];
    const cut = (): void => {
      if (part.length > 0)
        epochs.at(-1)?.parts.push({ ...recording, sessions: sessionsOf(part, seen, starts), exchanges: part });
      for (const { session } of part) seen.add(session);
      part = [];
    };
    const begun = new Set<string>();
    for (const exchange of recording.exchanges) {
      if (!begun.has(exchange.session) && starts.get(exchange.session)?.start === 'fresh') {
        cut();
        epochs.push({ isFresh: true, parts: [] });
      }
      begun.add(exchange.session);
      part.push(exchange);
    }
    cut();
  }
  if (epochs.length === 1) return recordings;
  return epochs
    .filter(({ parts }) => parts.length > 0)
    .sort((a, b) => Number(a.isFresh) - Number(b.isFresh) || startOf(a) - startOf(b) || compare(nameOf(a), nameOf(b)))
    .flatMap(({ parts }) => parts);
}

/** Sessions of a part of a recording; what began in an earlier part goes on here. */
function sessionsOf(
  part: readonly Exchange[],
  begun: ReadonlySet<string>,
  sessions: ReadonlyMap<string, Session>,
): readonly Session[] {
  const names = [...new Set(part.map(({ session }) => session))];
  return names.map((name) => ({
    name,
    start: begun.has(name) ? 'continues' : (sessions.get(name)?.start ?? 'unknown'),
  }));
}

const startOf = ({ parts }: Epoch): number => parts[0]?.exchanges[0]?.startedAt ?? 0;
const nameOf = ({ parts }: Epoch): string => parts[0]?.exchanges[0]?.session ?? '';
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
