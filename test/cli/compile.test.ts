import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import type { CloneReport } from '../../src/core/build/clone-report.ts';
import { readCloneFolder } from '../../src/store/clone-folder.ts';
import { callMynah } from '../support/mynah-command.ts';
import { writeArchive, writeRecording } from '../support/recording-files.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
const wiki = recordWiki({ sessions: 4, steps: 25 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mynah-compile-'));
  await writeRecording(file('wiki.mynah'), wiki);
  await writeRecording(file('empty.mynah'), { ...wiki, sessions: [], exchanges: [] });
  writeArchive(file('wiki.har'), wiki);
  writeFileSync(file('damaged.mynah'), 'no database '.repeat(1000));
  writeFileSync(file('damaged.har'), '{"log":');
  writeFileSync(file('in-the-way'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Text of every file below a folder, by path. */
function filesOf(path: string): Readonly<Record<string, string>> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((full) => [full.slice(path.length), readFileSync(full, 'utf8')]),
  );
}

describe('mynah compile', () => {
  it('writes a clone that can be read, and prints a table of its routes', async () => {
    const { code, stdout, stderr } = await callMynah(['compile', file('wiki.mynah'), '--out', file('clone')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^route +exchanges +reproduced +by session +held out +answers\n/);
    expect(stdout).toMatch(/^GET \/pages\/\{\w+\} +\d+ +\d+\.\d % /m);
    expect(stdout).toMatch(
      /\d+ exchanges of 4 sessions, \d+ routes: \d+\.\d % reproduced \(\d+\.\d % by session\), \d+\.\d % of \d+ held-out/,
    );
    expect((await readCloneFolder(file('clone'))).model.services[0]?.routes.length).toBeGreaterThan(8);
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await callMynah(['compile', file('wiki.mynah'), '--out', file('clone'), '--json']);
    const report = JSON.parse(stdout) as CloneReport & { readonly clone: string };
    expect(report.clone).toBe(file('clone'));
    expect(report.totals.exchanges).toBe(100);
    expect(report.routes[0]).toMatchObject({
      exchanges: expect.any(Number) as number,
      reproduced: expect.any(Number) as number,
    });
    expect(report.routes.some(({ held_out }) => held_out !== null)).toBe(true);
  });

  it('gives byte-equal folders for equal recordings, also from an archive, and removes what is no longer made', async () => {
    for (const [source, out] of [
      ['wiki.mynah', 'first'],
      ['wiki.mynah', 'second'],
      ['wiki.har', 'third'],
    ] as const)
      await callMynah(['compile', file(source), '--out', file(out), '--folds', '1']);
    expect(filesOf(file('second'))).toEqual(filesOf(file('first')));
    expect(filesOf(file('third'))).toEqual(filesOf(file('first')));
    await callMynah(['compile', file('wiki.mynah'), '--out', file('second'), '--folds', '1']);
    expect(filesOf(file('second'))).toEqual(filesOf(file('first')));
  });

  it('starts the clone at another moment with --start', async () => {
    const startOf = async (out: string, ...more: readonly string[]) => {
      await callMynah(['compile', file('wiki.mynah'), '--out', file(out), '--folds', '0', ...more]);
      const { model } = await readCloneFolder(file(out));
      return { at: model.clock.startMs, pages: model.services[0]?.seed['Page']?.length };
    };
    const [beginning, end] = [await startOf('a'), await startOf('b', '--start', 'end')];
    expect(beginning.at).toBe(wiki.exchanges[0]?.startedAt);
    expect(end.at).toBe(wiki.exchanges.at(-1)?.endedAt);
    expect(end.pages).toBeGreaterThan(beginning.pages ?? 0);
    const session = wiki.exchanges.find((exchange) => exchange.session === 'session-2');
    expect((await startOf('c', '--start', 'session:session-2')).at).toBe(session?.startedAt);
  });

  it('keeps what a person wrote into the clone', async () => {
    mkdirSync(file('mine/overrides'), { recursive: true });
    writeFileSync(file('mine/probes.yaml'), '[]\n');
    await callMynah(['compile', file('wiki.mynah'), '--out', file('mine'), '--folds', '0']);
    expect(readFileSync(file('mine/probes.yaml'), 'utf8')).toBe('[]\n');
  });
});

describe('unusable input', () => {
  it.each([
    ['a recording that is not there', ['none.mynah'], 'clone', 'ERR_RECORDING_NOT_FOUND'],
    ['a damaged recording', ['damaged.mynah'], 'clone', 'ERR_RECORDING_DAMAGED'],
    ['a damaged archive', ['damaged.har'], 'clone', 'ERR_HAR_SHAPE'],
    ['a recording of nothing', ['empty.mynah'], 'clone', 'ERR_NO_EXCHANGES'],
    ['a folder that cannot be made', ['wiki.mynah'], 'in-the-way/clone', 'ERR_FILE_UNWRITABLE'],
  ])('%s ends with 2 and one clear line', async (_what, sources, out, error) => {
    const { code, stdout, stderr } = await callMynah(['compile', ...sources.map(file), '--out', file(out)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^mynah: ${error}: .+\\n$`));
  });

  it.each(['lunch', 'session:', 'session:lunch'])('a start at %s is a usage error', async (start) => {
    const { code, stderr } = await callMynah(['compile', file('wiki.mynah'), '--out', file('clone'), '--start', start]);
    expect(code).toBe(2);
    expect(stderr).toContain('ERR_USAGE');
  });

  it('a number of folds that is none is a usage error', async () => {
    const { code, stderr } = await callMynah([
      'compile',
      file('wiki.mynah'),
      '--out',
      file('clone'),
      '--folds',
      'many',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("'--folds <number>' argument 'many'");
  });
});
