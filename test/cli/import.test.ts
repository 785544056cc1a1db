import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../../src/store/recording-store.ts';
import { runMynah } from '../support/mynah-command.ts';
import { temporaryFolder } from '../support/recorder.ts';

const entry = (pageref: string, path: string) => ({
  pageref,
  startedDateTime: '2024-01-01T00:00:00.000Z',
  time: 1,
  request: {
    method: 'GET',
    url: `https://api.test${path}`,
    headers: [{ name: 'Authorization', value: 'Bearer abcdef0123456789' }],
  },
  response: { status: 200, headers: [], content: { text: 'fine' } },
});
const archive = (...paths: string[]) =>
  JSON.stringify({ log: { pages: [{ id: 'page' }], entries: paths.map((path) => entry('page', path)) } });

describe('mynah import', () => {
  it('makes one recording of archives, gzipped or not, whose sessions stay apart, without their secrets', async () => {
    const folder = temporaryFolder();
    const [plain, gzipped, out] = ['a.har', 'b.har.gz', 'out.mynah'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(plain, `\ufeff${archive('/a1', '/a2')}`);
    writeFileSync(gzipped, gzipSync(archive('/b1')));
    const result = await runMynah(['import', plain, gzipped, '--out', out, '--json']);
    expect([result.code, JSON.parse(result.stdout)]).toEqual([
      0,
      { recording: out, archives: 2, sessions: 2, exchanges: 3, skipped: 0, fromCache: 0 },
    ]);
    const { sessions, exchanges } = readRecording(out);
    expect(sessions).toEqual([
      { name: 'page', start: 'unknown' },
      { name: 'page~2', start: 'unknown' },
    ]);
    expect(exchanges.map(({ id, session, request }) => [id, session, request.target])).toEqual([
      ['1.1', 'page', '/a1'],
      ['1.2', 'page', '/a2'],
      ['1.3', 'page~2', '/b1'],
    ]);
    expect(exchanges[0]?.request.headers).toEqual([['authorization', expect.stringMatching(/^Bearer [0-9a-f]{16}$/)]]);
    expect(readFileSync(out, 'latin1')).not.toContain('abcdef0123456789');
  });

  it('gives back what was exported, pseudonyms and all', async () => {
    const folder = temporaryFolder();
    const environment = { MYNAH_DATA: join(folder, 'home') };
    const [har, first, exported, second] = ['a.har', 'first.mynah', 'b.har.gz', 'second.mynah'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    writeFileSync(har, archive('/a1', '/a2'));
    await runMynah(['import', har, '--out', first], environment);
    expect((await runMynah(['export', first, '--har', '--out', exported])).code).toBe(0);
    expect(JSON.parse(gunzipSync(readFileSync(exported)).toString())).toHaveProperty('log.version', '1.2');
    await runMynah(['import', exported, '--out', second]);
    expect(readRecording(second).exchanges).toEqual(readRecording(first).exchanges);
    const printed = await runMynah(['export', second]);
    expect(JSON.parse(printed.stdout).log.entries).toHaveLength(2);
  });

  it('writes nothing when one of the archives cannot be read', async () => {
    const folder = temporaryFolder();
    const [fine, broken, shapeless, out] = ['fine.har', 'broken.har', 'shapeless.har', 'out.mynah'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    writeFileSync(fine, archive('/a'));
    writeFileSync(broken, '{"log":');
    writeFileSync(shapeless, '{"log":{}}');
    for (const [path, code] of [
      [broken, 'ERR_HAR_SHAPE'],
      [shapeless, 'ERR_HAR_SHAPE'],
      [join(folder, 'missing.har'), 'ERR_FILE_NOT_FOUND'],
    ] as const) {
      const result = await runMynah(['import', fine, path, '--out', out]);
      expect([result.code, result.stderr]).toEqual([
        2,
        expect.stringMatching(new RegExp(`^mynah: ${code}: .*${path.split('/').at(-1)}`)),
      ]);
    }
    expect((await runMynah(['export', out])).stderr).toContain('ERR_RECORDING_NOT_FOUND');
  });
});
