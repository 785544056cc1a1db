// The SQLite file that episode logs are kept in: one for a server, locked as long as the server lives.
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MynahError } from '../core/std/errors.ts';
import { packBlocks } from './episode-log-blocks.ts';

/** Where nothing is to be kept. */
export const IN_MEMORY = ':memory:';

const FORMAT = 2;
/** Marks a SQLite file as episode logs of Mynah: the bytes "MynE". */
const APPLICATION_ID = 0x4d796e45;
/** One folder serves so many servers at once, each with a file of its own. */
const FILES_MAX = 64;

const EPISODES = `
CREATE TABLE episodes (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, labels TEXT NOT NULL, created_at REAL NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX episodes_by_id ON episodes (id, number);
`;
/** episode-log-blocks.ts tells what is in a block. */
const BLOCKS = 'CREATE TABLE blocks (number INTEGER PRIMARY KEY, places TEXT NOT NULL, text TEXT NOT NULL);';

export interface EpisodeLogFile {
  readonly path: string;
  readonly database: Database.Database;
}

/**
 * @param folder a folder, or IN_MEMORY
 * @throws {MynahError} ERR_FILE_UNWRITABLE, ERR_EPISODE_STORE
 */
export function openEpisodeLogFile(folder: string): EpisodeLogFile {
  const file = folder === IN_MEMORY ? { path: IN_MEMORY, database: new Database(IN_MEMORY) } : openFree(folder);
  guarded(file.path, () => prepareTables(file));
  return file;
}

/** The first file of the folder that no other process holds. */
function openFree(folder: string): EpisodeLogFile {
  makeFolder(folder);
  for (let count = 1; count <= FILES_MAX; count += 1) {
    const path = join(folder, count === 1 ? 'episodes.sqlite' : `episodes-${count}.sqlite`);
    const database = guarded(path, () => openAlone(path));
    if (database !== undefined) return { path, database };
  }
  throw new MynahError(
    'ERR_EPISODE_STORE',
    `${folder} is used by ${FILES_MAX} servers already; name another folder with --data`,
    { folder },
  );
}

/** The file, locked for the life of this process, or undefined when another process has it. The lock dies with its owner. */
function openAlone(path: string): Database.Database | undefined {
  const database = new Database(path, { timeout: 0 });
  try {
    // For long rows that are written in order.
    database.pragma('page_size = 16384');
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    // NORMAL: a commit survives the death of this process, which is what is promised; FULL would add a disk flush a commit.
    database.pragma('synchronous = NORMAL');
    // Pages of 16 kB: the disk is waited for every 32 MB.
    database.pragma('wal_autocheckpoint = 2000');
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
}

function prepareTables({ path, database }: EpisodeLogFile): void {
  const isNew = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (isNew) {
    database.transaction(() => {
      database.exec(EPISODES + BLOCKS);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${FORMAT}`);
    })();
  }
  const isOurs = database.pragma('application_id', { simple: true }) === APPLICATION_ID;
  const version: unknown = database.pragma('user_version', { simple: true });
  if (isOurs && version === 1) database.transaction(() => packLines(database))();
  if (isOurs && (version === 1 || version === FORMAT)) return;
  throw new MynahError(
    'ERR_EPISODE_STORE',
    `${path} is no file of episode logs of this format; move it away, or name another folder with --data`,
    { path, version },
  );
}

/** Format 1 had a row a line, in the table `lines`. */
function packLines(database: Database.Database): void {
  database.exec(BLOCKS);
  const numbers = database.prepare('SELECT number FROM episodes ORDER BY number').pluck().all() as number[];
  const linesOf = database.prepare('SELECT text FROM lines WHERE episode = ? ORDER BY position').pluck();
  const insert = database.prepare('INSERT INTO blocks (places, text) VALUES (:places, :text)');
  for (const episode of numbers) {
    const lines = (linesOf.all(episode) as string[]).map((text) => ({ episode, line: { text } }));
    for (const block of packBlocks(lines)) insert.run(block);
  }
  database.exec('DROP TABLE lines');
  database.pragma(`user_version = ${FORMAT}`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MynahError(
      'ERR_FILE_UNWRITABLE',
      `cannot make the folder ${folder} for episode logs: ${reason}; name another with --data`,
      { folder },
      error,
    );
  }
}

/** Runs work on the file; failures of SQLite become MynahError with what to do next. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError) && !(error instanceof TypeError)) throw error;
    throw new MynahError(
      'ERR_EPISODE_STORE',
      `cannot use the episode logs in ${path}: ${error.message}; check that the folder is writable and has room, or name another with --data`,
      { path },
      error,
    );
  }
}
