// Text and bytes: UTF-8, base64, hex and percent-encoding. Pure; no TextEncoder, which the core's types do not have.

/** Text or bytes; text stands for its UTF-8 bytes. */
export type Bytes = Uint8Array;

const REPLACEMENT = 0xfffd;

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as everywhere on the web. */
export function utf8Encode(text: string): Bytes {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let point = text.charCodeAt(at);
    if (point < 0x80) {
      bytes[length++] = point;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      const low = point < 0xdc00 ? text.charCodeAt(at + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 1;
      } else point = REPLACEMENT;
    }
    if (point < 0x800) bytes[length++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[length++] = 0xe0 | (point >> 12);
      else {
        bytes[length++] = 0xf0 | (point >> 18);
        bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[length++] = 0x80 | (point & 0x3f);
  }
  return bytes.subarray(0, length);
}

/** The text of valid UTF-8 bytes, else undefined (overlong forms, surrogates and cut sequences are not valid). */
export function utf8Decode(bytes: Bytes): string | undefined {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++] as number;
    if (first < 0x80) {
      units[length++] = first;
      continue;
    }
    const extra = first >= 0xf8 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    if (extra === 0) return undefined;
    let point = first & (0x3f >> extra);
    for (let index = 0; index < extra; index += 1) {
      const next = bytes[at++];
      if (next === undefined || (next & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (next & 0x3f);
    }
    const least = extra === 1 ? 0x80 : extra === 2 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    if (point >= 0x10000) {
      units[length++] = 0xd800 + ((point - 0x10000) >> 10);
      point = 0xdc00 + ((point - 0x10000) & 0x3ff);
    }
    units[length++] = point;
  }
  return textOfUnits(units.subarray(0, length));
}

/** The text of UTF-16 units, by pieces that fit on the stack. */
function textOfUnits(units: Uint16Array | Uint8Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += 4096) text += String.fromCharCode(...units.subarray(at, at + 4096));
  return text;
}

/** Codes of the characters of an ASCII text. */
function asciiCodes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const HEX = asciiCodes('0123456789abcdef');

/** Lower-case hexadecimal digits. */
export function hexEncode(bytes: Bytes): string {
  const digits = new Uint8Array(bytes.length * 2);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    digits[2 * at] = HEX[byte >> 4] as number;
    digits[2 * at + 1] = HEX[byte & 15] as number;
  }
  return textOfUnits(digits);
}

const BASE64 = asciiCodes('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const BASE64_URL = asciiCodes('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Six bits a character, without padding. */
function encodeSextets(input: string | Bytes, alphabet: Uint8Array): string {
  const bytes = typeof input === 'string' ? utf8Encode(input) : input;
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let [held, bits, length] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    bits = ((bits << 8) | (bytes[at] as number)) & 0xffff;
    for (held += 8; held >= 6;) {
      held -= 6;
      text[length++] = alphabet[(bits >> held) & 63] as number;
    }
  }
  if (held > 0) text[length] = alphabet[(bits << (6 - held)) & 63] as number;
  return textOfUnits(text);
}

/** Base64 with padding (RFC 4648 section 4) of bytes or of a text's UTF-8. */
export function base64Encode(input: string | Bytes): string {
  const text = encodeSextets(input, BASE64);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** Base64 in the URL alphabet without padding (RFC 4648 section 5). */
export function base64UrlEncode(input: string | Bytes): string {
  return encodeSextets(input, BASE64_URL);
}

/** Bytes of a base64 text in either alphabet, padded or not; undefined when it is none or not in canonical form. */
export function base64Decode(text: string): Bytes | undefined {
  let end = text.length;
  while (end > 0 && text[end - 1] === '=' && text.length - end < 2) end -= 1;
  if (end % 4 === 1 || (end < text.length && text.length % 4 !== 0)) return undefined;
  const bytes = new Uint8Array((end * 3) >> 2);
  let [bits, held, length] = [0, 0, 0];
  for (let at = 0; at < end; at += 1) {
    const value = sextetOf(text.charCodeAt(at));
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = (bits >> held) & 0xff;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined;
}

/** The UTF-8 text in a base64 text, or undefined. */
export function base64DecodeText(text: string): string | undefined {
  const bytes = base64Decode(text);
  return bytes && utf8Decode(bytes);
}

function sextetOf(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
  if (code === 0x2b || code === 0x2d) return 62;
  return code === 0x2f || code === 0x5f ? 63 : -1;
}

const UNRESERVED: ReadonlySet<number> = new Set(
  asciiCodes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"),
);
const HEX_CAPITALS = asciiCodes('0123456789ABCDEF');

/** Percent-encodes as encodeURIComponent does, but never throws. */
export function percentEncode(text: string): string {
  const bytes = utf8Encode(text);
  const codes = new Uint8Array(bytes.length * 3);
  let length = 0;
  for (const byte of bytes) {
    if (UNRESERVED.has(byte)) {
      codes[length++] = byte;
      continue;
    }
    codes[length++] = 0x25;
    codes[length++] = HEX_CAPITALS[byte >> 4] as number;
    codes[length++] = HEX_CAPITALS[byte & 15] as number;
  }
  return textOfUnits(codes.subarray(0, length));
}

/** Undoes percent-encoding; undefined for a malformed escape or bytes that are not UTF-8. `+` stays. */
export function percentDecode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  const source = utf8Encode(text);
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at += 1) {
    let byte = source[at] as number;
    if (byte === 0x25) {
      const digits = String.fromCharCode(source[at + 1] ?? 0, source[at + 2] ?? 0);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
      byte = Number.parseInt(digits, 16);
      at += 2;
    }
    bytes[length++] = byte;
  }
  return utf8Decode(bytes.subarray(0, length));
}
