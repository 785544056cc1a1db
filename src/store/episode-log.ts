// Episode logs on disk: one SQLite file in WAL mode. Lines that arrive in one turn of the event loop are committed together,
// and whoever answers a request waits for that, so that an answered step survives the death of the process.
import type { LineParts } from '../core/episode/log-line.ts';
import { episodesIn, linesIn, packBlocks, unpackBlock, type Block, type PlacedLine } from './episode-log-blocks.ts';
import { guarded, openEpisodeLogFile, type EpisodeLogFile } from './episode-log-file.ts';

export { IN_MEMORY } from './episode-log-file.ts';

/** An open store, as src/server/control/episode-store.ts describes it. */
export type EpisodeLogs = ReturnType<typeof openEpisodeStore>;

/** What arrived in one turn of the event loop. */
interface Turn {
  readonly writes: (() => void)[];
  readonly lines: PlacedLine[];
  readonly stored: Promise<void>;
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
  const file = openEpisodeLogFile(folder);
  return guarded(file.path, () => createStore(file));
}

function createStore({ path, database }: EpisodeLogFile) {
  const insertEpisode = database.prepare('INSERT INTO episodes (number, id, labels, created_at) VALUES (?, ?, ?, ?)');
  const insertBlock = database.prepare('INSERT INTO blocks (number, places, text) VALUES (?, ?, ?)');
  const replaceBlock = database.prepare('UPDATE blocks SET places = ?, text = ? WHERE number = ?');
  const deleteBlock = database.prepare('DELETE FROM blocks WHERE number = ?');
  const blockNumbered = database.prepare('SELECT places, text FROM blocks WHERE number = ?');
  const closeEpisode = database.prepare('UPDATE episodes SET closed = 1 WHERE number = ?');
  const deleteEpisode = database.prepare('DELETE FROM episodes WHERE number = ?');
  const numbersOfId = database.prepare('SELECT number FROM episodes WHERE id = ?').pluck();
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

  // Nobody else writes to the file, so numbers can be given before they are stored.
  let lastNumber = highest('episodes');
  let lastBlock = highest('blocks');
  /** Numbers of the blocks with lines of an episode; made when somebody first asks for lines. */
  let blocksOf: Map<number, number[]> | undefined;
  let waiting: Turn | undefined;

  const commit = database.transaction(({ writes, lines }: Turn) => {
    for (const write of writes) write();
    for (const block of packBlocks(lines)) {
      insertBlock.run(++lastBlock, block.places, block.text);
      if (blocksOf !== undefined) enter(blocksOf, lastBlock, block);
    }
  });
  const removeAll = database.transaction((numbers: ReadonlySet<number>) => {
    for (const number of numbers) deleteEpisode.run(number);
    removeLines(numbers);
  });

  function highest(table: 'episodes' | 'blocks'): number {
    return Number(database.prepare(`SELECT coalesce(max(number), 0) FROM ${table}`).pluck().get());
  }

  function flush(): void {
    const turn = waiting;
    if (turn === undefined) return;
    waiting = undefined;
    try {
      guarded(path, () => commit(turn));
      turn.resolve();
    } catch (error) {
      // What was entered may not be there.
      blocksOf = undefined;
      turn.reject(error);
    }
  }

  /** The turn that is under way. */
  function turn(): Turn {
    if (waiting !== undefined) return waiting;
    let [resolve, reject]: [() => void, (error: unknown) => void] = [() => undefined, () => undefined];
    const stored = new Promise<void>((...settle) => ([resolve, reject] = settle));
    // Of many who wait for it, some may not care.
    stored.catch(() => undefined);
    waiting = { writes: [], lines: [], stored, resolve, reject };
    setImmediate(flush);
    return waiting;
  }

  /** Reads see what was appended before them. */
  function read<T>(query: () => T): T {
    flush();
    return guarded(path, query);
  }

  function blockIndex(): Map<number, number[]> {
    if (blocksOf !== undefined) return blocksOf;
    blocksOf = new Map();
    const rows = database.prepare('SELECT number, places FROM blocks ORDER BY number').iterate();
    for (const row of rows as IterableIterator<Pick<Block, 'places'> & { readonly number: number }>) {
      enter(blocksOf, row.number, row);
    }
    return blocksOf;
  }

  function removeLines(episodes: ReadonlySet<number>): void {
    const index = blockIndex();
    const touched = new Set([...episodes].flatMap((episode) => index.get(episode) ?? []));
    for (const number of touched) {
      const kept = unpackBlock(blockNumbered.get(number) as Block).filter(({ episode }) => !episodes.has(episode));
      const [block] = packBlocks(kept);
      if (block === undefined) deleteBlock.run(number);
      else replaceBlock.run(block.places, block.text, number);
    }
    for (const episode of episodes) index.delete(episode);
  }

  return {
    path,
    begin: ({ id, labels, createdAt }: Pick<EpisodeMeta, 'id' | 'labels' | 'createdAt'>, lines: readonly string[]) => {
      const number = ++lastNumber;
      const { writes, lines: entered, stored } = turn();
      writes.push(() => void insertEpisode.run(number, id, JSON.stringify(labels), createdAt));
      for (const text of lines) entered.push({ episode: number, line: { text } });
      return { number, stored };
    },
    append: (number: number, line: LineParts): Promise<void> => {
      const { lines, stored } = turn();
      lines.push({ episode: number, line });
      return stored;
    },
    find: (id: string) => read(() => metaOf(byId.get(id) as EpisodeRow | undefined)),
    list: (limit: number, labels: readonly (readonly [string, string])[]) =>
      read(() =>
        (newest.all({ limit, labels: JSON.stringify(Object.fromEntries(labels)) }) as EpisodeRow[]).map(
          (row) => metaOf(row) as EpisodeMeta,
        ),
      ),
    lines: (number: number): readonly string[] =>
      read(() =>
        (blockIndex().get(number) ?? []).flatMap((block) => linesIn(blockNumbered.get(block) as Block, number)),
      ),
    close: (number: number): Promise<void> => {
      const { writes, stored } = turn();
      writes.push(() => void closeEpisode.run(number));
      return stored;
    },
    remove: (id: string) => read(() => removeAll(new Set(numbersOfId.all(id) as number[]))),
    forget: (
      { countMax = -1, since = 0 }: { readonly countMax?: number | undefined; readonly since?: number | undefined },
      keep: ReadonlySet<number>,
    ) =>
      read(() => {
        const old = (forgettable.all(countMax, since) as number[]).filter((number) => !keep.has(number));
        if (old.length > 0) removeAll(new Set(old));
      }),
    end: () => {
      flush();
      database.close();
    },
  };
}

/** Notes whose lines a block holds. */
function enter(blocksOf: Map<number, number[]>, number: number, block: Pick<Block, 'places'>): void {
  for (const episode of episodesIn(block)) {
    const numbers = blocksOf.get(episode);
    if (numbers === undefined) blocksOf.set(episode, [number]);
    else numbers.push(number);
  }
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
