import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printCloneFiles } from '../../src/core/model/files-print.ts';
import { prepareCloneFolder, readCloneFolder, writeCloneFolder } from '../../src/store/clone-folder.ts';
import { rejectionOf } from '../support/failure.ts';
import { sampleModel } from '../support/sample-model.ts';

const files = printCloneFiles(sampleModel);
let base: string;
let clone: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mynah-clone-'));
  clone = join(base, 'clone');
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function listed(): Promise<string[]> {
  const entries = await readdir(clone, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(clone.length + 1))
    .sort();
}

describe('the folder of a clone', () => {
  it('gives back the model that was written', async () => {
    await writeCloneFolder(clone, files);
    const read = await readCloneFolder(clone);
    expect(read.model).toEqual(sampleModel);
    expect(read.files).toEqual(files);
  });

  it('reads overrides and applies them, and gives every text file to who wants it', async () => {
    await writeCloneFolder(clone, files);
    await mkdir(join(clone, 'overrides'));
    await writeFile(join(clone, 'overrides', 'mine.yaml'), '- rule: unknown-path\n  reply: { status: 418 }\n');
    await writeFile(join(clone, 'probes.yaml'), '[]\n');
    const read = await readCloneFolder(clone);
    expect(read.model.services[0]?.errors[0]?.reply.status).toBe(418);
    expect(read.files.get('probes.yaml')).toBe('[]\n');
  });

  it('removes what it wrote earlier and no longer makes, and nothing else', async () => {
    await writeCloneFolder(clone, new Map([...files, ['notes/routes/old.yaml', '[]\n'], ['REPORT.md', 'old']]));
    await mkdir(join(clone, 'overrides'));
    for (const file of ['probes.yaml', 'tasks.yaml', 'overrides/a.yaml', 'notes/mine.yaml', 'README.txt'])
      await writeFile(join(clone, file), '');
    await writeCloneFolder(clone, files);
    expect(await listed()).toEqual(
      [
        '.compiled',
        ...files.keys(),
        'probes.yaml',
        'tasks.yaml',
        'overrides/a.yaml',
        'notes/mine.yaml',
        'README.txt',
      ].sort(),
    );
  });

  it('keeps its hands inside the folder even when the list of written files was edited', async () => {
    await writeCloneFolder(clone, files);
    await writeFile(join(base, 'precious.yaml'), 'x');
    await writeFile(join(clone, 'probes.yaml'), 'x');
    await writeFile(
      join(clone, '.compiled'),
      '../precious.yaml\nnotes/../../precious.yaml\nprobes.yaml\n/etc/hostname\n',
    );
    await writeCloneFolder(clone, files);
    expect(await readFile(join(base, 'precious.yaml'), 'utf8')).toBe('x');
    expect(await readFile(join(clone, 'probes.yaml'), 'utf8')).toBe('x');
  });

  it('leaves unchanged files alone', async () => {
    await writeCloneFolder(clone, files);
    const before = await stat(join(clone, 'clone.yaml'));
    await writeCloneFolder(clone, new Map([...files, ['REPORT.md', 'new']]));
    expect((await stat(join(clone, 'clone.yaml'))).ino).toBe(before.ino);
    expect(await readFile(join(clone, 'REPORT.md'), 'utf8')).toBe('new');
  });

  it.each(['probes.yaml', 'overrides/a.yaml', '../x.yaml', '/x.yaml'])('never writes %s', async (file) => {
    await expect(writeCloneFolder(clone, new Map([[file, '']]))).rejects.toThrowError('invariant');
  });

  it('says how to make a clone where there is none', async () => {
    await mkdir(clone);
    await writeFile(join(base, 'file'), '');
    for (const path of [clone, join(base, 'nothing'), join(base, 'file')]) {
      const failure = await rejectionOf(readCloneFolder(path));
      expect(failure.code).toBe('ERR_CLONE_NOT_FOUND');
      expect(failure.message).toContain('mynah compile');
    }
  });

  it('names the path that cannot be written', async () => {
    await writeFile(join(base, 'file'), '');
    const failure = await rejectionOf(writeCloneFolder(join(base, 'file', 'clone'), files));
    expect(failure.code).toBe('ERR_FILE_UNWRITABLE');
    expect(failure.message).toContain(join(base, 'file', 'clone'));
  });

  it('is known to be unwritable before anything is compiled for it', async () => {
    await writeFile(join(base, 'file'), '');
    expect((await rejectionOf(prepareCloneFolder(join(base, 'file')))).code).toBe('ERR_FILE_UNWRITABLE');
    await prepareCloneFolder(join(base, 'new', 'clone'));
    expect((await stat(join(base, 'new', 'clone'))).isDirectory()).toBe(true);
  });

  it('a malformed file is reported with its path inside the clone', async () => {
    await writeCloneFolder(clone, files);
    await writeFile(join(clone, 'notes', 'service.yaml'), 'name: [');
    expect((await rejectionOf(readCloneFolder(clone))).message).toMatch(/^notes\/service\.yaml:1:\d+: /);
  });

  it('does not follow links out of the folder', async () => {
    await writeCloneFolder(clone, files);
    await writeFile(join(base, 'secret.yaml'), 'x');
    await symlink(join(base, 'secret.yaml'), join(clone, 'link.yaml'));
    expect((await readCloneFolder(clone)).files.has('link.yaml')).toBe(false);
  });
});
