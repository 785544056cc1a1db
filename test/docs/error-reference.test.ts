import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorReference } from '../../scripts/error-reference.ts';
import { ERROR_CODES } from '../../src/core/std/error-codes.ts';
import { sourceFiles } from '../support/source-tree.ts';

describe('the reference of errors', () => {
  it('is what the table of codes says (otherwise: npm run docs)', () => {
    expect(readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8')).toBe(
      errorReference(ERROR_CODES),
    );
  });

  it('names no code that nothing can fail with', () => {
    const sources = sourceFiles('src', /\.ts$/).filter(({ path }) => !path.endsWith('error-codes.ts'));
    const unused = Object.keys(ERROR_CODES).filter((code) => !sources.some(({ text }) => text.includes(`'${code}'`)));
    expect(unused).toEqual([]);
  });
});
