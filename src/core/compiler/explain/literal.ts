// CEL text of values and of member access, as the compiler writes it.
import { printLiteral } from '../../model/expression-literal.ts';
import { isArray, isObject, RawNumber, type Json } from '../../std/json.ts';

/** Of a value's JSON, so that a rule that decides between several stays within what an expression may be. */
export const LITERAL_LENGTH_MAX = 3_900;

/** CEL text that evaluates to the value. */
export function literalText(value: Json): string {
  if (value === null) return 'null';
  if (value instanceof RawNumber) return printLiteral(value);
  if (typeof value === 'string') return quote(value);
  if (isArray(value)) return `[${value.map(literalText).join(', ')}]`;
  if (isObject(value) && typeof value['$ref'] === 'string')
    return `ref(${quote(value['$ref'])}, ${literalText(value['key'] ?? null)})`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([name, member]) => `${quote(name)}: ${literalText(member)}`)
      .join(', ')}}`;
  return String(value);
}

export const quote = (text: string): string =>
  printLiteral(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Words that CEL keeps for itself, and the name of the value that is none: no name of a variable. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
  'missing',
]);

/** `base.name`, or `base["name"]` where the name is no identifier. */
export const memberText = (base: string, name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED_WORDS.has(name) ? `${base}.${name}` : `${base}[${quote(name)}]`;
