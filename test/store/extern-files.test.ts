import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExterns } from '../../src/store/extern-files.ts';
import { codeBlocks } from '../support/markdown.ts';

const page = readFileSync(new URL('../../docs/formats/clone.md', import.meta.url), 'utf8');

function cloneWith(files: Readonly<Record<string, string>>): string {
  const clone = mkdtempSync(join(tmpdir(), 'mynah-externs-'));
  mkdirSync(join(clone, 'externs'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(clone, 'externs', name), text);
  return clone;
}

describe('the externs of a clone', () => {
  it('are the default exports of the files that are named, and of no others', async () => {
    const slug = codeBlocks(page).find(({ file }) => file === 'externs/slug.mjs')?.text ?? '';
    const clone = cloneWith({ 'slug.mjs': slug, 'other.mjs': 'throw new Error("never loaded")' });
    const externs = await readExterns(clone, ['slug']);
    expect([...externs.keys()]).toEqual(['slug']);
    expect(externs.get('slug')?.apply('Milk & Eggs')).toBe('milk-eggs');
    expect(externs.get('slug')?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await readExterns(clone, [])).toEqual(new Map());
  });

  it('that cannot be used are named, with the reason', async () => {
    const clone = cloneWith({ 'broken.mjs': 'export default (', 'value.mjs': 'export default 3;' });
    await expect(readExterns(clone, ['broken'])).rejects.toMatchObject({ code: 'ERR_EXTERN' });
    await expect(readExterns(clone, ['value'])).rejects.toThrow('no function as its default export');
    await expect(readExterns(clone, ['absent'])).rejects.toThrow('cannot be loaded');
    await expect(readExterns(clone, ['../value'])).rejects.toThrow('a name is a letter');
  });
});
