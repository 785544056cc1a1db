// Values as expressions: what a compiler writes where a rule holds a constant.
import { printJson, type Json } from '../std/json.ts';

/**
 * CEL text that evaluates to exactly `value`. JSON is CEL, but for one thing: CEL has no escape for a lone surrogate, so it
 * stands there itself. Lists and objects of more than expressionElementsMax elements do not parse: use `$literal` for those.
 */
export function printLiteral(value: Json): string {
  return printJson(value).replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (escape, surrogate: string | undefined) =>
    surrogate === undefined ? escape : String.fromCharCode(Number.parseInt(surrogate, 16)),
  );
}
