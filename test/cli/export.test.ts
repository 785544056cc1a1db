import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRecordingForAppend } from '../../src/store/recording-store.ts';
import { runMynah } from '../support/mynah-command.ts';
import { temporaryFolder } from '../support/recorder.ts';

it('mynah export says when the file cannot be written', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'r.mynah');
  openRecordingForAppend(path, { toolVersion: '1', startedAt: 0, target: 'x' }).close(0);
  const result = await runMynah(['export', path, '--har', '--out', join(folder, 'no', 'such', 'folder.har')]);
  expect([result.code, result.stderr]).toEqual([
    2,
    expect.stringContaining('mynah: ERR_FILE_UNWRITABLE: cannot write'),
  ]);
});
