// Opening the SQLite file of a recording, and turning SQLite's failures into messages a user can act on.
import Database from 'better-sqlite3';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { MynahError } from '../core/std/errors.ts';
import { RECORDING_APPLICATION_ID, RECORDING_FORMAT, RECORDING_SCHEMA } from './recording-store-schema.ts';

export type RecordingDatabase = Database.Database;

/** Milliseconds a write waits for another process that writes to the same recording. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens an existing recording for reading.
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
    return closedOnFailure(database, () => checkIdentity(database, path));
  });
}

/**
 * Opens a recording for appending; makes the file, and folders on the way to it, where there is none.
 * @throws MynahError ERR_FILE_UNWRITABLE, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT
 */
export function openForAppending(path: string): RecordingDatabase {
  makeFolder(dirname(path), path);
  return guarded(path, () => {
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    return closedOnFailure(database, () => {
      if (isEmpty(database)) createTables(database);
      else checkIdentity(database, path);
      // NORMAL: a commit survives the death of this process, which is what is promised; FULL would add a disk flush a commit.
      database.pragma('synchronous = NORMAL');
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
  database.pragma('journal_mode = WAL');
  database.transaction(() => {
    database.exec(RECORDING_SCHEMA);
    database.pragma(`application_id = ${RECORDING_APPLICATION_ID}`);
    database.pragma(`user_version = ${RECORDING_FORMAT}`);
  })();
}

function checkIdentity(database: RecordingDatabase, path: string): void {
  if (database.pragma('application_id', { simple: true }) !== RECORDING_APPLICATION_ID) {
    throw damaged(path, 'it is a database, but not one of mynah', undefined);
  }
  const version = database.pragma('user_version', { simple: true });
  if (version !== RECORDING_FORMAT) {
    throw new MynahError(
      'ERR_RECORDING_FORMAT',
      `${path} has recording format ${String(version)}, this mynah reads format ${RECORDING_FORMAT}; use the mynah that wrote it, or a newer one`,
      { path, version },
    );
  }
}

function closedOnFailure(database: RecordingDatabase, prepare: () => void): RecordingDatabase {
  try {
    prepare();
    return database;
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
