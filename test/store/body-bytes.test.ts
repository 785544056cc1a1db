import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bodyFromBytes, bytesFromBody } from '../../src/store/body-bytes.ts';

it('bytes become text where they are some, else base64, and come back', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(bytesFromBody(bodyFromBytes(bytes)).equals(Buffer.from(bytes))).toBe(true);
      },
    ),
  );
  expect(bodyFromBytes(Buffer.from('ü'))).toEqual({ text: 'ü' });
  expect(bodyFromBytes(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toEqual({ text: '\ufeffa' });
  expect(bodyFromBytes(Buffer.from([0xff]))).toEqual({ base64: '/w==' });
  expect(bodyFromBytes(Buffer.alloc(0))).toBeUndefined();
});
