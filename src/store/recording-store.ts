// Recordings on disk: one SQLite file in WAL mode. Appending commits once a turn of the event loop; reading gives a value.
import type { Exchange } from '../core/exchange/exchange.ts';
import type { Recording, Session } from '../core/recording/recording.ts';
import { guarded, openForAppending, openForReading, type RecordingDatabase } from './recording-store-file.ts';
import {
  bodyReader,
  exchangeOf,
  prepareInserts,
  readSessions,
  type ExchangeRow,
  type RedactionCounts,
  type RunMeta,
} from './recording-store-rows.ts';

/** A recording that is being written. */
export interface RecordingWriter {
  readonly path: string;
  /** Sessions that the file holds already, in order of first use. */
  readonly sessions: readonly Session[];
  /** The id of the next exchange, in order of arrival: `RUN.NUMBER`. */
  nextId(): string;
  /** Makes a session known, so that its place is that of its first use and not of its first completed exchange. */
  useSession(session: Session): void;
  /** Resolves once the exchange is committed; rejects with MynahError when the disk refuses it. */
  append(exchange: Exchange, redactions?: RedactionCounts): Promise<void>;
  /** Commits what is waiting and closes the file. `endedAt` is in milliseconds since the epoch. */
  close(endedAt: number): void;
}

interface Waiting {
  readonly exchange: Exchange;
  readonly redactions: RedactionCounts;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the recording at `path`, or makes it, and begins a run in it.
 * @throws MynahError ERR_FILE_UNWRITABLE, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function openRecordingForAppend(path: string, meta: RunMeta): RecordingWriter {
  const database = openForAppending(path);
  return guarded(path, () => createWriter(path, database, meta));
}

function createWriter(path: string, database: RecordingDatabase, meta: RunMeta): RecordingWriter {
  const insert = prepareInserts(database);
  const run = insert.run(meta);
  const sessions = readSessions(database);
  const unsaved: Session[] = [];
  let waiting: Waiting[] = [];
  let scheduled = false;
  let arrivals = 0;

  const commit = database.transaction((batch: readonly Waiting[]) => {
    for (const session of unsaved) insert.session(session);
    for (const { exchange, redactions } of batch) insert.exchange(exchange, redactions);
  });

  function flush(): void {
    scheduled = false;
    const batch = waiting;
    waiting = [];
    try {
      guarded(path, () => commit(batch));
      unsaved.length = 0;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    path,
    sessions,
    nextId: () => `${run}.${++arrivals}`,
    useSession: (session) => void unsaved.push(session),
    append: (exchange, redactions = {}) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ exchange, redactions, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      }),
    close: (endedAt) => {
      if (waiting.length > 0) flush();
      guarded(path, () => {
        insert.runEnd(endedAt, run);
        database.pragma('wal_checkpoint(TRUNCATE)');
      });
      database.close();
    },
  };
}

/**
 * Reads a whole recording: sessions in order of first use, exchanges in order of completion.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function readRecording(path: string): Recording {
  return reading(path, (database) => {
    const run = database.prepare('SELECT tool_version, started_at FROM runs ORDER BY id LIMIT 1').get() as
      { tool_version: string; started_at: number } | undefined;
    const bodyOf = bodyReader(database);
    const rows = database.prepare(
      'SELECT e.*, s.name AS session_name FROM exchanges e JOIN sessions s ON s.id = e.session ORDER BY e.position',
    );
    return {
      formatVersion: 1,
      toolVersion: run?.tool_version ?? '',
      createdAt: run?.started_at ?? 0,
      sessions: readSessions(database),
      exchanges: (rows.all() as ExchangeRow[]).map((row) => exchangeOf(row, bodyOf)),
    };
  });
}

/**
 * How many secrets of each kind were replaced by pseudonyms when the recording was made.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function readRedactionCounts(path: string): RedactionCounts {
  return reading(path, (database) => {
    const rows = database.prepare('SELECT kind, count FROM redactions ORDER BY kind').all();
    return Object.fromEntries((rows as { kind: string; count: number }[]).map(({ kind, count }) => [kind, count]));
  });
}

function reading<T>(path: string, read: (database: RecordingDatabase) => T): T {
  const database = openForReading(path);
  try {
    return guarded(path, () => read(database));
  } finally {
    database.close();
  }
}
