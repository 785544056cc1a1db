// The part of the sieve that looks for secrets by their form. All of them have a long run of letters, digits and few signs,
// so what lies between two other bytes that are close to each other need not be looked at.
import { BASE64_BYTES, BASE64_RUN_MIN } from './base64-runs.ts';
import { asciiBytes, byteClass, standsAt } from './sieve-bytes.ts';
import { PRIVATE_KEY_MARK, TOKEN_BEGINNINGS } from './token-patterns.ts';

/** Bytes of the shortest secret that is known by its form: a token of a chat service, a card number of fifteen digits. */
const SHORTEST = 15;
/** Bytes of tokens, and the backslash, which may stand before a slash in JSON. */
const TOKEN_BYTES = byteClass('A-Z', 'a-z', '0-9', '_', '.', '+', '/', '=', '-', '\\');
/** Bytes of card numbers. */
const CARD_BYTES = byteClass('0-9', ' ', '-');
const CARD_DIGITS_MIN = 15;
const CARD_NOT_AFTER = byteClass('A-Z', 'a-z', '0-9', '_', '.', '+', '-');
/** The first of every four characters of base64 holds the upper bits of a byte, which in ASCII is below 128. */
const FIRST_OF_TEXT = byteClass('A-Z', 'a-f');
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const SPACE = 0x20;
const DASH = 0x2d;

/** True when the bytes may hold a token of a known form; in text also a card number, or text in base64. */
export function mayHoldToken(bytes: Uint8Array, isText: boolean): boolean {
  const mayBeSecret = (start: number, end: number) =>
    holdsTokenBeginning(bytes, start, end) || (isText && holdsBase64Text(bytes, start, end));
  if (someRun(bytes, TOKEN_BYTES, mayBeSecret)) return true;
  if (isText && someRun(bytes, CARD_BYTES, (start, end) => holdsCardDigits(bytes, start, end))) return true;
  return holdsPrivateKey(bytes);
}

const PRIVATE_KEY_BYTES = asciiBytes(PRIVATE_KEY_MARK);
/** The letter of the mark that is rarest in text: the search for one byte is much faster than a loop. */
const RAREST = PRIVATE_KEY_MARK.indexOf('V');

function holdsPrivateKey(bytes: Uint8Array): boolean {
  const rare = PRIVATE_KEY_BYTES[RAREST] as number;
  for (let at = bytes.indexOf(rare); at >= 0; at = bytes.indexOf(rare, at + 1))
    if (standsAt(PRIVATE_KEY_BYTES, bytes, at - RAREST)) return true;
  return false;
}

/** Neighbours that are looked at together, and from where to where: every run that is long enough holds such a group whole. */
const GROUP = 4;
const STEP = SHORTEST - GROUP + 1;

/** Asks about every run of members that is long enough to be a secret, without looking at most other bytes. */
function someRun(bytes: Uint8Array, members: Uint8Array, test: (start: number, end: number) => boolean): boolean {
  for (let at = 0; at + GROUP <= bytes.length; at += STEP) {
    if (members[bytes[at] as number] === 0 || members[bytes[at + 1] as number] === 0) continue;
    if (members[bytes[at + 2] as number] === 0 || members[bytes[at + 3] as number] === 0) continue;
    let start = at;
    while (start > 0 && members[bytes[start - 1] as number] === 1) start--;
    let end = at + GROUP;
    while (end < bytes.length && members[bytes[end] as number] === 1) end++;
    if (end - start >= SHORTEST && test(start, end)) return true;
    // The next group that does not lie within this run.
    if (end > at + STEP) at += Math.floor((end - at - 1) / STEP) * STEP;
  }
  return false;
}

/** A card number does not begin within a word or after a sign. */
function holdsCardDigits(bytes: Uint8Array, start: number, end: number): boolean {
  const isWithin = start > 0 && CARD_NOT_AFTER[bytes[start - 1] as number] === 1 && !endsEscape(bytes, start - 1);
  let at = start;
  while (isWithin && at < end && bytes[at] !== SPACE) at++;
  let digits = 0;
  for (; at < end; at++) if (bytes[at] !== SPACE && bytes[at] !== DASH) digits++;
  return digits >= CARD_DIGITS_MIN;
}

