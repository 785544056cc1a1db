import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/store/make-folder.ts';

let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mynah-folder-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('making a folder', () => {
  it('makes the folders on the way to it, and is content with one that exists', async () => {
    const path = join(base, 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path)]);
    await makeFolder(path);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('fails where a file is in the way', async () => {
    await writeFile(join(base, 'file'), '');
    await expect(makeFolder(join(base, 'file'))).rejects.toThrowError(/EEXIST/);
    await expect(makeFolder(join(base, 'file', 'below'))).rejects.toThrowError(/EEXIST|ENOTDIR/);
  });

  it.runIf(existsSync('/proc'))('fails, and does not hang, where the system makes no folders', async () => {
    await expect(makeFolder('/proc/mynah/clone')).rejects.toThrowError(/ENOENT|EPERM|EACCES/);
  });
});
