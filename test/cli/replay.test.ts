import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { finishEpisode, resetEpisode, stepEpisode } from '../../src/core/episode/episode.ts';
import { printLogLine } from '../../src/core/episode/log-line.ts';
import { keepServedModel } from '../../src/store/served-models.ts';
import { callMynah } from '../support/mynah-command.ts';
import { notesEnvironment, notesFiles, notesFolder, notesRequest } from '../support/notes-clone.ts';

const folder = mkdtempSync(join(tmpdir(), 'mynah-replay-'));
const home = join(folder, 'home');
const log = join(folder, 'log.jsonl');

beforeAll(() => {
  const environment = notesEnvironment();
  const begun = resetEpisode(environment, { seed: 2 });
  const { episode, line } = stepEpisode(begun, notesRequest('POST', '/notes', { title: 'a' }));
  writeFileSync(
    log,
    [begun.header, line, finishEpisode(episode, 'yes').line].map((each) => `${printLogLine(each)}\n`).join(''),
  );
  keepServedModel(join(folder, 'data'), home, environment.loaded.digest, notesFiles());
});

describe('mynah replay', () => {
  it('needs the log alone where the model was served on this machine', async () => {
    expect(await callMynah(['replay', log], { MYNAH_DATA: home })).toMatchObject({
      code: 0,
      stdout: `${log}: 1 steps, every one as logged\n`,
    });
  });

  it('takes the clone that is named, and refuses another', async () => {
    expect((await callMynah(['replay', log, '--clone', notesFolder()])).code).toBe(0);
    const other = notesFolder({
      'clone.yaml': 'formatVersion: 1\nclock: { startMs: 0, stepMs: 1 }\nservices: [ notes ]\n',
    });
    const { code, stderr } = await callMynah(['replay', log, '--clone', other]);
    expect(code).toBe(2);
    expect(stderr).toContain('ERR_MODEL_MISMATCH');
  });

  it('ends with 1 and names the step and the member that differ', async () => {
    const changed = join(folder, 'changed.jsonl');
    writeFileSync(changed, readFileSync(log, 'utf8').replace('"status":201', '"status":200'));
    const shown = await callMynah(['replay', changed], { MYNAH_DATA: home });
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('step 1 differs in response\n');
    const json = await callMynah(['replay', changed, '--json'], { MYNAH_DATA: home });
    expect(JSON.parse(json.stdout)).toMatchObject({ steps: 1, difference: { step: 1, members: ['response'] } });
  });

  it('says when a file is no log or not there', async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, readFileSync(log, 'utf8'));
    appendFileSync(broken, 'x\n');
    expect((await callMynah(['replay', broken])).stderr).toContain('ERR_EPISODE_LOG: line 4');
    rmSync(broken);
    expect((await callMynah(['replay', broken])).stderr).toContain('ERR_FILE_NOT_FOUND');
  });
});
