// The core is pure. The type checker keeps I/O out of it (tsconfig.core.json); what the language itself offers, and what
// would make equal inputs give unequal results, is found here by name.
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { lineOf, sourceFiles, visitNodes } from '../support/source-tree.ts';

const FORBIDDEN_NAMES = new Set([
  'Date',
  'Intl',
  'Promise',
  'globalThis',
  'eval',
  'WeakRef',
  'FinalizationRegistry',
  'Atomics',
]);
const FORBIDDEN_MEMBERS = /^(localeCompare|toLocale\w*)$/;

/** What is impure in a source text, one line each. */
function impurities(text: string): readonly string[] {
  const found: string[] = [];
  visitNodes(text, (node) => {
    const report = (what: string): number => found.push(`${lineOf(text, node.getStart())}: ${what}`);
    if (ts.isIdentifier(node) && FORBIDDEN_NAMES.has(node.text) && !isMemberName(node)) report(node.text);
    if (ts.isPropertyAccessExpression(node)) {
      if (FORBIDDEN_MEMBERS.test(node.name.text)) report(node.name.text);
      if (node.getText() === 'Math.random') report('Math.random');
    }
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) report('async');
  });
  return found;
}

/** `x.Date` and `{ Date: … }` are names of ours, not the global. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

describe('the core', () => {
  it.each([
    'new Date()',
    'const t = Date.now();',
    'Math.random();',
    'a.localeCompare(b);',
    'x.toLocaleUpperCase();',
    'async function f() {}',
    'const p: Promise<void> = q;',
    'new Intl.Collator();',
    'globalThis.x = 1;',
  ])('could not hold %s unseen', (text) => {
    expect(impurities(text)).not.toEqual([]);
  });

  it('may speak of dates in words, members and comments', () => {
    expect(impurities('// Date.now()\nconst a = { Date: "Date" }; a.Date;')).toEqual([]);
  });

  it('holds no clock, no randomness, no locale and nothing that waits', () => {
    const found = sourceFiles('src/core', /\.ts$/).flatMap(({ path, text }) =>
      impurities(text).map((what) => `${path}:${what}`),
    );
    expect(found).toEqual([]);
  });
});
