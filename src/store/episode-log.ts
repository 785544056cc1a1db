// Episode logs on disk: one SQLite file in WAL mode. Lines that arrive in one turn of the event loop are committed together,
// and whoever answers a request waits for that, so that an answered step survives the death of the process.
import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MynahError } from '../core/std/errors.ts';

/** Where nothing is to be kept. */
export const IN_MEMORY = ':memory:';

const FORMAT = 1;
/** Marks a SQLite file as episode logs of Mynah: the bytes "MynE". */
const APPLICATION_ID = 0x4d796e45;
/** One folder serves so many servers at once, each with a file of its own. */
const FILES_MAX = 64;

const SCHEMA = `
CREATE TABLE episodes (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, labels TEXT NOT NULL, created_at REAL NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX episodes_by_id ON episodes (id, number);
CREATE TABLE lines (
  episode INTEGER NOT NULL REFERENCES episodes (number) ON DELETE CASCADE, position INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (episode, position)
);
`;

/** An open store, as src/server/control/episode-store.ts describes it. */
export type EpisodeLogs = ReturnType<typeof openEpisodeStore>;

interface Waiting {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the episode logs in a folder, which is made where there is none. A server keeps its file to itself; another one
 * on the same folder at the same time gets a file of its own.
 *
 * @param folder a folder, or IN_MEMORY
 * @throws {MynahError} ERR_FILE_UNWRITABLE, ERR_EPISODE_STORE
 */
export function openEpisodeStore(folder: string) {
  const { path, database } =
    folder === IN_MEMORY ? { path: IN_MEMORY, database: new Database(IN_MEMORY) } : openFree(folder);
  return guarded(path, () => {
    prepareTables(database, path);
    return createStore(path, database);
  });
}

function createStore(path: string, database: Database.Database) {
  const insertEpisode = database.prepare('INSERT INTO episodes (number, id, labels, created_at) VALUES (?, ?, ?, ?)');
  const insertLine = database.prepare('INSERT INTO lines (episode, position, text) VALUES (?, ?, ?)');
  const closeEpisode = database.prepare('UPDATE episodes SET closed = 1 WHERE number = ?');
  const removeEpisodes = database.prepare('DELETE FROM episodes WHERE id = ?');
  const byId = database.prepare('SELECT * FROM episodes WHERE id = ? ORDER BY number DESC LIMIT 1');
  const newest = database.prepare(
    `SELECT * FROM episodes e WHERE number = (SELECT max(number) FROM episodes WHERE id = e.id)
       AND NOT EXISTS (SELECT 1 FROM json_each(:labels) w WHERE (SELECT value FROM json_each(e.labels) l WHERE l.key = w.key) IS NOT w.value)
     ORDER BY number DESC LIMIT :limit`,
  );
  const forgettable = database
    .prepare(
      'SELECT number FROM episodes WHERE number NOT IN (SELECT number FROM episodes ORDER BY number DESC LIMIT ?) OR created_at < ?',
    )
    .pluck();
  const removeNumber = database.prepare('DELETE FROM episodes WHERE number = ?');
  const forgetAll = database.transaction((numbers: readonly number[]) => {
    for (const number of numbers) removeNumber.run(number);
  });
  const linesOf = database.prepare('SELECT text FROM lines WHERE episode = ? ORDER BY position').pluck();

  // Nobody else writes to the file, so numbers can be given before they are stored.
  let lastNumber = Number(database.prepare('SELECT coalesce(max(number), 0) FROM episodes').pluck().get());
  let waiting: Waiting[] = [];
  const commit = database.transaction((batch: readonly Waiting[]) => {
    for (const { write } of batch) write();
  });

  function flush(): void {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    try {
      guarded(path, () => commit(batch));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  function store(write: () => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      waiting.push({ write, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
    });
  }

  /** Reads see what was appended before them. */
  function read<T>(query: () => T): T {
    flush();
    return guarded(path, query);
  }

  return {
    path,
    begin: ({ id, labels, createdAt }: Pick<EpisodeMeta, 'id' | 'labels' | 'createdAt'>, lines: readonly string[]) => {
      const number = ++lastNumber;
      const stored = store(() => {
        insertEpisode.run(number, id, JSON.stringify(labels), createdAt);
        lines.forEach((line, position) => insertLine.run(number, position, line));
      });
      return { number, stored };
    },
    append: (number: number, position: number, line: string) =>
      store(() => void insertLine.run(number, position, line)),
    find: (id: string) => read(() => metaOf(byId.get(id) as EpisodeRow | undefined)),
    list: (limit: number, labels: readonly (readonly [string, string])[]) =>
      read(() =>
        (newest.all({ limit, labels: JSON.stringify(Object.fromEntries(labels)) }) as EpisodeRow[]).map(
          (row) => metaOf(row) as EpisodeMeta,
        ),
      ),
    lines: (number: number) => read(() => linesOf.all(number) as string[]),
    close: (number: number) => store(() => void closeEpisode.run(number)),
    remove: (id: string) => read(() => void removeEpisodes.run(id)),
    forget: (
      { countMax = -1, since = 0 }: { readonly countMax?: number | undefined; readonly since?: number | undefined },
      keep: ReadonlySet<number>,
    ) => read(() => forgetAll((forgettable.all(countMax, since) as number[]).filter((number) => !keep.has(number)))),
    end: () => {
      flush();
      database.close();
    },
  };
}

interface EpisodeMeta {
  readonly number: number;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly closed: boolean;
}

interface EpisodeRow {
  readonly number: number;
  readonly id: string;
  readonly labels: string;
  readonly created_at: number;
  readonly closed: number;
}

function metaOf(row: EpisodeRow | undefined): EpisodeMeta | undefined {
  if (row === undefined) return undefined;
  const { number, id, labels, created_at: createdAt, closed } = row;
  return { number, id, labels: JSON.parse(labels) as EpisodeMeta['labels'], createdAt, closed: closed === 1 };
}

/** The first file of the folder that no other process holds. */
function openFree(folder: string): { readonly path: string; readonly database: Database.Database } {
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
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    // NORMAL: a commit survives the death of this process, which is what is promised; FULL would add a disk flush a commit.
    database.pragma('synchronous = NORMAL');
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
}

function prepareTables(database: Database.Database, path: string): void {
  database.pragma('foreign_keys = ON');
  const isNew = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (isNew) {
    database.transaction(() => {
      database.exec(SCHEMA);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${FORMAT}`);
    })();
  }
  const version: unknown = database.pragma('user_version', { simple: true });
  if (database.pragma('application_id', { simple: true }) === APPLICATION_ID && version === FORMAT) return;
  throw new MynahError(
    'ERR_EPISODE_STORE',
    `${path} is no file of episode logs of this format; move it away, or name another folder with --data`,
    { path, version },
  );
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
function guarded<T>(path: string, work: () => T): T {
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
