import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRecordingForAppend } from '../../src/store/recording-store.ts';
import { openClone } from '../../src/library/open-clone.ts';
import { callMynah, runMynah } from '../support/mynah-command.ts';
import { notesFolder } from '../support/notes-clone.ts';
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

const TASKS = { 'tasks.yaml': 'tasks: [{ id: write, goal: Write a note. }]' };

/** The log of an episode of a clone, as a file. */
async function logOf(clone: string): Promise<string> {
  const episode = (await openClone(clone)).reset({ seed: 1 });
  episode.step({ method: 'GET', path: '/notes' });
  episode.finish('none');
  const path = join(temporaryFolder(), 'e1.jsonl');
  writeFileSync(path, episode.log().join('\n'));
  return path;
}

it('mynah export --atif and --results write episodes as others read them', async () => {
  const clone = notesFolder(TASKS);
  const log = await logOf(clone);
  const out = join(temporaryFolder(), 'trajectory.json');
  expect((await runMynah(['export', log, '--atif', '--clone', clone, '--out', out])).code).toBe(0);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    session_id: 'e1',
    steps: [{ source: 'user', message: 'Write a note.' }, { tool_calls: [{}] }, { message: 'none' }],
  });
  const both = await runMynah(['export', log, log, '--results', '--clone', clone]);
  expect(
    both.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([{ task: 'write' }, { done: true }]);
  expect(await runMynah(['export', log, log, '--atif'])).toMatchObject({ code: 2 });
  expect(await runMynah(['export', log, '--atif', '--har'])).toMatchObject({ code: 2 });
});

it('mynah export --harbor takes externs along that are named', async () => {
  const out = join(temporaryFolder(), 'task');
  const clone = notesFolder({ ...TASKS, 'externs/slug.mjs': 'export default (text) => text;' });
  expect(await callMynah(['export', clone, '--harbor', '--extern', 'slug', '--out', out])).toMatchObject({ code: 0 });
  expect(existsSync(join(out, 'environment/clone/clone/externs/slug.mjs'))).toBe(true);
});

it('mynah export --harbor writes a task as a folder, once', async () => {
  const out = join(temporaryFolder(), 'task');
  const clone = notesFolder(TASKS);
  expect(await runMynah(['export', clone, '--harbor', '--out', out])).toMatchObject({ code: 0 });
  for (const file of [
    'task.toml',
    'instruction.md',
    'environment/Dockerfile',
    'environment/clone/clone/clone.yaml',
    'tests/test.sh',
  ])
    expect(existsSync(join(out, file))).toBe(true);
  expect((await runMynah(['export', clone, '--harbor', '--out', out])).stderr).toContain('exists already');
  expect((await runMynah(['export', clone, '--harbor', '--task', 'x', '--out', `${out}2`])).stderr).toContain(
    'ERR_TASK_NOT_FOUND',
  );
  expect((await runMynah(['export', notesFolder(), '--harbor', '--out', `${out}2`])).stderr).toContain('has no tasks');
  expect((await runMynah(['export', clone, '--harbor'])).stderr).toContain('name it with --out');
});
