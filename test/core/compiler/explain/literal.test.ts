import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalText, memberText, quote } from '../../../../src/core/compiler/explain/literal.ts';
import { compileExpression } from '../../../../src/core/model/expression.ts';
import { numberFromText, parseJson, printJson, type Json } from '../../../../src/core/std/json.ts';
import { evaluated } from '../../../support/explained.ts';

describe('the text of a value', () => {
  it('evaluates to the value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (text) => {
        const value = parseJson(text);
        expect(printJson(evaluated(literalText(value)) ?? null)).toBe(printJson(value));
      }),
    );
  });

  it('keeps numbers that no double holds', () => {
    expect(literalText(numberFromText('12345678901234567890'))).toBe('12345678901234567890');
  });

  it('names an entity for a ref', () => {
    expect(literalText({ $ref: 'User', key: '7' })).toBe('ref("User", "7")');
  });
});

describe('quoted text', () => {
  it('evaluates to the text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(evaluated(quote(text))).toBe(text);
      }),
    );
    expect(evaluated(quote('a"b\\c\n\u2028\u0085'))).toBe('a"b\\c\n\u2028\u0085');
  });
});

describe('access to a member', () => {
  it.each(['title', 'if', 'in', 'a-b', '7th', '$list', 'with "quotes"', '__proto__', 'missing', '', 'é'])(
    'named %s finds it',
    (name) => {
      const value = JSON.parse(`{${JSON.stringify(name)}: 1}`) as Json;
      expect(evaluated(memberText('body', name), { body: value })).toBe(1);
    },
  );

  it('is short where the name is an identifier', () => {
    expect(memberText('body', 'first_name')).toBe('body.first_name');
    expect(memberText('body', 'in')).toBe('body["in"]');
  });

  it('compiles', () => {
    expect(() => compileExpression(memberText(memberText('body', 'a b'), 'c'))).not.toThrow();
  });
});
