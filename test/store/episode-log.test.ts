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

describe('a store of episode logs', () => {
  it('gives back lines in order, with those that wait to be stored', () => {
    const store = open(IN_MEMORY);
    const { number } = store.begin(meta('a'), ['header']);
    void store.append(number, 1, 'one');
    void store.append(number, 2, 'two');
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

  it('remembers that a log is closed', async () => {
    const store = open(IN_MEMORY);
    await store.close(store.begin(meta('a'), ['header']).number);
    expect(store.find('a')?.closed).toBe(true);
  });

  it('is read again after a restart', async () => {
    const path = folder();
    const store = open(path);
    await store.append(store.begin(meta('a'), ['header']).number, 1, 'one');
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
      for (let i = 1; ; i++) { await store.append(number, i, 'line ' + i); process.stdout.write(i + '\\n'); }
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
