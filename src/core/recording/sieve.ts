// A quick look at the bytes of a body that says whether redaction could change anything in it. Most bodies pass, and are
// then stored as they came, never read as text. It may hold back a body that turns out to be ordinary, never the other way
// round: whatever passes is what redaction would give (a property test compares the two).
import { utf8Decode } from '../std/encoding.ts';
import type { FindableSecrets } from './known-secrets.ts';
import { isTextAnyway } from './redaction-body.ts';
import { isMultipart } from './redaction-multipart.ts';
import type { RedactionRules } from './redaction-rules.ts';
import { standsAt } from './sieve-bytes.ts';
import { mayHoldMarkedSecret, type MarkedText } from './sieve-marks.ts';
import { mayHoldToken } from './sieve-runs.ts';

/** What is known of a body before it is read. */
export interface SievedBody {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** The bytes are valid UTF-8. */
  readonly isText: boolean;
}

export interface BodySieve {
  /** True when redaction would leave the body as it is. */
  passes(body: SievedBody): boolean;
}

export interface BodySieveOptions {
  readonly rules: RedactionRules;
  /** Secrets met before. */
  readonly known: FindableSecrets;
  /** True when the name of a field or parameter says nothing about its value. */
  readonly isOrdinaryName: (name: string) => boolean;
}

/** Makes a sieve; it remembers the names that it has judged, so one is for many bodies. */
export function createBodySieve({ rules, known, isOrdinaryName }: BodySieveOptions): BodySieve {
  // Texts and patterns of the user's may stand anywhere; they are looked for in text.
  const isBlind = !rules.builtIn || rules.texts.length > 0 || rules.patterns.length > 0;
  const names = createNameJudge(isOrdinaryName);

  return {
    passes: ({ bytes, contentType, isText }) => {
      if (isBlind) return false;
      const text = structureOf(bytes, contentType.toLowerCase(), isText);
      if (text === 'other') return false;
      return !mayHoldMarkedSecret(bytes, text, names) && !mayHoldToken(bytes, isText) && !known.mayStandIn(bytes);
    },
  };
}

/** How redaction reads a body; forms and parts of multipart bodies are few and short, and always read. */
function structureOf(bytes: Uint8Array, type: string, isText: boolean): MarkedText | 'other' {
  // Whether the body as a whole is text says nothing about its parts.
  if (isMultipart(type)) return 'other';
  let first = 0;
  while (first < bytes.length && WHITE_SPACE.includes(bytes[first] as number)) first++;
  const looksJson = bytes[first] === 0x7b || bytes[first] === 0x5b;
  // Text in another character set, and text that was cut off.
  if (!isText) return looksJson || isTextAnyway(type, '') ? 'other' : 'bytes';
  if (looksJson) return 'json';
  // What begins with white space that JSON does not know is left to those who read it as text.
  if (first > 0 || type.startsWith('application/x-www-form-urlencoded')) return 'other';
  return /[/+]json|ndjson|event-stream/.test(type) ? 'json' : 'plain';
}

const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** Judges names that stand in a body: true when one says nothing about its value. */
export interface NameJudge {
  isOrdinary(bytes: Uint8Array, start: number, end: number): boolean;
  /** The same for a name that begins after the last quote before its end; where there is none, there is no name. */
  isOrdinaryUpTo(bytes: Uint8Array, end: number): boolean;
}

const QUOTE = 0x22;
const NAME_BYTES_MAX = 64;
/** Names that are remembered: two to this power. */
const NAMES_REMEMBERED_BITS = 12;

/** Names are few and come again and again: those found ordinary are remembered by the four bytes that end them. */
function createNameJudge(isOrdinaryName: (name: string) => boolean): NameJudge {
  const ordinary: (Uint8Array | undefined)[] = new Array<undefined>(1 << NAMES_REMEMBERED_BITS).fill(undefined);
  const slotOf = (bytes: Uint8Array, end: number) => {
    const last = (bytes[end - 1] as number) | ((bytes[end - 2] as number) << 8);
    const before = ((bytes[end - 3] as number) << 16) | ((bytes[end - 4] as number) << 24);
    return Math.imul(last | before, 0x9e3779b1) >>> (32 - NAMES_REMEMBERED_BITS);
  };
  const learn = (bytes: Uint8Array, start: number, end: number) => {
    if (end - start > NAME_BYTES_MAX) return false;
    const name = utf8Decode(bytes.subarray(start, end));
    if (name === undefined || name.includes('\\') || !isOrdinaryName(name)) return false;
    // A copy: a part of a body's memory would keep that, and change with it.
    if (end >= 4) ordinary[slotOf(bytes, end)] = Uint8Array.from(bytes.subarray(start, end));
    return true;
  };
  return {
    isOrdinary: (bytes, start, end) => {
      const known = end < 4 ? undefined : ordinary[slotOf(bytes, end)];
      return (known?.length === end - start && standsAt(known, bytes, start)) || learn(bytes, start, end);
    },
    isOrdinaryUpTo: (bytes, end) => {
      const known = end < 4 ? undefined : ordinary[slotOf(bytes, end)];
      if (known !== undefined) {
        const start = end - known.length;
        if (bytes[start - 1] === QUOTE && standsAt(known, bytes, start)) return true;
      }
      const quote = end === 0 ? -1 : bytes.lastIndexOf(QUOTE, end - 1);
      return quote < 0 || learn(bytes, quote + 1, end);
    },
  };
}