/** The letter of an escape, or its last digit, is no part of the word that follows it. */
function endsEscape(bytes: Uint8Array, at: number): boolean {
  return bytes[at - 1] === BACKSLASH || bytes[at - 5] === BACKSLASH;
}

/** Bytes after which a token may begin, or by which one is known that begins anywhere; most bytes are none of them. */
const TELLING = byteClass('_', '.', '+', '/', '=', '-', '\\', 'J');

/** Tokens begin where a word begins, JSON Web Tokens anywhere. */
function holdsTokenBeginning(bytes: Uint8Array, start: number, end: number): boolean {
  if (beginsToken(bytes, start)) return true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (TELLING[byte] === 0) continue;
    // eyJ; another letter before a word is no beginning of one.
    if (byte === 0x4a && bytes[at - 1] === 0x79 && bytes[at - 2] === 0x65 && at - 2 >= start) return true;
    if (byte === 0x4a) continue;
    // A personal access token names its maker first: any word before `_pat_`.
    if (byte === 0x5f && bytes[at + 1] === 0x70 && bytes[at + 2] === 0x61 && bytes[at + 3] === 0x74) return true;
    if (beginsToken(bytes, at + 1)) return true;
    // The letter of an escape, or its last digit, is no part of the word that follows it.
    if (byte === BACKSLASH && (beginsToken(bytes, at + 2) || beginsToken(bytes, at + 6))) return true;
  }
  return false;
}

/** Beginnings of tokens by their first byte. */
const BY_FIRST_BYTE: readonly (readonly Uint8Array[])[] = Array.from({ length: 128 }, (_none, byte) =>
  TOKEN_BEGINNINGS.map(asciiBytes).filter(([first]) => first === byte),
);

function beginsToken(bytes: Uint8Array, at: number): boolean {
  const candidates = BY_FIRST_BYTE[bytes[at] as number];
  if (candidates === undefined || candidates.length === 0) return false;
  return candidates.some((beginning) => standsAt(beginning, bytes, at));
}

/** Looks at each run of base64 within a run of token bytes. */
function holdsBase64Text(bytes: Uint8Array, start: number, end: number): boolean {
  for (let from = start; from + BASE64_RUN_MIN <= end;) {
    // Read from its end: the last byte that is no base64 says where the next run may begin.
    let before = from + BASE64_RUN_MIN - 1;
    while (before >= from && BASE64_BYTES[bytes[before] as number] === 1) before--;
    if (before >= from) {
      from = before + 1;
      continue;
    }
    let after = from + BASE64_RUN_MIN;
    while (after < end && BASE64_BYTES[bytes[after] as number] === 1) after++;
    const isPartOfName = bytes[from - 1] === DOT || bytes[after] === DOT;
    if (!isPartOfName && mayBeText(bytes, from, after)) return true;
    from = after + 1;
  }
  return false;
}

/** Characters of a run that are decoded to judge it. */
const SAMPLE = 64;

/** True when what the run stands for may be text: valid UTF-8 so far, without control characters. */
function mayBeText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < start + BASE64_RUN_MIN; at += 4) if (FIRST_OF_TEXT[bytes[at] as number] === 0) return false;
  let continuations = 0;
  const last = start + Math.min(SAMPLE, (end - start) & ~3);
  for (let at = start; at < last; at += 4) {
    const four =
      (sextet(bytes[at]) << 18) | (sextet(bytes[at + 1]) << 12) | (sextet(bytes[at + 2]) << 6) | sextet(bytes[at + 3]);
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (four >> shift) & 0xff;
      if (continuations > 0) {
        if ((byte & 0xc0) !== 0x80) return false;
        continuations--;
      } else if (byte >= 0x80) {
        if (byte < 0xc2 || byte > 0xf4) return false;
        continuations = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
      } else if (byte < 0x09 || (byte >= 0x0e && byte < 0x20) || byte === 0x7f) return false;
    }
  }
  return true;
}

function sextet(byte: number | undefined): number {
  const code = byte as number;
  if (code >= 0x61) return code - 0x61 + 26;
  if (code === 0x5f) return 63;
  if (code >= 0x41) return code - 0x41;
  if (code >= 0x30) return code - 0x30 + 52;
  return code === 0x2b || code === 0x2d ? 62 : 63;
}
