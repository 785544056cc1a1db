// Bodies in a recording file: in parts, stored once by the hash of their bytes, whole or as they come.
import { createHash } from 'node:crypto';
import type { RecordingDatabase } from './recording-store-file.ts';
import { BODY_PART_BYTES } from './recording-store-schema.ts';

/** A body that is in the file. */
export interface StoredBody {
  /** Hash of its bytes, hexadecimal. */
  readonly sha256: string;
  readonly length: number;
}

/** A body that is stored as it comes. Nothing refers to it before its end. */
export interface BodyWriter {
  /** Resolves once there may be more, which is to wait for that; rejects with MynahError when the disk refuses. */
  write(bytes: Buffer): Promise<void>;
  /** Resolves once the whole body is committed; an equal one that was there before takes its place. */
  end(): Promise<StoredBody>;
  /** Takes what was stored out of the file again. */
  discard(): void;
}

/** Statements on bodies, to be run within a transaction. */
export type BodyInserts = ReturnType<typeof prepareBodyInserts>;

export function prepareBodyInserts(database: RecordingDatabase) {
  const find = database.prepare('SELECT id FROM bodies WHERE sha256 = ?').pluck();
  const begin = database.prepare('INSERT INTO bodies (sha256, length) VALUES (?, ?)');
  const part = database.prepare('INSERT INTO body_parts (body, part, bytes) VALUES (?, ?, ?)');
  const name = database.prepare('UPDATE bodies SET sha256 = ?, length = ? WHERE id = ?');
  const removeParts = database.prepare('DELETE FROM body_parts WHERE body = ?');
  const remove = database.prepare('DELETE FROM bodies WHERE id = ?');
  const discard = (id: number) => {
    removeParts.run(id);
    remove.run(id);
  };
  return {
    /** Stores a body that is there as a whole; gives its key, null for none. */
    whole(bytes: Uint8Array): Buffer | null {
      if (bytes.length === 0) return null;
      const sha256 = createHash('sha256').update(bytes).digest();
      if (find.get(sha256) !== undefined) return sha256;
      const id = Number(begin.run(sha256, bytes.length).lastInsertRowid);
      for (let at = 0, number = 0; at < bytes.length; at += BODY_PART_BYTES, number++)
        part.run(id, number, bytes.subarray(at, at + BODY_PART_BYTES));
      return sha256;
    },
    begin: () => Number(begin.run(null, null).lastInsertRowid),
    part: (id: number, number: number, bytes: Buffer) => void part.run(id, number, bytes),
    /** Gives a body that has all its parts its name, or removes it in favour of an equal one. */
    finish(id: number, sha256: Buffer, length: number): void {
      if (find.get(sha256) === undefined) name.run(sha256, length, id);
      else discard(id);
    },
    discard,
  };
}

/** Runs work in the next transaction; resolves with its result once that is committed. */
export type Enqueue = <Result>(work: () => Result) => Promise<Result>;

export function createBodyWriter(inserts: BodyInserts, enqueue: Enqueue): BodyWriter {
  const hash = createHash('sha256');
  // One for all parts: each is committed before the next is filled.
  const part = Buffer.allocUnsafeSlow(BODY_PART_BYTES);
  let filled = 0;
  let parts = 0;
  let length = 0;
  let id: Promise<number> | undefined;

  async function storePart(): Promise<void> {
    const bytes = part.subarray(0, filled);
    const number = parts++;
    id ??= enqueue(inserts.begin);
    const body = await id;
    await enqueue(() => inserts.part(body, number, bytes));
    filled = 0;
  }

  return {
    write: async (bytes) => {
      hash.update(bytes);
      length += bytes.length;
      for (let at = 0; at < bytes.length;) {
        const copied = bytes.copy(part, filled, at);
        filled += copied;
        at += copied;
        if (filled === BODY_PART_BYTES) await storePart();
      }
    },
    end: async () => {
      if (filled > 0 || id === undefined) await storePart();
      const body = await (id as Promise<number>);
      const sha256 = hash.digest();
      await enqueue(() => inserts.finish(body, sha256, length));
      return { sha256: sha256.toString('hex'), length };
    },
    discard: () => {
      // What the disk refused to begin is not there, and what it refuses to remove nothing refers to.
      id?.then((body) => enqueue(() => inserts.discard(body))).catch(() => undefined);
    },
  };
}
