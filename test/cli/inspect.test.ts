import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import { printCloneFiles } from '../../src/core/model/files-print.ts';
import { writeCloneFolder } from '../../src/store/clone-folder.ts';
import { openRecordingForAppend } from '../../src/store/recording-store.ts';
import { callMynah } from '../support/mynah-command.ts';
import { writeArchive, writeRecording } from '../support/recording-files.ts';
import { shopModel } from '../support/shop-model.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
const wiki = recordWiki({ sessions: 3, steps: 20 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mynah-inspect-'));
  await writeRecording(file('wiki.mynah'), wiki);
  writeArchive(file('wiki.har'), wiki);
  await writeCloneFolder(file('clone'), printCloneFiles(shopModel));
  const writer = openRecordingForAppend(file('secret.mynah'), { toolVersion: 'test', startedAt: 0, target: 'test' });
  writer.useSession({ name: 'session-1', start: 'continues' });
  await writer.append(wiki.exchanges[0] as Exchange, { authorization: 3, cookie: 1 });
  writer.close(1);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inspect = async (name: string, ...more: readonly string[]) => callMynah(['inspect', file(name), ...more]);

describe('mynah inspect of a recording', () => {
  it('shows sessions, hosts and routes at a glance', async () => {
    const { code, stdout } = await inspect('wiki.mynah');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^60 exchanges in 3 sessions with http:\/\/wiki\.example\n\nsession +start +exchanges +began +took\n/,
    );
    expect(stdout).toMatch(/^session-1 +continues +20 +2026-01-05T09:00:00\.000Z +5\.0 s$/m);
    expect(stdout).toMatch(/^GET \/users +\d+ +200 ×\d+ +\d+ B +\d+ B +250 ms$/m);
    expect(stdout).not.toContain('slow:');
  });

  it('shows the same of an archive', async () => {
    expect((await inspect('wiki.har')).stdout).toBe((await inspect('wiki.mynah')).stdout);
  });

  it('shows what the compiler knows after a pass, as text and as JSON', async () => {
    expect((await inspect('wiki.mynah', '--after', 'entities')).stdout).toMatch(
      /^http:\/\/wiki\.example:\n {2}- name: \w+\n/,
    );
    const { stdout } = await inspect('wiki.mynah', '--after', 'routes', '--json');
    expect(JSON.parse(stdout)).toHaveProperty(['http://wiki.example', 'GET /users', 'calls']);
  });

  it('counts the secrets that were replaced', async () => {
    expect((await inspect('secret.mynah', '--secrets')).stdout).toMatch(/\nauthorization +3\ncookie +1\n$/);
    expect((await inspect('wiki.mynah', '--secrets')).stdout).toBe('no secret was found in it\n');
    const { stdout } = await inspect('secret.mynah', '--secrets', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ secrets: { authorization: 3, cookie: 1 } });
  });
});

describe('mynah inspect --writes', () => {
  it('lists what could have changed the server, with its outcome', async () => {
    const { stdout } = await inspect('wiki.mynah', '--writes');
    expect(stdout).toMatch(/^at +request +answer\n/);
    expect(stdout).toMatch(/^2026-\S+Z +(?:POST|PUT|PATCH|DELETE) http:\/\/wiki\.example\/\S* +\d{3}$/m);
    expect(stdout).not.toMatch(/Z +GET /);
    expect((await inspect('wiki.har', '--writes')).stdout).toBe(stdout);
    expect(JSON.parse((await inspect('wiki.har', '--writes', '--json')).stdout)).toHaveProperty('writes');
  });
});

describe('mynah inspect of a clone', () => {
  it('shows services, entity types and rules at a glance', async () => {
    const { code, stdout } = await inspect('clone');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^the clock starts at 2024-01-02T03:04:05\.678Z and moves 1\.0 s a step\n/);
    expect(stdout).toMatch(/^Customer +login +\d+ +full, embedded +url, order_count, summary$/m);
    expect(stdout).toMatch(/^GET \/customers\/\{login\} +404 pooled +!has\(customer\)$/m);
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await inspect('clone', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ clone: file('clone'), services: [{ name: 'shop' }] });
  });
});

describe('unusable input', () => {
  it.each([
    [['none.mynah'], 'ERR_RECORDING_NOT_FOUND'],
    [['.'], 'ERR_CLONE_NOT_FOUND'],
    [['clone', '--after', 'routes'], 'ERR_USAGE'],
    [['clone', '--secrets'], 'ERR_USAGE'],
    [['clone', '--writes'], 'ERR_USAGE'],
    [['wiki.har', '--secrets'], 'ERR_USAGE'],
    [['wiki.mynah', '--after', 'lunch'], 'ERR_USAGE'],
  ])('%j ends with 2 and %s', async ([name = '', ...more], error) => {
    const { code, stderr } = await inspect(name, ...more);
    expect(code).toBe(2);
    expect(stderr).toContain(error);
  });
});
