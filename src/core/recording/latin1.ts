// Bytes as text of one character a byte, so that text functions can look into binary bodies without changing them.
import { base64Decode, base64Encode, utf8Decode, utf8Encode } from '../std/encoding.ts';

const CHUNK = 8192;

/** One character (U+0000 to U+00FF) for each byte; empty when the text is not base64. */
export function latin1FromBase64(base64: string): string {
  return latin1OfBytes(base64Decode(base64) ?? new Uint8Array(0));
}

function latin1OfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

/** The inverse, for characters up to U+00FF. */
export function base64FromLatin1(text: string): string {
  return base64Encode(bytesOfLatin1(text));
}

/** The text that bytes (one character each) are in UTF-8; undefined when they are none. */
export function textOfLatin1(bytes: string): string | undefined {
  return utf8Decode(bytesOfLatin1(bytes));
}

/** The inverse. */
export function latin1OfText(text: string): string {
  return latin1OfBytes(utf8Encode(text));
}

function bytesOfLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
