import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64FromLatin1, latin1FromBase64 } from '../../../src/core/recording/latin1.ts';

it('bytes are one character each, and come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const base64 = Buffer.from(bytes).toString('base64');
      expect(latin1FromBase64(base64)).toBe(Buffer.from(bytes).toString('latin1'));
      expect(base64FromLatin1(latin1FromBase64(base64))).toBe(base64);
    }),
    { numRuns: 20 },
  );
});

it('text that is no base64 has no bytes', () => {
  expect(latin1FromBase64('***')).toBe('');
});
