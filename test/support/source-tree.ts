// The repository's own sources as values, for the tests that hold the house rules.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
}

const NOT_OURS = new Set(['node_modules', 'dist', '.git', 'coverage', 'demo-output']);

/** Files under a folder of the repository whose path matches, sorted by path; empty when the folder does not exist yet. */
export function sourceFiles(folder: string, matching: RegExp): readonly SourceFile[] {
  const paths = list(join(ROOT, folder)).map((full) => relative(ROOT, full).replaceAll(sep, '/'));
  return paths
    .filter((path) => matching.test(path))
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return { path, text, lineCount: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) };
    });
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (NOT_OURS.has(entry.name)) return [];
      const full = join(folder, entry.name);
      return entry.isDirectory() ? list(full) : entry.isFile() ? [full] : [];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export interface Import {
  /** As written, or for a relative one the path from the root. */
  readonly target: string;
  /** `import type`, or an import of types alone: nothing of it exists at run time. */
  readonly typeOnly: boolean;
}

export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const target = specifier.startsWith('.') ? posix.normalize(`${dirname(path)}/${specifier}`) : specifier;
    imports.push({ target, typeOnly });
  };
  visitNodes(text, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, isTypeImport(node));
    if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      add(node.moduleSpecifier.text, node.isTypeOnly);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false);
    }
  });
  return imports;
}

function isTypeImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

/** Whether a module does anything: one of types and constants alone needs no test. */
export function hasCode({ text }: SourceFile): boolean {
  let found = false;
  visitNodes(text, (node) => {
    found ||=
      (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) ||
      ts.isClassDeclaration(node) ||
      ts.isCallExpression(node);
  });
  return found;
}

/** Calls `visit` for every node of a source text. */
export function visitNodes(text: string, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, walk);
  };
  walk(parse(text));
}

/** Line of a position in a text, from 1. */
export function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
}
