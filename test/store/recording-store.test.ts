import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import { rewriteRecording, type RecordingChanges } from '../../src/store/recording-rewrite.ts';
import {
  openRecordingForAppend,
  readRecordedBody,
  readRecordedRuns,
  readRecordedWrites,
  readRecording,
  readRedactionCounts,
} from '../../src/store/recording-store.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/recorder.ts';

const meta = { toolVersion: '1.2.3', startedAt: 1000, target: 'http://a' };
const newPath = () => join(temporaryFolder(), 'recording.mynah');

function exchange(id: string, session: string, more: Partial<Exchange> = {}): Exchange {
  return {
    id,
    session,
    origin: 'http://a',
    startedAt: 1,
    endedAt: 2,
    request: { method: 'GET', target: '/', headers: [] },
    response: { status: 200, headers: [] },
    ...more,
  };
}

async function written(path: string, exchanges: readonly Exchange[]): Promise<void> {
  const writer = openRecordingForAppend(path, meta);
  for (const session of new Set(exchanges.map((each) => each.session)))
    writer.useSession({ name: session, start: 'continues' });
  await Promise.all(exchanges.map((each) => writer.append(each)));
  writer.close(2000);
}

describe('a recording', () => {
  it('gives back what was appended, whole', async () => {
    const path = newPath();
    const full = exchange('1.1', 's', {
      request: {
        method: 'POST',
        target: '/a?b',
        headers: [
          ['x', '1'],
          ['x', '2'],
        ],
        body: { text: 'hällo' },
        arrivals: [0, 1.5],
      },
      response: {
        status: 201,
        headers: [['y', '']],
        body: { base64: '/wA=' },
        trailers: [['etag', '"1"']],
        arrivals: [3],
      },
      httpVersion: '2',
      error: { code: 'ERR_UPSTREAM_RESET', message: 'gone' },
      truncated: { reason: 'cut', length: 3, sha256: 'ab' },
      startedAt: 1.5,
    });
    const { response: _none, ...unanswered } = exchange('1.2', 's', {
      error: { code: 'ERR_UPSTREAM_REFUSED', message: 'no' },
    });
    await written(path, [full, unanswered]);
    expect(readRecording(path)).toEqual({
      formatVersion: 1,
      toolVersion: '1.2.3',
      createdAt: 1000,
      sessions: [{ name: 's', start: 'continues' }],
      exchanges: [full, unanswered],
    });
  });

  it('has sessions in order of first use and exchanges in order of completion', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    const ids = [writer.nextId(), writer.nextId(), writer.nextId()];
    expect(ids).toEqual(['1.1', '1.2', '1.3']);
    writer.useSession({ name: 'late', start: 'fresh' });
    writer.useSession({ name: 'early', start: 'unknown' });
    await writer.append(exchange('1.2', 'early'));
    await writer.append(exchange('1.1', 'late'));
    writer.close(2000);
    const recording = readRecording(path);
    expect(recording.sessions).toEqual([
      { name: 'late', start: 'fresh' },
      { name: 'early', start: 'unknown' },
    ]);
    expect(recording.exchanges.map(({ id }) => id)).toEqual(['1.2', '1.1']);
  });

  it('goes on in the same file, in a run of its own', async () => {
    const path = newPath();
    await written(path, [exchange('1.1', 's')]);
    const writer = openRecordingForAppend(path, { ...meta, startedAt: 5000 });
    expect(writer.sessions).toEqual([{ name: 's', start: 'continues' }]);
    expect(writer.nextId()).toBe('2.1');
    await writer.append(exchange('2.1', 's'));
    writer.close(6000);
    const { exchanges, createdAt } = readRecording(path);
    expect([exchanges.map(({ id }) => id), createdAt]).toEqual([['1.1', '2.1'], 1000]);
  });

  it('can be written by two processes at once, and read meanwhile', async () => {
    const path = newPath();
    const [one, two] = [openRecordingForAppend(path, meta), openRecordingForAppend(path, meta)];
    for (const writer of [one, two]) writer.useSession({ name: 's', start: 'continues' });
    await Promise.all([one.append(exchange(one.nextId(), 's')), two.append(exchange(two.nextId(), 's'))]);
    expect(
      readRecording(path)
        .exchanges.map(({ id }) => id)
        .sort(),
    ).toEqual(['1.1', '2.1']);
    one.close(1);
    two.close(1);
  });

  it('is one file once it is closed', async () => {
    const path = newPath();
    await written(path, [exchange('1.1', 's')]);
    expect([existsSync(path), existsSync(`${path}-wal`)]).toEqual([true, false]);
  });

  it('stores equal bodies once, and long ones in parts', async () => {
    const path = newPath();
    const body = { text: 'x'.repeat(2_500_000) };
    await written(
      path,
      [1, 2, 3].map((n) => exchange(`1.${n}`, 's', { response: { status: 200, headers: [], body } })),
    );
    const lengths = new Database(path).prepare('SELECT length(bytes) FROM body_parts ORDER BY part').pluck().all();
    expect(lengths).toEqual([1_048_576, 1_048_576, 402_848]);
    expect(readRecording(path).exchanges.map(({ response }) => response?.body)).toEqual([body, body, body]);
  });

  it('counts what was replaced', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    writer.useSession({ name: 's', start: 'continues' });
    await writer.append(exchange('1.1', 's'), { cookie: 2 });
    await writer.append(exchange('1.2', 's'), { cookie: 1, jwt: 1 });
    writer.close(1);
    expect(readRedactionCounts(path)).toEqual({ cookie: 3, jwt: 1 });
  });
});

