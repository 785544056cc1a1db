// Bodies between bytes, as shells move them, and Body values, as the core reads them.
import { isUtf8 } from 'node:buffer';
import type { Body } from '../core/exchange/exchange.ts';

/** The bytes as a Body: text when they are valid UTF-8, else base64; undefined when there are none. */
export function bodyFromBytes(bytes: Uint8Array): Body | undefined {
  if (bytes.length === 0) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? { text: buffer.toString('utf8') } : { base64: buffer.toString('base64') };
}

/** The bytes of a Body; none for undefined. */
export function bytesFromBody(body: Body | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return 'text' in body ? Buffer.from(body.text, 'utf8') : Buffer.from(body.base64, 'base64');
}

/** Long bodies come in very many pieces, which are looked at one after the other. */
let scratch = Buffer.alloc(0);

/** Bytes, written as one character each, to the text that they are in UTF-8 and back. */
export const utf8OfLatin1 = {
  decode: (bytes: string): string | undefined => {
    const buffer = Buffer.from(bytes, 'latin1');
    return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
  },
  encode: (text: string): string => Buffer.from(text, 'utf8').toString('latin1'),
  /** Valid until the next call. */
  bytes: (bytes: string): Buffer => {
    if (scratch.length < bytes.length) scratch = Buffer.allocUnsafeSlow(bytes.length);
    return scratch.subarray(0, scratch.write(bytes, 'latin1'));
  },
  isUtf8,
};
