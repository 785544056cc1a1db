import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import { WIKI_ORIGIN } from '../../fixtures/wiki-service.ts';
import { openClone } from '../../src/library/open-clone.ts';
import { callMynah } from '../support/mynah-command.ts';
import { writeRecording } from '../support/recording-files.ts';

let folder: string;
const file = (name: string): string => join(folder, name);

const untitled = {
  method: 'POST',
  path: `${WIKI_ORIGIN}/pages`,
  headers: { authorization: 'Bearer token-of-ada' },
  body: { text: 'amber' },
};

const compile = () => callMynah(['compile', file('wiki.mynah'), '--out', file('clone'), '--folds', '0', '--json']);
const correct = (...more: readonly string[]) =>
  callMynah(['correct', file('log.jsonl'), '--clone', file('clone'), ...more]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mynah-correct-'));
  const wiki = recordWiki({ sessions: 6, steps: 30 });
  // Nobody ever sent a page without a title.
  const exchanges = wiki.exchanges.filter(
    ({ request, response }) => request.method !== 'POST' || response?.status !== 422,
  );
  await writeRecording(file('wiki.mynah'), { ...wiki, exchanges });
  await compile();
  const episode = (await openClone(file('clone'))).reset({ seed: 1 });
  episode.step(untitled);
  writeFileSync(
    file('log.jsonl'),
    episode
      .log()
      .map((line) => `${line}\n`)
      .join(''),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mynah correct', () => {
  it('writes what the original says beside the clone, and the next compile answers so', async () => {
    const said = await correct('--step', '1', '--status', '422', '--body', '{"error":"title is required"}', '--json');
    expect(said.code).toBe(0);
    const { counterexample } = JSON.parse(said.stdout) as { counterexample: string };
    expect(readFileSync(counterexample, 'utf8')).toContain('title is required');

    expect((await compile()).code).toBe(0);
    const { observation } = (await openClone(file('clone'))).reset({ seed: 9 }).step(untitled);
    expect(observation).toMatchObject({ status: 422, body: { error: 'title is required' } });
    expect(readdirSync(join(file('clone'), 'counterexamples'))).toHaveLength(1);
    rmSync(counterexample);
  });

  it('makes a compile that does not satisfy it end with 1, though the clone is written', async () => {
    const said = await correct('--step', '1', '--body', '{"id":77,"title":"who knows why"}', '--json');
    const { counterexample } = JSON.parse(said.stdout) as { counterexample: string };
    const { code, stdout } = await compile();
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { diagnostics: unknown[] }).diagnostics).toMatchObject([
      { code: 'counterexample-unsatisfied' },
    ]);
    rmSync(counterexample);
  });

  it('refuses what says nothing, and says how to say it', async () => {
    const refused = async (...more: readonly string[]) => {
      const { code, stderr } = await correct('--step', '1', ...more);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused()).toContain('ERR_USAGE: say what is right: --status, --header, --body or --body-file');
    expect(await refused('--status', 'ok')).toContain('ERR_USAGE: --status wants a whole number');
    expect(await refused('--header', 'x')).toContain('ERR_USAGE: --header wants "name: value"');
    expect(await refused('--body', '1', '--body-file', file('log.jsonl'))).toContain('not by both');
    expect(await refused('--body-file', file('none'))).toContain('ERR_FILE_NOT_FOUND');
  });
});
