import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TOOL_VERSION } from '../../src/cli/tool-version.ts';
import { callMynah, runMynah, startMynah } from '../support/mynah-command.ts';

describe('mynah', () => {
  it('lists its verbs and exits 0', async () => {
    const { code, stdout } = await runMynah(['help']);
    for (const verb of ['record', 'compile', 'serve', 'run', 'replay', 'drift']) expect(stdout).toContain(`  ${verb} `);
    expect(code).toBe(0);
  });

  it('says its version', async () => {
    expect(await callMynah(['--version'])).toMatchObject({ code: 0, stdout: `${TOOL_VERSION}\n` });
  });

  it('ends without a word where nobody reads on, as with head', async () => {
    const child = startMynah(['help']);
    child.stdout?.destroy();
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += String(chunk)));
    expect([...(await once(child, 'close')), said]).toEqual([0, null, '']);
  });

  it.each([
    [['nothing'], /unknown command 'nothing'/],
    [['compile'], /missing required argument|required option/],
    [['serve', '--nothing', 'x'], /unknown option '--nothing'/],
  ])('%j exits 2 and says why', async (args, why) => {
    const { code, stdout, stderr } = await runMynah(args);
    expect(stderr).toMatch(why);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('turns a failure into one line with its code', async () => {
    const { code, stderr } = await runMynah(['serve', 'no-such-clone']);
    expect(stderr).toMatch(/^mynah: ERR_CLONE_NOT_FOUND: no-such-clone .+\n$/);
    expect(code).toBe(2);
  });
});