describe('messages of a WebSocket', () => {
  it('are kept in order with the exchange that is their handshake', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    writer.useSession({ name: 's', start: 'continues' });
    await writer.append(exchange('1.1', 's'));
    await writer.append(exchange('1.2', 's'));
    const messages = [
      { sender: 'client', at: 1.5, opcode: 1, body: { text: 'hi' } },
      { sender: 'server', at: 2, opcode: 2, truncated: { length: 9, sha256: 'ab' } },
      { sender: 'server', at: 3, opcode: 8 },
    ] as const;
    for (const [index, message] of messages.entries())
      await writer.appendMessage('1.2', index + 1, message, { email: 1 });
    writer.close(1);
    expect(readRecording(path).exchanges).toEqual([exchange('1.1', 's'), exchange('1.2', 's', { messages })]);
    expect(readRedactionCounts(path)).toEqual({ email: 3 });
    await written(newPath(), [exchange('1.1', 's', { messages })]);
  });
});

describe('the ledger of writes', () => {
  it('is kept in order, also of what is not recorded', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    const write = { at: 1.5, method: 'PUT', origin: 'http://a', target: '/x' };
    await writer.appendWrite({ ...write, exchange: '1.1' });
    await writer.appendWrite(write);
    writer.close(1);
    expect(readRecordedWrites(path)).toEqual([{ ...write, exchange: '1.1' }, write]);
  });
});

/** Writes a recording anew as it is. */
const UNCHANGED: RecordingChanges = {
  exchange: (it) => ({ exchange: it, counts: {} }),
  body: () => ({ push: (bytes) => bytes, end: () => '', counts: () => ({}) }),
  sessionName: (name) => name,
  write: (write) => write,
};

