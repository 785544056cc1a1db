// Where the control plane keeps episode logs. The store implements it; the command wires the two.
import type { LineParts } from '../../core/episode/log-line.ts';

/** What is known of an episode besides its log. */
export interface StoredEpisode {
  /** Unique in the store; of several episodes with one id, the newest has the highest. */
  readonly number: number;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The episode cannot go on. */
  readonly closed: boolean;
}

export interface EpisodeStore {
  /** Begins a log with the lines that it has already. Its number is known at once; `stored` resolves when they are stored. */
  begin(
    episode: Pick<StoredEpisode, 'id' | 'labels' | 'createdAt'>,
    lines: readonly string[],
  ): { readonly number: number; readonly stored: Promise<void> };
  /** Appends a line. Resolves when it is stored. */
  append(number: number, line: LineParts): Promise<void>;
  /** The newest episode with that id. */
  find(id: string): StoredEpisode | undefined;
  /** The newest ones that have these labels, newest first; of several episodes with one id, the newest. */
  list(limit: number, labels: readonly (readonly [name: string, value: string])[]): readonly StoredEpisode[];
  /** The lines of a log in order, what waits to be stored included. */
  lines(number: number): readonly string[];
  /** Marks that the episode cannot go on. Resolves when that is stored. */
  close(number: number): Promise<void>;
  /** Removes every episode with that id, logs included. */
  remove(id: string): void;
  /** Removes the logs of all but the newest, and of those made before a time; never those with the numbers to keep. */
  forget(
    which: { readonly countMax?: number | undefined; readonly since?: number | undefined },
    keep: ReadonlySet<number>,
  ): void;
  /** Stores what is waiting and lets go of the file. */
  end(): void;
}
