// When two texts agree: equal, or equal but for values that each side made up and for the instant of clocks.
import { detectTimeFormat, parseTime } from '../std/clock.ts';
import { base64DecodeText, base64Encode, base64UrlEncode } from '../std/encoding.ts';
import { equalJson, type Json, type JsonObject } from '../std/json.ts';
import { readSignedToken, type SignedToken } from '../std/signed-token.ts';
import { numberName, type Correspondence } from './correspondence.ts';
import { isDigits, isSameMake, looksMadeUp } from './made-up.ts';
import { splitParts, splitWords } from './words.ts';

export interface Moment {
  readonly correspondence: Correspondence;
  /** When the original answered, milliseconds since the epoch. */
  readonly aroundMs: number;
  /** The texts stand where an id stands. */
  readonly isId?: boolean;
}

/** Texts that can be an id as a whole: one word, or a longer run with the punctuation of base64; no address. */
const ID_TEXT = /^[\w+=.$~:-]{10,}$|^[\w+=][\w+/=.$]{23,}$/;
const ENCODED = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;
const DECODE_DEPTH_MAX = 3;

/** Pairs what is made up on the way; the caller rolls back when it does not count. */
export function sameText(expected: string, actual: string, moment: Moment, depth = 0): boolean {
  const { correspondence } = moment;
  // A token that one side made twice within a second may be two on the other.
  const [there, here] = [readSignedToken(expected), readSignedToken(actual)];
  if (there !== undefined && here !== undefined) {
    const agree = sameToken(there, here, moment, depth);
    if (agree) correspondence.pair(expected, actual);
    return agree;
  }
  const known = correspondence.counterpart(expected);
  if (known !== undefined || correspondence.isTaken(actual)) return known === actual;
  if (expected === actual) return pairOwnWords(expected, correspondence);
  if (correspondence.isSent(expected)) return false;
  if (isReading(expected, moment)) return isSameClockValue(expected, actual, moment);
  if (isAddress(expected) && isAddress(actual)) return sameAddress(expected, actual, moment, depth);
  const [decodedExpected, decodedActual] = [decoded(expected), decoded(actual)];
  if (decodedExpected !== undefined && depth < DECODE_DEPTH_MAX)
    return decodedActual !== undefined && sameText(decodedExpected, decodedActual, moment, depth + 1);
  if (isMadeUpId(expected, actual, moment)) return correspondence.pair(expected, actual);
  return sameWords(expected, actual, moment);
}

/** JSON Web Tokens agree where what they say does; each side signs with a key of its own. */
function sameToken(expected: SignedToken, actual: SignedToken, moment: Moment, depth: number): boolean {
  const [there, here] = [expected, actual].map(({ header, claims }): JsonObject => ({ ...header, ...claims }));
  const names = new Set([...Object.keys(there ?? {}), ...Object.keys(here ?? {})]);
  return [...names].every((name) => sameClaim(there?.[name], here?.[name], moment, depth + 1));
}

/** Times of tokens are numbers of seconds (RFC 7519, section 2: NumericDate), of now or of a moment at which they end. */
function sameClaim(expected: Json | undefined, actual: Json | undefined, moment: Moment, depth: number): boolean {
  if (isNumericDate(expected) && isNumericDate(actual))
    return Math.abs(expected - actual) * 1000 <= moment.correspondence.clockSlackMs;
  if (typeof expected === 'string' && typeof actual === 'string') return sameText(expected, actual, moment, depth);
  return expected === undefined || actual === undefined ? expected === actual : equalJson(expected, actual);
}

/** From the year 2001 on, before the year 5138: other numbers of tokens are counts and ids. */
const isNumericDate = (value: Json | undefined): value is number =>
  typeof value === 'number' && value >= 1e9 && value < 1e11;

const isAddress = (text: string): boolean => /^[^\s?]*\?[^\s?=&]+=[^\s]*$/.test(text);

/** Addresses agree parameter by parameter: what is made up there may have any sign in it. */
function sameAddress(expected: string, actual: string, moment: Moment, depth: number): boolean {
  const [there, here] = [expected, actual].map((text) =>
    text.split(/[?&]/).map((part) => /^([^=]*)(?:=(.*))?$/.exec(part)),
  );
  if (there === undefined || here === undefined || there.length !== here.length) return false;
  return there.every((part, index) => {
    const other = here[index];
    if (index === 0) return sameText(part?.[0] ?? '', other?.[0] ?? '', moment, depth + 1);
    return part?.[1] === other?.[1] && sameText(part?.[2] ?? '', other?.[2] ?? '', moment, depth + 1);
  });
}

