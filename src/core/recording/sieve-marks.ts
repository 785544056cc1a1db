// The part of the sieve that looks at single bytes: marks around which names, addresses, numbers and URLs stand. Each kind of
// mark answers one question: could redaction change something here?
import { asciiBytes, byteClass, standsAt } from './sieve-bytes.ts';
import type { NameJudge } from './sieve.ts';

/** How a body is read: JSON or lines of it, text without quoted names, or no text. */
export type MarkedText = 'json' | 'plain' | 'bytes';

const QUOTE = 0x22;
const HASH = 0x23;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const PLUS = 0x2b;
const COLON = 0x3a;
const LESS = 0x3c;
const EQUALS = 0x3d;
const QUESTION_MARK = 0x3f;
const AT = 0x40;
const BACKSLASH = 0x5c;
/** Four bytes at once. */
const COLONS = 0x3a3a3a3a;
const ONES = 0x01010101;
const HIGHEST_BITS = 0x80808080;

/** What keeps an `@` from being that of an address or of a URL's user. */
const NOT_BEFORE_AT = byteClass(' ', '\t', '\n', '\r', '\v', '\f', '/', '?', '#', ':', '@', '"', "'", '<', '>');
/** What keeps a `+` from beginning a telephone number. */
const NOT_BEFORE_PLUS = byteClass('A-Z', 'a-z', '0-9', '_', '.', '+', '%', '-');
/** What ends the parameters of a URL. */
const AFTER_PARAMETERS = byteClass(' ', '\t', '\n', '\r', '\v', '\f', '"', "'", '<', '>', '?', '#');
const PLAIN_PARAMETER = byteClass('A-Z', 'a-z', '0-9', '_', '.', '-', '~', ',', ';', ':', '/', '!', '*', '(', ')', '$');
const PLAIN_NAME = byteClass('A-Z', 'a-z', '0-9', '_', '-');
/** Names under which an authorization code travels; they say so only together. */
const OAUTH_NAMES = ['code', 'state', 'grant_type'].map(asciiBytes);

/** True when redaction could change something at a mark of the body. */
export function mayHoldMarkedSecret(bytes: Uint8Array, text: MarkedText, names: NameJudge): boolean {
  if (text === 'bytes') return mayHoldUserInfo(bytes);
  // Names in tags and scripts stand between these; only JSON is read further.
  if (text === 'plain' && [QUOTE, APOSTROPHE, LESS].some((mark) => bytes.includes(mark))) return true;
  return (
    someMark(bytes, AT, (at) => at > 0 && NOT_BEFORE_AT[bytes[at - 1] as number] === 0) ||
    someMark(bytes, PLUS, (at) => mayBeginNumber(bytes, at)) ||
    someMark(bytes, BACKSLASH, (at) => isTellingEscape(bytes, at)) ||
    someMark(bytes, QUESTION_MARK, (at) => mayBeginParameters(bytes, at, names)) ||
    someMark(bytes, HASH, (at) => mayBeginParameters(bytes, at, names)) ||
    (text === 'json' && mayHoldSecretName(bytes, names))
  );
}

/** Asks about every place of a byte; the search for a byte that is rare is much faster than a loop. */
function someMark(bytes: Uint8Array, mark: number, test: (at: number) => boolean): boolean {
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) if (test(at)) return true;
  return false;
}

/** Looks at every colon. They are too many to be searched for one by one, so four bytes are looked at together. */
function mayHoldSecretName(bytes: Uint8Array, names: NameJudge): boolean {
  const isSecretAt = (at: number) => bytes[at] === COLON && isAfterSecretName(bytes, at, names);
  // Words begin where their address is a multiple of four; what is shorter than the way there has none.
  const head = Math.min(bytes.length, -bytes.byteOffset & 3);
  for (let at = 0; at < head; at++) if (isSecretAt(at)) return true;
  if (head === bytes.length) return false;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
  for (let index = 0; index < words.length; index++) {
    const word = (words[index] as number) ^ COLONS;
    // A byte is zero where subtracting one sets its highest bit, which was not set before.
    if (((word - ONES) & ~word & HIGHEST_BITS) === 0) continue;
    const at = head + index * 4;
    if (isSecretAt(at) || isSecretAt(at + 1) || isSecretAt(at + 2) || isSecretAt(at + 3)) return true;
  }
  for (let at = head + words.length * 4; at < bytes.length; at++) if (isSecretAt(at)) return true;
  return false;
}

/** A colon after a string: the string is a name. */
function isAfterSecretName(bytes: Uint8Array, colon: number, names: NameJudge): boolean {
  let quote = colon - 1;
  while (quote >= 0 && isJsonSpace(bytes[quote] as number)) quote--;
  return bytes[quote] === QUOTE && !names.isOrdinaryUpTo(bytes, quote);
}

function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function mayBeginNumber(bytes: Uint8Array, plus: number): boolean {
  const next = bytes[plus + 1] ?? 0;
  if (next < 0x31 || next > 0x39) return false;
  if (plus === 0 || NOT_BEFORE_PLUS[bytes[plus - 1] as number] === 0) return true;
  // The letter of an escape, or its last digit, may be white space once it is read.
  return bytes[plus - 2] === BACKSLASH || bytes[plus - 6] === BACKSLASH;
}

/** Escapes that hide what the other marks look for: quotes, and ASCII written as \\u00xx. */
function isTellingEscape(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at + 1];
  if (next === QUOTE) return true;
  return (
    next === 0x75 && bytes[at + 2] === 0x30 && bytes[at + 3] === 0x30 && (bytes[at + 4] ?? 0) < 0x38 // 'u', '0', '8'
  );
}

/** What follows a question mark or hash, where it may be parameters with a secret among them. */
function mayBeginParameters(bytes: Uint8Array, mark: number, names: NameJudge): boolean {
  let start = mark + 1;
  let isNamed = false;
  let isPlain = true;
  for (let at = start; at <= bytes.length; at++) {
    const byte = at < bytes.length ? (bytes[at] as number) : QUOTE;
    if (byte === BACKSLASH) return !isSpaceEscape(bytes[at + 1] ?? 0) || (isNamed && !isPlain);
    if (AFTER_PARAMETERS[byte] === 1) return isNamed && !isPlain;
    if (byte === EQUALS) {
      if (!isOrdinaryParameter(bytes, start, at, names)) return true;
      isNamed = true;
      start = at + 1;
    } else if (byte === AMPERSAND) start = at + 1;
    else if (PLAIN_PARAMETER[byte] === 0) isPlain = false;
  }
  return false;
}

function isSpaceEscape(byte: number): boolean {
  return byte === 0x6e || byte === 0x72 || byte === 0x74; // 'n', 'r', 't'
}

function isOrdinaryParameter(bytes: Uint8Array, start: number, end: number, names: NameJudge): boolean {
  for (let at = start; at < end; at++) if (PLAIN_NAME[bytes[at] as number] === 0) return false;
  return (
    names.isOrdinary(bytes, start, end) &&
    !OAUTH_NAMES.some((name) => name.length === end - start && standsAt(name, bytes, start))
  );
}

/** Of URLs with a password in them, found in bytes that are no text. */
function mayHoldUserInfo(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(COLON); at >= 0; at = bytes.indexOf(COLON, at + 1))
    if (bytes[at + 1] === 0x2f && bytes[at + 2] === 0x2f) return bytes.includes(AT);
  return false;
}
