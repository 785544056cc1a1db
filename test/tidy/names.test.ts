// Names: one word, one meaning; a file is named after its noun.
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { lineOf, sourceFiles, visitNodes } from '../support/source-tree.ts';

const DRAWERS = /^(utils?|helpers?|common|types|misc|shared|lib|base|index|constants|interfaces)\.ts$/;
/** The only barrels: the public library and its core. */
const BARRELS = ['src/index.ts', 'src/core/index.ts'];
/** Words of the trade that say nothing here, or mean something else (DESIGN, Words). */
const BANNED_WORDS = /mock|manager|helper|(^|[a-z_])utils?($|[A-Z_])|factory|impl$/i;
/** Software that benchmarks run against: nothing in the product may know it. */
const TARGETS =
  /\b(redmine|unleash|pouchdb|etcd|json-server|datadog|contentful|stripe|slack|octokit)\b|github(?!-annotations)|emulate\b/gi;

const src = sourceFiles('src', /\.ts$/);

describe('names', () => {
  it('of files are kebab-case nouns, never drawers', () => {
    const odd = src.filter(({ path }) => {
      const name = path.split('/').at(-1) ?? '';
      return !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name) || (DRAWERS.test(name) && !BARRELS.includes(path));
    });
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it('of what the code declares hold no empty or foreign words', () => {
    const found = src.flatMap(({ path, text }) => {
      const names: string[] = [];
      visitNodes(text, (node) => {
        const name = declaredName(node);
        if (name !== undefined && BANNED_WORDS.test(name.text))
          names.push(`${path}:${lineOf(text, name.getStart())}: ${name.text}`);
      });
      return names;
    });
    expect(found).toEqual([]);
  });

  it('of benchmark targets stand nowhere in src', () => {
    const found = src.flatMap(({ path, text }) =>
      [...text.matchAll(TARGETS)].map((match) => `${path}:${lineOf(text, match.index)}: ${match[0]}`),
    );
    expect(found).toEqual([]);
  });
});

function declaredName(node: ts.Node): ts.Identifier | undefined {
  const isDeclaration =
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isParameter(node);
  return isDeclaration && node.name !== undefined && ts.isIdentifier(node.name) ? node.name : undefined;
}