/** A value of the server's clock on both sides, in one format. */
export function isSameClockValue(expected: Json, actual: Json, { correspondence, aroundMs }: Moment): boolean {
  const format = detectTimeFormat(expected, aroundMs);
  if (format === undefined || !isSameFormat(format, detectTimeFormat(actual, aroundMs))) return false;
  if (correspondence.isSent(String(expected))) return false;
  const apart = Math.abs((parseTime(expected) as number) - (parseTime(actual) as number));
  return apart <= correspondence.clockSlackMs;
}

/** A time of the server's clock and nothing else; long numbers of seconds serve as ids too, and are told apart as such. */
function isReading(text: string, { aroundMs }: Moment): boolean {
  return detectTimeFormat(text, aroundMs) !== undefined && !(/^[\d.]+$/.test(text) && looksMadeUp(text));
}

/** Formats that leave zeros out make values that look like other formats with a fraction. */
function isSameFormat(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  return a === b || withoutFraction(a) === withoutFraction(b);
}

function withoutFraction(format: string): string {
  return format.replace(/^(iso|sql)-(ms|us|100ns|ns|trim)/, '$1-fraction');
}

/** Words that the server made up stand for themselves on both sides, so that they cannot stand for others. */
function pairOwnWords(text: string, correspondence: Correspondence): boolean {
  for (const [index, word] of splitWords(text).entries()) {
    if (index % 2 === 1 && looksMadeUp(word) && !correspondence.isSent(word) && !correspondence.pair(word, word))
      return false;
  }
  return true;
}

function isMadeUpId(expected: string, actual: string, { correspondence, isId }: Moment): boolean {
  if (!ID_TEXT.test(expected) || !ID_TEXT.test(actual)) return false;
  if (!isOfOneMake(expected, actual, isId)) return false;
  // An id that holds a word of the client's is made from it, not made up.
  return !splitParts(expected).some((part) => part.length >= 6 && correspondence.isSent(part));
}

/** What stands before the made-up part: a type (`cus_`), or the number of a revision (`3-`). */
const ID_PREFIX = /^(?:[a-z]{2,6}_|\d{1,6}-)/;

function isOfOneMake(expected: string, actual: string, isId = false): boolean {
  if (!looksMadeUp(expected, isId) || !looksMadeUp(actual, isId) || !isSameMake(expected, actual)) return false;
  const [left, right] = [ID_PREFIX.exec(expected), ID_PREFIX.exec(actual)];
  return left === null || right === null || left[0] === right[0];
}

function sameWords(expected: string, actual: string, moment: Moment): boolean {
  const [left, right] = [splitWords(expected), splitWords(actual)];
  if (left.length === 1 || left.length !== right.length) return false;
  return left.every((piece, index) =>
    index % 2 === 0 ? piece === right[index] : sameWord(piece, right[index] as string, moment),
  );
}

function sameWord(expected: string, actual: string, moment: Moment): boolean {
  const { correspondence } = moment;
  if (expected === actual) return pairOwnWords(expected, correspondence);
  const known = correspondence.counterpart(expected);
  if (known !== undefined) return known === actual;
  if (isDigits(expected) && isDigits(actual))
    return correspondence.counterpart(numberName(expected)) === numberName(actual);
  if (correspondence.isSent(expected)) return false;
  if (isReading(expected, moment)) return isSameClockValue(expected, actual, moment);
  if (isOfOneMake(expected, actual)) return correspondence.pair(expected, actual);
  const [left, right] = [splitParts(expected), splitParts(actual)];
  if (left.length === 1 || left.length !== right.length) return false;
  return left.every((part, index) => sameWord(part, right[index] as string, moment));
}

/** The text that base64 holds, where it is text. */
function decoded(text: string): string | undefined {
  if (!ENCODED.test(text)) return undefined;
  const found = base64DecodeText(text);
  if (found === undefined || !/^[\x20-\x7e]+$/.test(found)) return undefined;
  const bare = text.replace(/=+$/, '');
  return [base64Encode(found), base64UrlEncode(found)].some((again) => again.replace(/=+$/, '') === bare)
    ? found
    : undefined;
}
