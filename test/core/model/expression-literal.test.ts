import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printLiteral } from '../../../src/core/model/expression-literal.ts';
import { compileExpression, NO_HOST } from '../../../src/core/model/expression.ts';
import { printJson, RawNumber, type Json } from '../../../src/core/std/json.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';

describe('printLiteral', () => {
  it('gives an expression that evaluates to exactly the value', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        const back = compileExpression(printLiteral(value)).evaluate({}, NO_HOST);
        expect(back).toEqual(value);
        expect(printJson(back as Json)).toBe(printJson(value));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['\ud800', '\\ud800', '\\\\\ud800"', '\u0000\u001f\u007f\u2028', 'it\'s "so"\n'])(
    'quotes the text %j',
    (text) => {
      expect(compileExpression(printLiteral(text)).evaluate({}, NO_HOST)).toBe(text);
    },
  );

  it.each(['-0', '-1.50', '1e400', '-12345678901234567890'])('keeps the digits of %s', (text) => {
    expect(compileExpression(printLiteral(new RawNumber(text))).evaluate({}, NO_HOST)).toEqual(new RawNumber(text));
  });
});
