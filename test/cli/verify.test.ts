import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import { compileServices } from '../../src/core/build/compile-services.ts';
import { printCloneFiles } from '../../src/core/model/files-print.ts';
import { writeCloneFolder } from '../../src/store/clone-folder.ts';
import { callMynah } from '../support/mynah-command.ts';
import { writeRecording } from '../support/recording-files.ts';

let folder: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mynah-verify-'));
  await writeCloneFolder(
    file('clone'),
    printCloneFiles(compileServices([recordWiki({ sessions: 8, steps: 30 })]).model),
  );
  const fresh = recordWiki({ sessions: 1, steps: 30, seed: 9 });
  await writeRecording(file('fresh.mynah'), fresh);
  await writeRecording(file('changed.mynah'), {
    ...fresh,
    exchanges: fresh.exchanges.map((exchange) => ({ ...exchange, response: { status: 418, headers: [] } })),
  });
  await writeRecording(file('other.mynah'), {
    ...fresh,
    exchanges: fresh.exchanges.map((exchange) => ({
      ...exchange,
      origin: 'http://other.example',
      request: { ...exchange.request, target: '/other' },
    })),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (recording: string, ...more: readonly string[]) =>
  callMynah(['verify', file('clone'), '--recording', file(recording), ...more]);

describe('mynah verify', () => {
  it('passes with a table of routes', async () => {
    const { code, stdout } = await verify('fresh.mynah');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^route +exchanges +status +exact +with headers\n/);
    expect(stdout).toMatch(/30 exchanges: \d+\.\d % right .+ passed at 90\.0 %\n$/);
  });

  it('fails with the first differences', async () => {
    const { code, stdout } = await verify('changed.mynah');
    expect(code).toBe(1);
    expect(stdout).toContain('first differences:\n  1.');
    expect(stdout).toContain('at status: recorded 418, clone 200');
    expect(stdout).toContain('failed at 90.0 %');
  });

  it('goes by the threshold', async () => {
    expect((await verify('changed.mynah', '--threshold', '0')).code).toBe(0);
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await verify('changed.mynah', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      format_version: 1,
      threshold: 0.9,
      verdict: 'failed',
      totals: { exchanges: 30, exact: 0, status_right: 0 },
      foreign: [],
    });
  });

  it('says that nothing could be compared with a recording of another service', async () => {
    const { code, stdout } = await verify('other.mynah');
    expect(code).toBe(3);
    expect(stdout).toContain('http://other.example');
  });

  it.each([
    [['verify', 'none', '--recording', 'fresh.mynah'], 'ERR_CLONE_NOT_FOUND'],
    [['verify', 'clone', '--recording', 'none.mynah'], 'ERR_RECORDING_NOT_FOUND'],
    [['verify', 'clone', '--recording', 'fresh.mynah', '--threshold', '2'], 'ERR_USAGE'],
  ])('%j ends with 2', async (args, error) => {
    const { code, stderr } = await callMynah(
      args.map((arg) => (/^(?:none|clone|fresh|.+\.mynah)/.test(arg) ? file(arg) : arg)),
    );
    expect(code).toBe(2);
    expect(stderr).toContain(error);
  });
});
