// Values as expressions: what a compiler writes where a rule holds a constant.
import { isArray, isObject, RawNumber, type Json } from '../std/json.ts';

/**
 * CEL text that evaluates to exactly `value`. Lists and objects of more than expressionElementsMax elements do not parse: a
 * template holds those in `$literal`.
 */
export function printLiteral(value: Json): string {
  if (typeof value === 'string') return printText(value);
  if (value instanceof RawNumber) {
    // CEL refuses numbers that no double can hold.
    return Number.isFinite(Number(value.text)) ? value.text : `number("${value.text}")`;
  }
  if (isArray(value)) return `[${value.map(printLiteral).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.keys(value).map((key) => `${printText(key)}: ${printLiteral(value[key] as Json)}`);
  return `{${members.join(', ')}}`;
}

/** JSON's escapes are CEL's, but for those of lone surrogates: CEL has none, so they stand there themselves. */
function printText(text: string): string {
  return JSON.stringify(text).replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (escape, surrogate: string | undefined) =>
    surrogate === undefined ? escape : String.fromCharCode(Number.parseInt(surrogate, 16)),
  );
}
