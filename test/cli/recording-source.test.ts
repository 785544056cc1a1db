import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recordWiki } from '../../fixtures/wiki-recording.ts';
import { isArchive, readRecordingFile } from '../../src/cli/recording-source.ts';
import { writeArchive, writeRecording } from '../support/recording-files.ts';
import { writeFileSync } from 'node:fs';

const folder = mkdtempSync(join(tmpdir(), 'mynah-source-'));
const wiki = recordWiki({ sessions: 1, steps: 6 });

afterEach(() => vi.unstubAllEnvs());

describe('a recording that a verb is given', () => {
  it('is the same from a recording and from its archive', async () => {
    await writeRecording(join(folder, 'wiki.mynah'), wiki);
    writeArchive(join(folder, 'wiki.har'), wiki);
    const [file, archive] = ['wiki.mynah', 'wiki.har'].map((name) => readRecordingFile(join(folder, name)));
    expect(file?.exchanges).toEqual(wiki.exchanges);
    expect(archive?.exchanges).toEqual(file?.exchanges);
    expect(archive?.sessions).toEqual(file?.sessions);
  });

  it('holds no secret of an archive that another tool made', () => {
    vi.stubEnv('MYNAH_DATA', join(folder, 'home'));
    const entry = {
      startedDateTime: '2026-01-05T09:00:00.000Z',
      time: 5,
      request: {
        method: 'GET',
        url: 'http://api.example/x',
        headers: [{ name: 'Authorization', value: 'Bearer s3cr3t-t0ken-of-somebody' }],
      },
      response: { status: 200, headers: [], content: { mimeType: 'application/json', text: '{}' } },
    };
    writeFileSync(join(folder, 'browser.har'), JSON.stringify({ log: { version: '1.2', entries: [entry] } }));
    const recording = readRecordingFile(join(folder, 'browser.har'));
    expect(recording.exchanges).toHaveLength(1);
    expect(JSON.stringify(recording)).not.toContain('s3cr3t');
  });

  it.each([
    ['a.har', true],
    ['a.HAR.gz', true],
    ['a.mynah', false],
    ['har', false],
  ])('%s is an archive: %s', (path, expected) => expect(isArchive(path)).toBe(expected));
});
