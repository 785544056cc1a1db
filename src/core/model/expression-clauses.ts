// A condition taken apart for people: the claims that all have to hold, and the values that each of them reads.
import { compileExpression } from './expression.ts';
import { parseExpression, type SyntaxNode } from './expression-syntax.ts';

/**
 * Texts joined by `&&` at the top of an expression, in order; the expression itself where there are none.
 *
 * @throws {MynahError} ERR_EXPRESSION_SYNTAX
 */
export function splitClauses(text: string): readonly string[] {
  const node = parseExpression(text);
  const bare = text.trim();
  if (node.op !== '&&') return [isWrapped(bare) ? (splitClauses(bare.slice(1, -1))[0] as string) : bare];
  if (isWrapped(bare)) return splitClauses(bare.slice(1, -1));
  return splitAtTop(bare, '&&').flatMap(splitClauses);
}

/**
 * What an expression reads from outside: `body.state`, `path.id`, `page`; the longest such texts, each once. Names that its
 * own macros bind are left out.
 *
 * @throws {MynahError} ERR_EXPRESSION_SYNTAX
 */
export function readsOf(text: string): readonly string[] {
  const free = new Set(compileExpression(text).variables);
  const reads = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    const root = rootOf(node);
    if (root === undefined) for (const part of partsOf(node)) visit(part);
    else if (free.has(root)) reads.add(text.slice(node.start, node.end));
  };
  visit(parseExpression(text));
  return [...reads];
}

/** The variable that a chain of members begins with; undefined for what is no such chain. */
function rootOf(node: SyntaxNode): string | undefined {
  if (node.op === 'id') return node.args as string;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [of, key] = node.args as unknown as readonly [SyntaxNode, SyntaxNode | string];
  if (typeof key !== 'string' && key.op !== 'value') return undefined;
  return rootOf(of);
}

function partsOf({ args }: SyntaxNode): readonly SyntaxNode[] {
  return ([args] as unknown[]).flat(4).filter(isNode);
}

const isNode = (part: unknown): part is SyntaxNode => typeof part === 'object' && part !== null && 'op' in part;

/** Strings, and what else may stand at the top of a text. The parser's own places leave out closing parentheses. */
const TOKEN = /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|&&|[^]/g;

/** One pair of parentheses is around the whole text. */
function isWrapped(text: string): boolean {
  if (!text.startsWith('(')) return false;
  for (const { depth, index } of tokensOf(text)) if (depth === 0) return index === text.length - 1;
  return false;
}

function splitAtTop(text: string, operator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (const { token, depth, index } of tokensOf(text)) {
    if (depth > 0 || token !== operator) continue;
    parts.push(text.slice(start, index));
    start = index + operator.length;
  }
  return [...parts, text.slice(start)];
}

/** Tokens with the number of brackets that are open after each. */
function* tokensOf(
  text: string,
): Generator<{ readonly token: string; readonly depth: number; readonly index: number }> {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '(' || token === '[' || token === '{') depth++;
    if (token === ')' || token === ']' || token === '}') depth--;
    yield { token, depth, index };
  }
}