describe('a body that is stored as it comes', () => {
  const chunk = (fill: string) => Buffer.alloc(700_000, fill);
  const parts = (path: string) =>
    new Database(path).prepare('SELECT body, part, length(bytes) AS length FROM body_parts').all();

  it('is committed in parts before its end, and belongs to the exchange that names it', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    writer.useSession({ name: 's', start: 'continues' });
    const body = writer.beginBody();
    await body.write(chunk('a'));
    await body.write(chunk('b'));
    expect(parts(path)).toEqual([{ body: 1, part: 0, length: 1_048_576 }]);
    const stored = await body.end();
    expect(stored.length).toBe(1_400_000);
    await writer.append(exchange('1.1', 's'), {}, { response: stored });
    writer.close(1);
    expect(readRecording(path).exchanges[0]?.response?.body).toEqual({
      text: 'a'.repeat(700_000) + 'b'.repeat(700_000),
    });
    expect(Buffer.concat([...readRecordedBody(path, stored.sha256)]).length).toBe(1_400_000);
  });

  it('is stored once when an equal one is there, and not at all when it is discarded', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    for (const end of ['end', 'end', 'discard'] as const) {
      const body = writer.beginBody();
      await body.write(chunk('a'));
      await body.write(chunk('b'));
      await body[end]();
    }
    writer.close(1);
    expect(parts(path)).toHaveLength(2);
    expect(new Database(path).prepare('SELECT count(*) FROM bodies').pluck().get()).toBe(1);
  });

  it('whose recorder died is nobody’s: it is not read, stands in no one’s way, and is gone once the file is written anew', async () => {
    const path = newPath();
    const killed = openRecordingForAppend(path, meta);
    const begun = killed.beginBody();
    await begun.write(chunk('a'));
    await begun.write(chunk('b'));
    // No end: the process is killed here. Another run meets what it left, and an equal body.
    const next = openRecordingForAppend(path, meta);
    next.useSession({ name: 's', start: 'continues' });
    const again = next.beginBody();
    await again.write(chunk('a'));
    await again.write(chunk('b'));
    await next.append(exchange('2.1', 's'), {}, { response: await again.end() });
    next.close(1);
    const orphans = 'SELECT count(*) FROM bodies WHERE sha256 IS NULL';
    expect(new Database(path).prepare(orphans).pluck().get()).toBe(1);
    const { exchanges } = readRecording(path);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]?.response?.body).toEqual({ text: 'a'.repeat(700_000) + 'b'.repeat(700_000) });
    const anew = newPath();
    await rewriteRecording(path, anew, UNCHANGED, { ...meta, endedAt: () => 2 });
    expect(new Database(anew).prepare(orphans).pluck().get()).toBe(0);
    expect(parts(anew)).toHaveLength(2);
    expect(readRecording(anew).exchanges).toEqual(exchanges);
  });

  it('that is too long to be a value is marked, and can be read in parts', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    writer.useSession({ name: 's', start: 'continues' });
    const body = writer.beginBody();
    for (let i = 0; i < 48; i++) await body.write(chunk('a'));
    const stored = await body.end();
    await writer.append(exchange('1.1', 's'), {}, { request: stored });
    writer.close(1);
    const [read] = readRecording(path).exchanges;
    expect(read?.request.body).toBeUndefined();
    expect(read?.truncated).toEqual({ reason: expect.stringContaining('request body is over'), ...stored });
    let length = 0;
    for (const part of readRecordedBody(path, stored.sha256)) length += part.length;
    expect(length).toBe(48 * 700_000);
  });
});

describe('a run', () => {
  it('says with which tool, when, of what and under which rules it was made', async () => {
    const path = newPath();
    const rules = { redaction: { email: false }, include: ['a/*'] };
    openRecordingForAppend(path, { ...meta, rules }).close(2000);
    openRecordingForAppend(path, { ...meta, startedAt: 3000 });
    expect(readRecordedRuns(path)).toEqual([
      { id: 1, ...meta, rules, endedAt: 2000 },
      { id: 2, ...meta, startedAt: 3000 },
    ]);
  });
});

describe('a recording of an older format', () => {
  /** A file as the first version wrote it. */
  function writeFirstFormat(path: string): void {
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.exec(`
      CREATE TABLE runs (id INTEGER PRIMARY KEY, tool_version TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL, target TEXT);
      CREATE TABLE sessions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, start TEXT NOT NULL);
      CREATE TABLE exchanges (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session INTEGER NOT NULL,
        origin TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,
        request_headers TEXT NOT NULL, request_body BLOB, status INTEGER, response_headers TEXT, response_body BLOB,
        trailers TEXT, error_code TEXT, error_message TEXT, truncated TEXT);
      CREATE TABLE bodies (sha256 BLOB NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (sha256, part)) WITHOUT ROWID;
      CREATE TABLE redactions (kind TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
      INSERT INTO runs VALUES (1, '0.1.0', 1000, 2000, 'http://a');
      INSERT INTO sessions VALUES (1, 's', 'fresh');
      INSERT INTO bodies VALUES (x'01', 0, CAST('one ' AS BLOB)), (x'01', 1, CAST('two' AS BLOB));
      INSERT INTO exchanges VALUES (1, '1.1', 1, 'http://a', 1, 2, 'GET', '/', '[]', NULL, 200, '[]', x'01', NULL, NULL, NULL, NULL);
      PRAGMA application_id = ${0x4d796e68};
      PRAGMA user_version = 1;`);
    database.close();
  }
  const old = exchange('1.1', 's', { response: { status: 200, headers: [], body: { text: 'one two' } } });

  it('is read as it is, and left so', () => {
    const path = newPath();
    writeFirstFormat(path);
    expect(readRecording(path)).toMatchObject({ toolVersion: '0.1.0', createdAt: 1000, exchanges: [old] });
    expect(new Database(path).pragma('user_version', { simple: true })).toBe(1);
  });

  it('is brought up to date when it is continued', async () => {
    const path = newPath();
    writeFirstFormat(path);
    await written(path, [exchange('2.1', 's')]);
    expect(new Database(path).pragma('user_version', { simple: true })).toBe(3);
    expect(readRecording(path).exchanges).toEqual([old, exchange('2.1', 's')]);
  });
});

