// The ledger of a recording: every request that was passed on and may have changed its server, recorded or not.
import type { RecordingDatabase } from './recording-store-file.ts';

/** A request that was passed on and may have changed its server. */
export interface RecordedWrite {
  /** Id of the exchange; absent where it was not recorded. */
  readonly exchange?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
}

/** A statement that writes a line of the ledger, to be run within a transaction. */
export function prepareWriteInserts(database: RecordingDatabase) {
  const insert = database.prepare('INSERT INTO writes (exchange, at, method, origin, target) VALUES (?, ?, ?, ?, ?)');
  return ({ exchange, at, method, origin, target }: RecordedWrite): void =>
    void insert.run(exchange ?? null, at, method, origin, target);
}

interface WriteRow extends Omit<RecordedWrite, 'exchange'> {
  readonly exchange: string | null;
}

/** The ledger in order of arrival. */
export function readWrites(database: RecordingDatabase): readonly RecordedWrite[] {
  const rows = database.prepare('SELECT exchange, at, method, origin, target FROM writes ORDER BY number').all();
  return (rows as readonly WriteRow[]).map(({ exchange, ...rest }) => ({ ...(exchange ? { exchange } : {}), ...rest }));
}
