import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/child-command.ts';
import { rejectionOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/recorder.ts';

const shell = (script: string, environment = {}) =>
  runCommand(['sh', '-c', script], { PATH: process.env['PATH'], ...environment });

describe('a command', () => {
  it('ends with its own code, also when a signal ended it', async () => {
    expect([await shell('exit 0'), await shell('exit 9'), await shell('kill -TERM $$')]).toEqual([0, 9, 143]);
  });

  it('has the environment that it was given, and no other', async () => {
    expect(await shell('test "$A" = 1 && test -z "$HOME"', { A: '1' })).toBe(0);
  });

  it('that does not exist is refused', async () => {
    expect((await rejectionOf(runCommand(['no-such-command-anywhere'], {}))).code).toBe('ERR_COMMAND_NOT_FOUND');
  });

  it('is given the signals of this process while it runs', async () => {
    const ready = join(temporaryFolder(), 'ready');
    const before = process.listenerCount('SIGTERM');
    const ended = shell(`trap "exit 5" TERM; touch ${ready}; while :; do sleep 0.05; done`);
    await expect.poll(() => existsSync(ready)).toBe(true);
    // A real signal would also reach the runner of the tests.
    process.emit('SIGTERM', 'SIGTERM');
    expect([await ended, process.listenerCount('SIGTERM')]).toEqual([5, before]);
  });
});
