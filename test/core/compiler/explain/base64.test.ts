import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64ToText, textToBase64 } from '../../../../src/core/compiler/explain/base64.ts';

describe('base64', () => {
  it('opens to the text that was encoded, padded or not', () => {
    expect(base64ToText('MTA6UmVwb3NpdG9yeTE=', true)).toBe('10:Repository1');
    expect(base64ToText('MTA6UmVwb3NpdG9yeTE', false)).toBe('10:Repository1');
  });

  it('is told by its padding: the other way does not open it', () => {
    expect(base64ToText('MTA6UmVwb3NpdG9yeTE=', false)).toBeUndefined();
    expect(base64ToText('MTA6UmVwb3NpdG9yeTE', true)).toBeUndefined();
  });

  it('is not seen in text that is short, no base64, or opens to what nobody can read', () => {
    expect(['abc', 'plain text', 'a-b_c-d_', '/////////w=='].map((text) => base64ToText(text, true))).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('opens to printable text, and back', () => {
    const printable = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
      minLength: 5,
    });
    fc.assert(
      fc.property(printable, (text) => {
        expect(base64ToText(textToBase64(text, true), true)).toBe(text);
        expect(textToBase64(text, false)).not.toContain('=');
        expect(base64ToText(textToBase64(text, false), false)).toBe(text);
      }),
    );
  });
});
