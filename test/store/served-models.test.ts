import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findServedModel, keepServedModel } from '../../src/store/served-models.ts';
import { failureOf } from '../support/failure.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'mynah-models-'));
const digest = 'a'.repeat(64);
const files = new Map([
  ['clone.yaml', 'formatVersion: 1\n'],
  ['s/seed/A.ndjson', '{"id":1}\n'],
  ['evidence.jsonl', '{}\n'],
]);

describe('served models', () => {
  it('are found by digest, with what they are made of, from wherever they were served', () => {
    const [data, home] = [folder(), folder()];
    keepServedModel(data, home, digest, files);
    const kept = new Map([...files].slice(0, 2));
    expect(findServedModel(home, digest)).toEqual(kept);
    expect(findServedModel(folder(), digest, data)).toEqual(kept);
    expect(findServedModel(folder(), digest)).toBeUndefined();
  });

  it('are not found when their folder is gone, nor by what is no digest', () => {
    const [data, home] = [folder(), folder()];
    keepServedModel(data, home, digest, files);
    rmSync(data, { recursive: true });
    expect(findServedModel(home, digest)).toBeUndefined();
    expect(findServedModel(home, '../../etc/passwd')).toBeUndefined();
  });

  it('are kept where the user has no folder that can be written, but not without a data folder', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const data = folder();
    keepServedModel(data, join(file, 'home'), digest, files);
    expect(findServedModel(folder(), digest, data)?.size).toBe(2);
    expect(failureOf(() => keepServedModel(join(file, 'data'), folder(), digest, files)).code).toBe(
      'ERR_FILE_UNWRITABLE',
    );
  });
});
