// The example in docs/formats/clone.md is the format: what stands there is read, printed and served.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printCloneFiles } from '../../src/core/model/files-print.ts';
import { isHumanFile } from '../../src/core/model/file-layout.ts';
import { readCloneFiles } from '../../src/core/model/files-read.ts';
import { applyOverrides } from '../../src/core/model/overrides.ts';
import { codeBlocks } from '../support/markdown.ts';

const page = readFileSync(new URL('../../docs/formats/clone.md', import.meta.url), 'utf8');
const files = new Map(codeBlocks(page).flatMap(({ file, text }) => (file === undefined ? [] : [[file, text]])));
const compiled = new Map([...files].filter(([file]) => !isHumanFile(file)).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('the example of the clone format', () => {
  it('is exactly what the compiler prints', () => {
    expect(printCloneFiles(readCloneFiles(files))).toEqual(compiled);
  });

  it('has an override that changes the rule it names', () => {
    const model = applyOverrides(readCloneFiles(files), files);
    const create = model.services[0]?.routes.find(({ id }) => id === 'notes.create');
    expect(create?.guards?.[0]).toMatchObject({ reply: { status: 400 }, locked: true });
  });
});
