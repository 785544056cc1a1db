// Recordings on disk: one SQLite file in WAL mode. Appending commits once a turn of the event loop; reading gives a value.
import type { Exchange, SocketMessage } from '../core/exchange/exchange.ts';
import type { Recording, Session } from '../core/recording/recording.ts';
import { guarded, openForAppending, openForReading, type RecordingDatabase } from './recording-store-file.ts';
import { createBodyWriter, type BodyWriter, type Enqueue } from './recording-store-bodies.ts';
import { readMessages } from './recording-store-messages.ts';
import {
  bodyReader,
  exchangeOf,
  prepareInserts,
  readRuns,
  readSessions,
  type BodiesApart,
  type ExchangeRow,
  type RecordedRun,
  type RedactionCounts,
  type RunMeta,
} from './recording-store-rows.ts';
import { readWrites, type RecordedWrite } from './recording-store-writes.ts';

export type { RecordedWrite };

/** A recording that is being written. */
export interface RecordingWriter {
  readonly path: string;
  /** Sessions that the file holds already, in order of first use. */
  readonly sessions: readonly Session[];
  /** The id of the next exchange, in order of arrival: `RUN.NUMBER`. */
  nextId(): string;
  /** Makes a session known, so that its place is that of its first use and not of its first completed exchange. */
  useSession(session: Session): void;
  /**
   * Resolves once the exchange is committed; rejects with MynahError when the disk refuses it.
   * @param bodies in place of those of the exchange: stored as they came, or bytes that are stored as they are
   */
  append(exchange: Exchange, redactions?: RedactionCounts, bodies?: BodiesApart): Promise<void>;
  /**
   * Resolves once a message of a WebSocket is committed; rejects with MynahError when the disk refuses it.
   * @param exchangeId of its handshake
   * @param number from 1, in the order of the connection
   */
  appendMessage(
    exchangeId: string,
    number: number,
    message: SocketMessage,
    redactions?: RedactionCounts,
  ): Promise<void>;
  /** Resolves once a line of the ledger is committed; rejects with MynahError when the disk refuses it. */
  appendWrite(write: RecordedWrite): Promise<void>;
  /** Begins a body that is stored as it comes, for an exchange that is appended when it has ended. */
  beginBody(): BodyWriter;
  /** Commits what is waiting and closes the file. `endedAt` is in milliseconds since the epoch. */
  close(endedAt: number): void;
}

/** Work on the file that waits for the end of this turn of the event loop. */
interface Waiting {
  readonly work: () => void;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
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
  let unsaved: Session[] = [];
  let waiting: Waiting[] = [];
  let scheduled = false;
  let arrivals = 0;

  const transaction = database.transaction((batch: readonly Waiting[]) => {
    insert.begin();
    for (const session of unsaved) insert.session(session);
    for (const { work } of batch) work();
    insert.end();
  });

  function commit(batch: readonly Waiting[]): void {
    try {
      guarded(path, () => transaction(batch));
      unsaved = [];
      for (const { done } of batch) done();
    } catch (error) {
      // One by one, so that what cannot be stored does not take with it what shared its turn.
      if (batch.length > 1) for (const each of batch) commit([each]);
      else for (const { failed } of batch) failed(error);
    }
  }

  function flush(): void {
    scheduled = false;
    const batch = waiting;
    waiting = [];
    commit(batch);
  }

  const enqueue: Enqueue = (work) =>
    new Promise((resolve, reject) => {
      let result: ReturnType<typeof work>;
      waiting.push({ work: () => (result = work()), done: () => resolve(result), failed: reject });
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    });

  return {
    path,
    sessions,
    nextId: () => `${run}.${++arrivals}`,
    useSession: (session) => void unsaved.push(session),
    append: (exchange, redactions = {}, bodies = {}) => enqueue(() => insert.exchange(exchange, redactions, bodies)),
    appendMessage: (exchangeId, number, message, redactions = {}) =>
      enqueue(() => insert.message(exchangeId, number, message, redactions)),
    appendWrite: (write) => enqueue(() => insert.write(write)),
    beginBody: () => createBodyWriter(insert.bodies, enqueue),
    close: (endedAt) => {
      if (waiting.length > 0) flush();
      try {
        guarded(path, () => {
          insert.runEnd(endedAt, run);
          database.pragma('wal_checkpoint(TRUNCATE)');
        });
      } finally {
        database.close();
      }
    },
  };
}

/**
 * Reads a whole recording: sessions in order of first use, exchanges in order of completion.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function readRecording(path: string): Recording {
  return reading(path, (database) => {
    const [run] = readRuns(database);
    const bodyOf = bodyReader(database);
    const messages = readMessages(database, bodyOf);
    const rows = database.prepare(
      'SELECT e.*, s.name AS session_name FROM exchanges e JOIN sessions s ON s.id = e.session ORDER BY e.position',
    );
    return {
      formatVersion: 1,
      toolVersion: run?.toolVersion ?? '',
      createdAt: run?.startedAt ?? 0,
      sessions: readSessions(database),
      exchanges: (rows.all() as ExchangeRow[]).map((row) => exchangeOf(row, bodyOf, messages.get(row.id))),
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

/**
 * Every request that was passed on and may have changed its server, in order of arrival.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function readRecordedWrites(path: string): readonly RecordedWrite[] {
  return reading(path, readWrites);
}

/**
 * The runs that made a recording, in order: with which tool, when, of what, and under which rules.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function readRecordedRuns(path: string): readonly RecordedRun[] {
  return reading(path, readRuns);
}

/**
 * The bytes of a body of any length, in parts of at most 1 MiB; none when the recording has no such body.
 * @param sha256 hash of its bytes, hexadecimal: `truncated.sha256` of an exchange whose body is too long to be a value
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function* readRecordedBody(path: string, sha256: string): Generator<Buffer> {
  const database = openForReading(path);
  try {
    const parts = database.prepare(
      'SELECT p.bytes FROM bodies b JOIN body_parts p ON p.body = b.id WHERE b.sha256 = ? ORDER BY p.part',
    );
    yield* parts.pluck().iterate(Buffer.from(sha256, 'hex')) as IterableIterator<Buffer>;
  } finally {
    database.close();
  }
}

function reading<T>(path: string, read: (database: RecordingDatabase) => T): T {
  const database = openForReading(path);
  try {
    return guarded(path, () => read(database));
  } finally {
    database.close();
  }
}
