import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IN_MEMORY, openEpisodeStore, type EpisodeLogs } from '../../src/store/episode-log.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'mynah-store-'));

function open(path: string): EpisodeLogs {
  const store = openEpisodeStore(path);
  onTestFinished(() => {
    try {
      store.end();
    } catch {
      // The test ended it.
    }
  });
  return store;
}

const meta = (id: string) => ({ id, labels: { run: 'r1' }, createdAt: 5 });

/** A file as the first format had it: a row a line. */
function writeFirstFormat(path: string): void {
  const database = new Database(join(path, 'episodes.sqlite'));
  database.exec(`
    CREATE TABLE episodes (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL, labels TEXT NOT NULL, created_at REAL NOT NULL,
      closed INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX episodes_by_id ON episodes (id, number);
    CREATE TABLE lines (
      episode INTEGER NOT NULL REFERENCES episodes (number) ON DELETE CASCADE, position INTEGER NOT NULL, text TEXT NOT NULL,
      PRIMARY KEY (episode, position)
    );
    INSERT INTO episodes VALUES (1, 'a', '{}', 5, 0), (2, 'b', '{}', 5, 1);
    INSERT INTO lines VALUES (1, 0, 'header a'), (2, 0, 'header b'), (1, 2, 'a two'), (1, 1, 'a one');
    PRAGMA application_id = ${0x4d796e45};
    PRAGMA user_version = 1;
  `);
  database.close();
}

describe('a store of episode logs', () => {
  it('gives back lines in order, with those that wait to be stored', () => {
    const store = open(IN_MEMORY);
    const { number } = store.begin(meta('a'), ['header']);
    void store.append(number, { text: 'one' });
    void store.append(number, { text: 'two' });
    expect(store.lines(number)).toEqual(['header', 'one', 'two']);
  });

  it('keeps the episodes of one id apart and finds the newest', () => {
    const store = open(IN_MEMORY);
    const { number: first } = store.begin(meta('a'), ['old']);
    const { number: second } = store.begin(meta('a'), ['new']);
    expect(store.find('a')).toEqual({ number: second, id: 'a', labels: { run: 'r1' }, createdAt: 5, closed: false });
    expect(store.lines(first)).toEqual(['old']);
    expect(store.list(10, []).map(({ number }) => number)).toEqual([second]);
  });

  it('lists the newest episodes that have all the labels asked for', () => {
    const store = open(IN_MEMORY);
    store.begin({ ...meta('a'), labels: { run: 'r1', group: 'g' } }, []);
    store.begin({ ...meta('b'), labels: { run: 'r2', group: 'g' } }, []);
    store.begin({ ...meta('c'), labels: { run: 'r1' } }, []);
    const ids = (limit: number, labels: [string, string][]) => store.list(limit, labels).map(({ id }) => id);
    expect(ids(10, [])).toEqual(['c', 'b', 'a']);
    expect(ids(10, [['run', 'r1']])).toEqual(['c', 'a']);
    expect(
      ids(10, [
        ['run', 'r1'],
        ['group', 'g'],
      ]),
    ).toEqual(['a']);
    expect(ids(1, [['group', 'g']])).toEqual(['b']);
  });

  it('removes every episode of an id', () => {
    const store = open(IN_MEMORY);
    const { number } = store.begin(meta('a'), ['old']);
    store.begin(meta('a'), ['new']);
    store.remove('a');
    expect(store.find('a')).toBeUndefined();
    expect(store.lines(number)).toEqual([]);
  });

  it('takes the lines of one episode out from among those of others', async () => {
    const path = folder();
    const store = open(path);
    const [a, b] = ['a', 'b'].map((id) => store.begin(meta(id), [`header ${id}`]).number) as [number, number];
    await Promise.all([store.append(b, { text: 'b one' }), store.append(a, { text: 'a one' })]);
    await store.append(b, { text: 'b two' });
    store.remove('a');
    expect([store.lines(a), store.lines(b)]).toEqual([[], ['header b', 'b one', 'b two']]);
    store.end();
    const again = open(path);
    expect([again.lines(a), again.lines(b)]).toEqual([[], ['header b', 'b one', 'b two']]);
    again.forget({ countMax: 0 }, new Set());
    expect(again.find('b')).toBeUndefined();
    expect(again.lines(b)).toEqual([]);
  });

  it('keeps the body of an answer apart and puts it back in its place', async () => {
    const store = open(IN_MEMORY);
    const { number } = store.begin(meta('a'), []);
    await store.append(number, { text: '{"body":{"text":""}}', body: 'say "when"\n', bodyAt: 16 });
    expect(store.lines(number)).toEqual(['{"body":{"text":"say \\"when\\"\\n"}}']);
  });

  it('takes over a file of the first format', () => {
    const path = folder();
    writeFirstFormat(path);
    const store = open(path);
    expect(store.lines(1)).toEqual(['header a', 'a one', 'a two']);
    expect(store.find('b')).toMatchObject({ number: 2, closed: true });
    store.end();
    expect(open(path).lines(2)).toEqual(['header b']);
  });

  it('remembers that a log is closed', async () => {
    const store = open(IN_MEMORY);
    await store.close(store.begin(meta('a'), ['header']).number);
    expect(store.find('a')?.closed).toBe(true);
  });

  it('is read again after a restart', async () => {
    const path = folder();
    const store = open(path);
    await store.append(store.begin(meta('a'), ['header']).number, { text: 'one' });
    store.end();
    const again = open(path);
    expect(again.lines(again.find('a')?.number ?? 0)).toEqual(['header', 'one']);
  });

  it('keeps what was stored when its process is killed, and hands the file to the next one', async () => {
    const path = folder();
    const program = `
      import { openEpisodeStore } from '${join(import.meta.dirname, '../../src/store/episode-log.ts')}';
      const store = openEpisodeStore(process.argv[1]);
      const { number } = store.begin({ id: 'a', labels: {}, createdAt: 0 }, ['header']);
      for (let i = 1; ; i++) { await store.append(number, { text: 'line ' + i }); process.stdout.write(i + '\\n'); }
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = '';
    for await (const chunk of child.stdout) {
      seen += String(chunk);
      if (seen.split('\n').length > 50) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const acknowledged = seen.split('\n').slice(0, -1).length;
    const store = open(path);
    expect(store.path).toBe(join(path, 'episodes.sqlite'));
    expect(store.lines(store.find('a')?.number ?? 0).length).toBeGreaterThanOrEqual(acknowledged + 1);
  });

  it('gives a second server on the same folder a file of its own', async () => {
    const path = folder();
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `import { openEpisodeStore } from '${join(import.meta.dirname, '../../src/store/episode-log.ts')}'; openEpisodeStore(process.argv[1]); console.log('open'); setInterval(() => {}, 1000);`,
        path,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(open(path).path).toBe(join(path, 'episodes-2.sqlite'));
  });

  it('says which folder cannot be used', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, 'x');
    expect(() => openEpisodeStore(join(file, 'below'))).toThrowError(
      expect.objectContaining({ code: 'ERR_FILE_UNWRITABLE' }),
    );
  });

  it('refuses a file that is no store of episode logs', () => {
    const path = folder();
    writeFileSync(
      join(path, 'episodes.sqlite'),
      'this is not a database, but it is long enough to look like a file of one'.repeat(20),
    );
    expect(() => openEpisodeStore(path)).toThrowError(expect.objectContaining({ code: 'ERR_EPISODE_STORE' }));
  });
});
