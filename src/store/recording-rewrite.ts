// A recording written anew, with everything in it changed by a function: into a file that holds nothing of what was
// changed, not in free pages either, and takes its place only when it is whole.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import type { Exchange } from '../core/exchange/exchange.ts';
import { heldBodyBytesMax } from '../core/std/limits.ts';
import { MynahError } from '../core/std/errors.ts';
import { createBodyWriter, type Enqueue, type StoredBody } from './recording-store-bodies.ts';
import { guarded, openForAppending, openForReading, type RecordingDatabase } from './recording-store-file.ts';
import { readMessages } from './recording-store-messages.ts';
import {
  bodyReader,
  exchangeOf,
  prepareInserts,
  readRuns,
  readSessions,
  type ExchangeRow,
  type RedactionCounts,
  type RunMeta,
} from './recording-store-rows.ts';
import { readWrites, type RecordedWrite } from './recording-store-writes.ts';

/** What becomes of each part of a recording. */
export interface RecordingChanges {
  readonly exchange: (exchange: Exchange) => { readonly exchange: Exchange; readonly counts: RedactionCounts };
  /** Bodies that are too long to be values go through in pieces, one character a byte. */
  readonly body: (
    exchange: Exchange,
    direction: 'request' | 'response',
  ) => { push(bytes: string): string; end(): string; counts(): RedactionCounts };
  readonly sessionName: (name: string) => string;
  readonly write: (write: RecordedWrite) => RecordedWrite;
}

/**
 * Writes the recording at `from` anew at `to`, which may be the same path. Ids, runs and counts stay; a run is added for
 * the change itself.
 * @throws MynahError ERR_RECORDING_NOT_FOUND, ERR_RECORDING_DAMAGED, ERR_RECORDING_FORMAT, ERR_FILE_UNWRITABLE, ERR_USAGE
 */
export async function rewriteRecording(
  from: string,
  to: string,
  changes: RecordingChanges,
  run: RunMeta & { readonly endedAt: () => number },
): Promise<RedactionCounts> {
  const inPlace = resolve(from) === resolve(to);
  if (!inPlace && existsSync(to))
    throw new MynahError('ERR_USAGE', `${to} exists already; name another file with --out, or the recording itself`);
  openForReading(from).close();
  if (inPlace) leaveWriteAheadLog(from);
  const source = openForReading(from);
  const draft = `${to}.draft-${process.pid}`;
  try {
    const counts = await copyChanged(source, draft, changes, run);
    source.close();
    guarded(to, () => renameSync(draft, to));
    return counts;
  } finally {
    source.close();
    for (const ending of ['', '-wal', '-shm']) rmSync(`${draft}${ending}`, { force: true });
  }
}

/** What is in the log beside the file belongs into it, and nobody else may be writing. */
function leaveWriteAheadLog(path: string): void {
  const database = new Database(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = DELETE');
  } catch (error) {
    throw new MynahError(
      'ERR_USAGE',
      `${path} is in use; end its recorder first, or write to another file with --out`,
      { path },
      error,
    );
  } finally {
    database.close();
  }
}

async function copyChanged(
  source: RecordingDatabase,
  draft: string,
  changes: RecordingChanges,
  run: RunMeta & { readonly endedAt: () => number },
): Promise<RedactionCounts> {
  const target = openForAppending(draft);
  const added: Record<string, number> = {};
  try {
    const insert = prepareInserts(target);
    const enqueue: Enqueue = (work) => Promise.resolve(work());
    for (const { id, endedAt, ...meta } of readRuns(source)) {
      insert.run(meta);
      if (endedAt !== undefined) insert.runEnd(endedAt, id);
    }
    const own = insert.run(run);
    for (const { name, start } of readSessions(source)) insert.session({ name: changes.sessionName(name), start });
    for (const row of source.prepare('SELECT kind, count FROM redactions').all() as { kind: string; count: number }[])
      insert.count({ [row.kind]: row.count });
    for (const write of readWrites(source)) insert.write(changes.write(write));
    const bodyOf = bodyReader(source);
    const messages = readMessages(source, bodyOf);
    const rows = source.prepare(
      'SELECT e.*, s.name AS session_name FROM exchanges e JOIN sessions s ON s.id = e.session ORDER BY e.position',
    );
    for (const row of rows.iterate() as Iterable<ExchangeRow>) {
      const exchange = exchangeOf(row, bodyOf, messages.get(row.id));
      const counts: Record<string, number> = {};
      const stored: { request?: StoredBody; response?: StoredBody } = {};
      for (const direction of ['request', 'response'] as const) {
        const long = longBody(source, direction === 'request' ? row.request_body : row.response_body);
        if (long === undefined) continue;
        const change = changes.body(exchange, direction);
        const writer = createBodyWriter(insert.bodies, enqueue);
        for (const part of long) await writer.write(Buffer.from(change.push(part.toString('latin1')), 'latin1'));
        await writer.write(Buffer.from(change.end(), 'latin1'));
        stored[direction] = await writer.end();
        addCounts(counts, change.counts());
      }
      const changed = changes.exchange({ ...exchange, session: changes.sessionName(exchange.session) });
      addCounts(counts, changed.counts);
      addCounts(added, counts);
      // The mark of a body that is too long to be a value is made when it is read.
      const isMark = Object.keys(stored).length > 0 && row.truncated === null;
      const { truncated, ...whole } = changed.exchange;
      const written = isMark || truncated === undefined ? whole : changed.exchange;
      target.transaction(() => insert.exchange(written, counts, stored))();
    }
    insert.end();
    insert.runEnd(run.endedAt(), own);
    target.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    target.close();
  }
  return added;
}

/** The parts of a body that is too long to be a value, read one by one; undefined for others. */
function longBody(source: RecordingDatabase, sha256: Buffer | null): IterableIterator<Buffer> | undefined {
  if (sha256 === null) return undefined;
  const found = source.prepare('SELECT id, length FROM bodies WHERE sha256 = ?').get(sha256) as
    { id: number; length: number } | undefined;
  if (found === undefined || found.length <= heldBodyBytesMax) return undefined;
  const parts = source.prepare('SELECT bytes FROM body_parts WHERE body = ? ORDER BY part').pluck();
  return parts.iterate(found.id) as IterableIterator<Buffer>;
}

function addCounts(sum: Record<string, number>, counts: RedactionCounts): void {
  for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count;
}
