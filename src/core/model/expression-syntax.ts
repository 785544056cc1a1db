// CEL text to syntax tree, by the CEL package: only its parser is used. Its failures become one error with a place.
import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { MynahError } from '../std/errors.ts';
import { expressionDepthMax, expressionElementsMax, expressionNodesMax, expressionTextMax } from '../std/limits.ts';

export type SyntaxNode = ASTNode;

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxAstNodes: expressionNodesMax,
    maxDepth: expressionDepthMax,
    maxListElements: expressionElementsMax,
    maxMapEntries: expressionElementsMax,
    maxCallArguments: expressionElementsMax,
  },
});

/** One quoted text, however long: a page of HTML that is answered as it is. */
const isOneText = (text: string): boolean => /^"[^"\\\n]*(?:\\.[^"\\\n]*)*"$/.test(text);

/** Parses CEL text. Throws ERR_EXPRESSION_SYNTAX. */
export function parseExpression(text: string): SyntaxNode {
  if (text.trim() === '') throw syntaxError(text, 0, 'it is empty');
  if (text.length > expressionTextMax && !isOneText(text))
    throw syntaxError(text, 0, `it is longer than ${expressionTextMax} characters`);
  try {
    return parser.parse(text).ast;
  } catch (error) {
    throw syntaxError(text, placeOf(error) ?? text.length, reasonOf(error));
  }
}

/** The error for a mistake at offset `at` of an expression. */
export function syntaxError(text: string, at: number, why: string): MynahError {
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  const message = `the expression \`${shown}\` is not valid at line ${line}, column ${column}: ${why}`;
  return new MynahError('ERR_EXPRESSION_SYNTAX', message, { line, column, text });
}

function placeOf(error: unknown): number | undefined {
  const range = (error as { range?: { start?: unknown } } | undefined)?.range;
  return typeof range?.start === 'number' ? range.start : undefined;
}

function reasonOf(error: unknown): string {
  // The parser recurses on chains of '-' and '!', which no limit of its own bounds.
  if (error instanceof RangeError) return 'it is nested too deep';
  const summary = (error as { summary?: unknown } | undefined)?.summary;
  if (typeof summary === 'string') return summary;
  return error instanceof Error ? error.message : String(error);
}
