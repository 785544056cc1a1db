// Opening the SQLite file of a recording, and turning SQLite's failures into messages a user can act on.
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MynahError } from '../core/std/errors.ts';
import {
  RECORDING_APPLICATION_ID,
  RECORDING_FORMAT,
  RECORDING_MIGRATIONS,
  RECORDING_SCHEMA,
} from './recording-store-schema.ts';

export type RecordingDatabase = Database.Database;

/** Milliseconds a write waits for another process that writes to the same recording. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens an existing recording for reading. One of an older format is read from a copy that is brought up to date; the file
 * stays as it is.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function openForReading(path: string): RecordingDatabase {
  if (!existsSync(path)) {
    throw new MynahError('ERR_RECORDING_NOT_FOUND', `there is no recording at ${path}; make one with: mynah record`, {
      path,
    });
  }
  return guarded(path, () => {
    const database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    return closedOnFailure(database, () =>
      formatOf(database, path) === RECORDING_FORMAT ? database : migratedCopy(database),
    );
  });
}

/**
 * Opens a recording for appending; makes the file, and folders on the way to it, where there is none. A file of an older
 * format is brought up to date.
 * @throws MynahError ERR_FILE_UNWRITABLE, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function openForAppending(path: string): RecordingDatabase {
  makeFolder(dirname(path), path);
  return guarded(path, () => {
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    return closedOnFailure(database, () => {
      if (isEmpty(database)) createTables(database);
      else migrate(database, formatOf(database, path));
      // NORMAL: a commit survives the death of this process, which is what is promised; FULL would add a disk flush a commit.
      database.pragma('synchronous = NORMAL');
      // The flush of the disk that a checkpoint costs is had once for 32 MiB, in pages of 8 KiB.
      database.pragma('wal_autocheckpoint = 4096');
      return database;
    });
  });
}

/** Runs work on the file; failures of SQLite become MynahError with what to do next. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asMynahError(error, path);
  }
}

function asMynahError(error: unknown, path: string): unknown {
  if (error instanceof SyntaxError) return damaged(path, 'a row does not parse', error);
  const code = error instanceof Database.SqliteError ? error.code : undefined;
  const reason = error instanceof Error ? error.message : String(error);
  // better-sqlite3 reports a folder that it cannot enter as a TypeError of its own.
  if (code === undefined && !/directory/.test(reason)) return error;
  if (code !== undefined && /^SQLITE_(NOTADB|CORRUPT|FORMAT|ERROR|MISMATCH)/.test(code))
    return damaged(path, reason, error);
  return new MynahError(
    'ERR_FILE_UNWRITABLE',
    `cannot use the recording ${path}: ${reason}; check that the folder exists, is writable and has room`,
    { path, sqlite: code },
    error,
  );
}

function damaged(path: string, reason: string, cause: unknown): MynahError {
  return new MynahError(
    'ERR_RECORDING_DAMAGED',
    `${path} is not a readable recording (${reason}); restore it from a copy, or record into another file`,
    { path },
    cause,
  );
}

function isEmpty(database: RecordingDatabase): boolean {
  return database.prepare('SELECT count(*) AS n FROM sqlite_schema').pluck().get() === 0;
}

function createTables(database: RecordingDatabase): void {
  // Long bodies are written a third faster than in pages of 4 KiB, short ones nearly as fast.
  database.pragma('page_size = 8192');
  database.pragma('journal_mode = WAL');
  database.transaction(() => {
    database.exec(RECORDING_SCHEMA);
    database.pragma(`application_id = ${RECORDING_APPLICATION_ID}`);
    database.pragma(`user_version = ${RECORDING_FORMAT}`);
  })();
}

/** The format of a recording that can be read: this one or an older one. */
function formatOf(database: RecordingDatabase, path: string): number {
  if (database.pragma('application_id', { simple: true }) !== RECORDING_APPLICATION_ID) {
    throw damaged(path, 'it is a database, but not one of mynah', undefined);
  }
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version !== RECORDING_FORMAT && RECORDING_MIGRATIONS[version] === undefined) {
    throw new MynahError(
      'ERR_RECORDING_FORMAT',
      `${path} has recording format ${String(version)}, this mynah reads formats up to ${RECORDING_FORMAT}; use the mynah that wrote it, or a newer one`,
      { path, version },
    );
  }
  return version;
}

function migrate(database: RecordingDatabase, from: number): void {
  database.transaction(() => {
    for (let version = from; version < RECORDING_FORMAT; version++) {
      database.exec(RECORDING_MIGRATIONS[version] as string);
      database.pragma(`user_version = ${version + 1}`);
    }
  })();
}

/** A copy of an older recording, brought up to date; it goes with the process. */
function migratedCopy(old: RecordingDatabase): RecordingDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'mynah-older-recording-'));
  try {
    const copy = join(folder, 'copy.mynah');
    const version = old.pragma('user_version', { simple: true }) as number;
    old.prepare('VACUUM INTO ?').run(copy);
    old.close();
    const database = new Database(copy);
    migrate(database, version);
    return database;
  } finally {
    // The open database keeps what it needs of a file that has no name any more.
    rmSync(folder, { recursive: true });
  }
}

function closedOnFailure(database: RecordingDatabase, prepare: () => RecordingDatabase): RecordingDatabase {
  try {
    return prepare();
  } catch (error) {
    database.close();
    throw error;
  }
}

function makeFolder(folder: string, path: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot make the folder ${folder} for the recording ${path}: ${(error as Error).message}; name another with --out`,
      { path },
      error,
    );
  }
}
