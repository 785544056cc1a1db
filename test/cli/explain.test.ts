import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../fixtures/wiki-service.ts';
import { openEnvironment } from '../../src/core/episode/environment.ts';
import { resetEpisode, stepEpisode } from '../../src/core/episode/episode.ts';
import type { AskedFaults } from '../../src/core/episode/faults.ts';
import { printLogLine } from '../../src/core/episode/log-line.ts';
import { loadModel } from '../../src/core/runtime/step.ts';
import { readCloneFolder } from '../../src/store/clone-folder.ts';
import { callMynah } from '../support/mynah-command.ts';
import { writeRecording } from '../support/recording-files.ts';

let folder: string;
const file = (name: string): string => join(folder, name);

/** An episode of three steps: a page that is there, one that is not, an address that no route has. */
async function writeLog(path: string, faults?: AskedFaults): Promise<void> {
  const { model, files } = await readCloneFolder(file('clone'));
  let episode = resetEpisode(openEnvironment(loadModel(model), files), { seed: 1, faults });
  const lines = [printLogLine(episode.header)];
  for (const target of ['/pages/1', '/pages/77', '/nowhere/at/all']) {
    const headers = [['authorization', 'Bearer token-of-ada']] as const;
    const next = stepEpisode(episode, { origin: WIKI_ORIGIN, method: 'GET', target, headers });
    episode = next.episode;
    lines.push(printLogLine(next.line));
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mynah-explain-'));
  await writeRecording(file('wiki.mynah'), recordWiki({ sessions: 6, steps: 30 }));
  await callMynah(['compile', file('wiki.mynah'), '--out', file('clone'), '--folds', '1']);
  await writeLog(file('log.jsonl'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const explain = (step: number, ...more: readonly string[]) =>
  callMynah(['explain', file('log.jsonl'), '--step', String(step), '--clone', file('clone'), ...more]);

describe('mynah explain', () => {
  it('says of a step that met a fault that the episode was asked to have it', async () => {
    await writeLog(file('faults.jsonl'), { rate: 1, kinds: ['503'] });
    const { code, stdout } = await callMynah([
      'explain',
      file('faults.jsonl'),
      '--step',
      '2',
      '--clone',
      file('clone'),
    ]);
    const text = 'step 2: GET /pages/77 met a fault, 503, which the episode was asked to have\n';
    expect([code, stdout]).toEqual([0, text]);
  });

  it('names the rule that answered, with its text and the exchanges it rests on', async () => {
    const { code, stdout } = await explain(1);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^step 1: GET \/pages\/1 was answered 200 \(synthesised\)\nroute GET \/pages\/\{\w+\} of wiki\.example\n/,
    );
    expect(stdout).toMatch(/^page is Page 1$/m);
    expect(stdout).toMatch(/\nanswered by GET \/pages\/\{\w+\} 200/);
    expect(stdout).toMatch(/^ {4}reply:\n {6}status: 200$/m);
    expect(stdout).toMatch(/rests on \d+ exchanges, for example 1\.\d+/);
  });

  it('shows what the other rules lacked', async () => {
    const { stdout } = await explain(1);
    expect(stdout).toMatch(/\nother rules:\n/);
    expect(stdout).toMatch(/ \(404\) lacked\n {4}fails: .*page.* {3}\(.*page is Page 1.*\)\n/);
  });

  it('shows a step that failed in the original too', async () => {
    const { stdout } = await explain(2);
    expect(stdout).toContain('was answered 404');
    expect(stdout).toMatch(/^page is missing$/m);
    expect(stdout).toMatch(/would hold too, but comes later|lacked/);
  });

  it('shows a path without route', async () => {
    expect((await explain(3)).stdout).toContain('no route of the clone matches\n');
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await explain(1, '--json');
    const document = JSON.parse(stdout) as {
      readonly rules: readonly { readonly answered: boolean; readonly evidence: unknown }[];
    };
    expect(document).toMatchObject({
      step: 1,
      status: 200,
      provenance: 'synthesised',
      bindings: { page: { $ref: 'Page' } },
    });
    expect(document.rules.filter(({ answered }) => answered)).toHaveLength(1);
    expect(document.rules.find(({ answered }) => answered)?.evidence).toMatchObject({ service: 'wiki.example' });
  });

  it.each([
    [['explain', 'log.jsonl', '--step', '9', '--clone', 'clone'], 'ERR_USAGE'],
    [['explain', 'none.jsonl', '--step', '1'], 'ERR_FILE_NOT_FOUND'],
    [['explain', 'log.jsonl', '--step', '1'], 'ERR_MODEL_MISMATCH'],
    [['explain', 'wiki.mynah', '--step', '1'], 'ERR_EPISODE_LOG'],
  ])('%j ends with 2 and %s', async (args, error) => {
    const { code, stderr } = await callMynah(args.map((arg) => (/^(?:clone|.+\.\w+)$/.test(arg) ? file(arg) : arg)));
    expect(code).toBe(2);
    expect(stderr).toContain(error);
  });
});
