// Documentation that stays true: links lead somewhere, samples are executed, and no page or source names the machine it was
// written on.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks } from '../support/markdown.ts';
import { ROOT, lineOf, sourceFiles } from '../support/source-tree.ts';

const pages = sourceFiles('.', /^(docs\/.*|[A-Z]+|\w+\/README)\.md$/);
const written = sourceFiles('.', /\.(ts|mjs|js|md|ya?ml|py|sh)$|^\.ci\/|package\.json$/);

/** Words behind a code block's language: `file=PATH` part of an executed example, `run` executed by the page's test, `shown` neither. */
const SHOWN_ANYWAY = new Set(['text', 'console']);

/** Folders and hosts of one machine. */
const MACHINE = /(?<![\w.~-])\/(work|home|Users)\/[a-z]+|(?<![\w.])\/tmp\/[a-z]+|registry\.npmjs/g;

describe('pages', () => {
  it('link only to files that exist', () => {
    const dead = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(#[^)]*)?\)/g)].flatMap(({ 1: target = '', index }) =>
        existsSync(join(ROOT, dirname(path), target)) ? [] : [`${path}:${lineOf(text, index)}: ${target}`],
      ),
    );
    expect(dead).toEqual([]);
  });

  it('hold only code that a test executes or that is marked as shown', () => {
    const unmarked = pages.flatMap(({ path, text }) =>
      codeBlocks(text)
        .filter(
          ({ language, file, marks }) =>
            !SHOWN_ANYWAY.has(language) &&
            file === undefined &&
            !marks.some((mark) => mark === 'run' || mark === 'shown'),
        )
        .map(({ language, line }) => `${path}:${line}: ${language}`),
    );
    expect(unmarked).toEqual([]);
  });
});

describe('everything written here', () => {
  it('names no folder or host of the machine it was written on', () => {
    const found = written
      .filter(({ path }) => path !== 'test/tidy/pages.test.ts')
      .flatMap(({ path, text }) =>
        [...text.matchAll(MACHINE)].map((match) => `${path}:${lineOf(text, match.index)}: ${match[0]}`),
      );
    expect(found).toEqual([]);
  });
});
