import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { finishEpisode, resetEpisode, stepEpisode } from '../../src/core/episode/episode.ts';
import { printLogLine } from '../../src/core/episode/log-line.ts';
import { keepServedModel } from '../../src/store/served-models.ts';
import { callMynah } from '../support/mynah-command.ts';
import { notesEnvironment, notesFiles, notesRequest } from '../support/notes-clone.ts';

const folder = mkdtempSync(join(tmpdir(), 'mynah-score-'));
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

describe('mynah score', () => {
  it('gives what other probes would have given', async () => {
    const probes = join(folder, 'new.yaml');
    writeFileSync(
      probes,
      "probes: [{ id: wrote, on: { status: 201 }, reward: 4 }, { id: said, kind: outcome, when: answer == 'yes', reward: 1 }]",
    );
    const text = await callMynah(['score', log, '--probes', probes], { MYNAH_DATA: home });
    expect(text).toMatchObject({ code: 0, stdout: `${log}: 5 (was 0)\n  step 1: wrote 4\n  finish: said 1\n` });
    const json = await callMynah(['score', log, log, '--probes', probes, '--json'], { MYNAH_DATA: home });
    expect(JSON.parse(json.stdout)).toMatchObject({
      scores: [
        { log, reward: 5, logged: 0 },
        { log, reward: 5 },
      ],
    });
  });

  it('refuses malformed probes with line and column', async () => {
    const probes = join(folder, 'bad.yaml');
    writeFileSync(probes, 'probes:\n  - { id: a, rewad: 1 }\n');
    const { code, stderr } = await callMynah(['score', log, '--probes', probes], { MYNAH_DATA: home });
    expect([code, stderr]).toEqual([2, `mynah: ERR_PROBE_FILE: ${probes}:2:14: unknown key rewad\n`]);
  });
});
