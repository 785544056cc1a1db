import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitParts, splitWords, wordsOf } from '../../../src/core/fidelity/words.ts';

describe('words', () => {
  it('are found with what they are made of', () => {
    expect([...wordsOf('see W/"a-b1" at 12:30')]).toEqual(['see', 'W', 'a-b1', 'a', 'b1', 'at', '12:30', '12', '30']);
  });

  it('stand at odd places between gaps', () => {
    expect(splitWords('/pages/7?x=1.5')).toEqual(['/', 'pages', '/', '7', '?', 'x=1.5', '']);
  });

  it('and their parts give the text back', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(splitWords(text).join('')).toBe(text);
        expect(splitParts(text).join('')).toBe(text);
      }),
    );
  });
});