describe('a recording that cannot be used', () => {
  it('is not there', () => {
    const failure = failureOf(() => readRecording('/nowhere/recording.mynah'));
    expect([failure.code, failure.exit]).toEqual(['ERR_RECORDING_NOT_FOUND', 2]);
    expect(failure.message).toContain('/nowhere/recording.mynah');
  });

  it('is another file', () => {
    const path = newPath();
    writeFileSync(path, 'just some text that is long enough to be looked at');
    for (const use of [() => readRecording(path), () => openRecordingForAppend(path, meta)])
      expect(failureOf(use).code).toBe('ERR_RECORDING_DAMAGED');
    expect(readFileSync(path, 'utf8')).toContain('just some text');
  });

  it('is a database of something else', () => {
    const path = newPath();
    const other = new Database(path);
    other.exec('CREATE TABLE t (x)');
    other.close();
    for (const use of [() => readRecording(path), () => openRecordingForAppend(path, meta)])
      expect(failureOf(use).code).toBe('ERR_RECORDING_DAMAGED');
  });

  it('was written by a newer version', async () => {
    const path = newPath();
    await written(path, [exchange('1.1', 's')]);
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    for (const use of [() => readRecording(path), () => openRecordingForAppend(path, meta)]) {
      const failure = failureOf(use);
      expect([failure.code, failure.details['version']]).toEqual(['ERR_RECORDING_FORMAT', 99]);
    }
  });

  it('is damaged within', async () => {
    const path = newPath();
    await written(
      path,
      Array.from({ length: 200 }, (_none, n) =>
        exchange(`1.${n}`, 's', { request: { method: 'GET', target: `/${'x'.repeat(500)}`, headers: [] } }),
      ),
    );
    const { size } = statSync(path);
    truncateSync(path, Math.floor(size / 2));
    appendFileSync(path, Buffer.alloc(Math.ceil(size / 2), 'garbage'));
    expect(failureOf(() => readRecording(path)).code).toBe('ERR_RECORDING_DAMAGED');
  });

  it('stands where nothing can be written', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const failure = failureOf(() => openRecordingForAppend(join(folder, 'file', 'recording.mynah'), meta));
    expect([failure.code, failure.exit]).toEqual(['ERR_FILE_UNWRITABLE', 2]);
    mkdirSync(join(folder, 'is-a-folder.mynah'));
    expect(failureOf(() => openRecordingForAppend(join(folder, 'is-a-folder.mynah'), meta)).code).toBe(
      'ERR_FILE_UNWRITABLE',
    );
  });

  it.skipIf(process.getuid?.() === 0)('stands in a folder that is closed to the user', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(failureOf(() => openRecordingForAppend(join(folder, 'recording.mynah'), meta)).code).toBe(
      'ERR_FILE_UNWRITABLE',
    );
  });

  it('makes the folders on the way to it', async () => {
    const path = join(temporaryFolder(), 'a', 'b', 'recording.mynah');
    await written(path, [exchange('1.1', 's')]);
    expect(readRecording(path).exchanges).toHaveLength(1);
  });

  it('refuses what does not fit, and goes on', async () => {
    const path = newPath();
    const writer = openRecordingForAppend(path, meta);
    writer.useSession({ name: 's', start: 'continues' });
    await writer.append(exchange('1.1', 's'));
    await expect(writer.append(exchange('1.1', 's'))).rejects.toThrow();
    await writer.append(exchange('1.2', 's'));
    writer.close(1);
    expect(readRecording(path).exchanges).toHaveLength(2);
  });
});
