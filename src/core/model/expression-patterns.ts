// Regular expressions in linear time (RE2 syntax). Patterns are literals, compiled once with the expression.
import { RE2JS } from 're2js';

export interface Pattern {
  /** Does the pattern match some part of the text? */
  test(text: string): boolean;
}

/** The pattern, or the reason why it is none. */
export function compilePattern(source: string): Pattern | { readonly reason: string } {
  try {
    const pattern = RE2JS.compile(source);
    return { test: (text) => pattern.test(text) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
