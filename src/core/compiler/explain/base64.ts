// Base64 that holds printable text: with padding as usual, or with the padding cut off.
import { base64DecodeText, base64Encode } from '../../std/encoding.ts';

/** Text in the base64, when it is long enough, printable, and would be encoded to exactly this again. */
export function base64ToText(text: string, padded: boolean): string | undefined {
  if (text.length < 6 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  if (!padded && text.endsWith('=')) return undefined;
  const whole = padded ? text : text.padEnd(Math.ceil(text.length / 4) * 4, '=');
  if (whole.length % 4 !== 0) return undefined;
  const opened = base64DecodeText(whole);
  if (opened === undefined || !/^[\x20-\x7e]+$/.test(opened)) return undefined;
  return textToBase64(opened, padded) === text ? opened : undefined;
}

export function textToBase64(text: string, padded: boolean): string {
  const encoded = base64Encode(text);
  return padded ? encoded : encoded.replace(/=+$/, '');
}
