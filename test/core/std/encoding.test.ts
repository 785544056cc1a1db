import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base64Decode,
  base64DecodeText,
  base64Encode,
  base64UrlEncode,
  hexEncode,
  percentDecode,
  percentEncode,
  utf8Decode,
  utf8Encode,
} from '../../../src/core/std/encoding.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
/** Any UTF-16 at all, halves of characters too. */
const rawText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
const anyBytes = fc.uint8Array({ maxLength: 60 });

function platformDecode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

describe('UTF-8', () => {
  it('is written as the platform writes it', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, rawText), (text) => {
        expect(Array.from(utf8Encode(text))).toEqual(Array.from(new TextEncoder().encode(text)));
      }),
    );
  });

  it('is read as the platform reads it, or not at all', () => {
    const nearlyUtf8 = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xed, 0xa0, 0xf0, 0x90, 0xf4, 0xf8, 0xff),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyBytes,
          nearlyUtf8.map((bytes) => Uint8Array.from(bytes)),
          anyText.map(utf8Encode),
        ),
        (bytes) => {
          expect(utf8Decode(bytes)).toBe(platformDecode(bytes));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is read in texts longer than one piece', () => {
    const text = 'aé€😀'.repeat(5000);
    expect(utf8Decode(utf8Encode(text))).toBe(text);
  });
});

describe('base64', () => {
  it('is written as the platform writes it', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(base64Encode(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(base64UrlEncode(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(hexEncode(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      }),
    );
  });

  it('gives the bytes back, with and without padding, in both alphabets', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(base64Decode(base64Encode(bytes))).toEqual(bytes);
        expect(base64Decode(base64UrlEncode(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['a', 'ab=', 'abc==', 'a b=', 'ab=c', 'YR==', '====', 'abcde===', 'é'])('refuses %j', (text) => {
    expect(base64Decode(text)).toBeUndefined();
  });

  it('tells text from bytes that are none', () => {
    expect(base64DecodeText('w6k=')).toBe('é');
    expect(base64DecodeText('/w==')).toBeUndefined();
    expect(base64DecodeText('')).toBe('');
  });
});

describe('percent-encoding', () => {
  it('is encodeURIComponent for well-formed text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(percentEncode(text)).toBe(encodeURIComponent(text.toString()));
        expect(percentDecode(percentEncode(text))).toBe(text);
      }),
    );
  });

  it('never throws, not for half a character', () => {
    expect(percentEncode('\ud800')).toBe('%EF%BF%BD');
    expect(percentDecode('\ud800')).toBe('\ud800');
  });

  it.each(['%', '%2', '%zz', '%ff', '%C3', '%+1'])('refuses %j', (text) => {
    expect(percentDecode(text)).toBeUndefined();
  });

  it('reads capitals and small letters and leaves a plus alone', () => {
    expect(percentDecode('a%2fb%2F+%C3%a9')).toBe('a/b/+é');
  });
});
