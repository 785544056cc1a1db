import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriftFinding } from '../../src/core/drift/finding.ts';
import { printCloneFiles } from '../../src/core/model/files-print.ts';
import { SHAPES_FILE, printShapes } from '../../src/core/model/shapes-file.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { writeCloneFolder } from '../../src/store/clone-folder.ts';
import { openRecordingForAppend } from '../../src/store/recording-store.ts';
import { runMynah } from '../support/mynah-command.ts';
import { apiModel, changeItems, recordApi, rename, shapesOf } from '../support/recorded-api.ts';

let folder: string;
const file = (name: string): string => join(folder, name);

async function write(name: string, recording: Recording): Promise<void> {
  const writer = openRecordingForAppend(file(name), {
    toolVersion: 'test',
    startedAt: 0,
    target: 'https://api.example',
  });
  for (const session of recording.sessions) writer.useSession(session);
  await Promise.all(recording.exchanges.map((exchange) => writer.append(exchange)));
  writer.close(1);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mynah-drift-'));
  const shapes = printShapes(shapesOf(recordApi({ seed: 1 })));
  await writeCloneFolder(file('clone'), new Map([...printCloneFiles(apiModel), [SHAPES_FILE, shapes]]));
  await writeCloneFolder(file('bare'), printCloneFiles(apiModel));
  await write('same.mynah', recordApi({ seed: 2 }));
  const change = changeItems((item) => rename(item, 'title', 'headline'));
  await write(
    'changed.mynah',
    recordApi({
      seed: 2,
      change: (answer, method, path) => ({ ...change(answer), status: method === 'POST' ? 200 : answer.status, path }),
    }),
  );
  await write(
    'other.mynah',
    recordApi({ seed: 2, origin: 'https://other.example', change: (answer) => ({ ...answer, body: { name: 'x' } }) }),
  );
  writeFileSync(file('damaged.mynah'), 'not a database');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (recording: string, ...more: string[]) =>
  runMynah(['drift', 'check', file('clone'), '--recording', file(recording), ...more]);

describe('mynah drift check', () => {
  it('exits 0 for the same API', async () => {
    const { code, stdout, stderr } = await check('same.mynah');
    expect(stdout).toContain('clean: 5 of 5 routes asked by 300 of 300 exchanges');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('exits 1 for a changed one and names field and status', async () => {
    const { code, stdout } = await check('changed.mynah');
    expect(stdout).toContain('field.renamed title -> headline');
    expect(stdout).toContain('status.changed 201 -> 200');
    expect(code).toBe(1);
  });

  it('exits 3 for another API, with the reason', async () => {
    const { code, stdout } = await check('other.mynah');
    expect(stdout).toMatch(/^inconclusive: .*another API/);
    expect(code).toBe(3);
  });

  it('prints one JSON document, as --json or --format json', async () => {
    const { code, stdout } = await check('changed.mynah', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      formatVersion: 1,
      verdict: 'drift',
      findings: expect.any(Array) as unknown,
    });
    expect(code).toBe(1);
    expect((await check('changed.mynah', '--format', 'json')).stdout).toBe(stdout);
  });

  it('fails only on severe findings when told', async () => {
    expect((await check('changed.mynah', '--fail-on', 'breaking')).code).toBe(1);
    expect((await check('changed.mynah', '--fail-on', 'nothing')).code).toBe(2);
  });

  it.each([
    ['missing.mynah', 'ERR_RECORDING_NOT_FOUND'],
    ['damaged.mynah', 'ERR_RECORDING_DAMAGED'],
  ])('exits 2 for %s with one clear line', async (name, errorCode) => {
    const { code, stdout, stderr } = await check(name);
    expect(stderr).toMatch(new RegExp(`^mynah: ${errorCode}: .+\n$`));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('exits 2 for a clone without counts, and says what to do', async () => {
    const { code, stderr } = await runMynah(['drift', 'check', file('bare'), '--recording', file('same.mynah')]);
    expect(stderr).toContain('compile its recordings again');
    expect(code).toBe(2);
  });
});

describe('mynah drift show', () => {
  it('shows a finding with the answer around it', async () => {
    const { findings } = JSON.parse((await check('changed.mynah', '--json')).stdout) as { findings: DriftFinding[] };
    const finding = findings.find(({ rule, route }) => rule === 'field.renamed' && route.id === 'items.get');
    const show = (id: string) => runMynah(['drift', 'show', file('clone'), id, '--recording', file('changed.mynah')]);
    const { code, stdout } = await show(finding?.id ?? '');
    expect(stdout).toContain('GET /items/{id} 200');
    expect(stdout).toMatch(/^-\s+title: "string"$/m);
    expect(stdout).toMatch(/^\+\s+headline: "string"$/m);
    expect(code).toBe(0);
    const unknown = await show('nothing');
    expect(unknown.stderr).toContain('ERR_USAGE');
    expect(unknown.code).toBe(2);
  });
});
