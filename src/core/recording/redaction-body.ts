// Secrets in bodies: values of JSON fields, form fields and HTML inputs by their names, everything else by its form. Text
// is changed in place, so that whatever is not secret stays byte for byte.
import { percentEncode } from '../std/encoding.ts';
import { tryParseJson } from '../std/json.ts';
import { decodeFormText } from '../exchange/form.ts';
import { redactBase64Runs } from './base64-runs.ts';
import { isMultipart, lastKey, redactMultipart } from './redaction-multipart.ts';
import type { RedactionKind } from './redaction-rules.ts';
import type { Direction, RedactionScope } from './redaction-scope.ts';
import { hintsOf, isOrdinary, type TextHints } from './text-hints.ts';

/** The text of a body, or of a value that holds a document of its own. */
export function redactBodyText(text: string, contentType: string, direction: Direction, scope: RedactionScope): string {
  if (isMultipart(contentType))
    return redactAnywhere(redactMultipart(text, contentType, direction, scope), direction, scope);
  const type = contentType.toLowerCase();
  const looksJson = LIKE_JSON.test(text);
  // Some clients name a form and send JSON.
  if (type.startsWith('application/x-www-form-urlencoded') && !looksJson)
    return redactParameters(text, '&', 'field', direction, scope);
  const isJson = looksJson || /[/+]json|ndjson|event-stream/.test(type);
  const redacted = isJson ? redactJsonText(text, direction, scope) : redactPlainText(text, direction, scope);
  return redactAnywhere(redacted, direction, scope);
}

const LIKE_JSON = /^\s*[[{]/;
const TEXT_TYPE =
  /^\s*(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|x-www-form-urlencoded|x-ndjson|jsonl|javascript)\b)/i;

/**
 * True for a body that is to be read as text although it is no valid UTF-8: in another character set, or cut off within a
 * character.
 * @param beginning of the body, one character a byte
 */
export function isTextAnyway(contentType: string, beginning: string): boolean {
  return TEXT_TYPE.test(contentType) || (LIKE_JSON.test(beginning) && !/[\x00-\x08]/.test(beginning));
}

/** What is known wherever it stands: secrets that were met before, texts that rules name, and both within base64. */
export function redactAnywhere(text: string, direction: Direction, scope: RedactionScope): string {
  const redacted = scope.seenBefore(text);
  return redactBase64Runs(redacted, (inner) => redactBodyText(inner, '', direction, scope));
}

/**
 * The bytes of a body that is no valid UTF-8, one character each: text all the same, or parts of a multipart body that are
 * text; elsewhere only secrets that were met before, or whose form leaves no doubt. What merely looks like an address in an
 * image is chance.
 */
export function redactBinaryBody(
  bytes: string,
  contentType: string,
  direction: Direction,
  scope: RedactionScope,
): string {
  if (isMultipart(contentType)) return scope.binary(redactMultipart(bytes, contentType, direction, scope, true));
  if (isTextAnyway(contentType, bytes)) return redactBodyText(bytes, contentType, direction, scope);
  return scope.binary(bytes);
}

/** JSON, or lines of it: every string value under the name that stands before it, also in a list under that name. */
function redactJsonText(text: string, direction: Direction, scope: RedactionScope): string {
  return redactJsonPiece(text, '', direction, scope).text;
}

/**
 * A part of a JSON text that neither begins nor ends within a string.
 * @param name that was read last before it
 * @param depth of documents in whose strings it stands
 * @returns the part redacted, with the name that was read last
 */
export function redactJsonPiece(
  text: string,
  name: string,
  direction: Direction,
  scope: RedactionScope,
  depth = 0,
): { readonly text: string; readonly name: string } {
  const hints = hintsOf(text);
  // Strings under names that mean nothing matter only where the text holds something known by its form, or other documents.
  const allMatter = !isOrdinary(hints) || /\\(?:"|u0022)/.test(text);
  let result = '';
  let done = 0;
  const replace = (start: number, end: number, by: string) => {
    result += text.slice(done, start) + by;
    done = end;
  };
  for (let start = text.indexOf('"'); start >= 0;) {
    const end = jsonStringEnd(text, start);
    if (end < 0) break;
    const colon = colonAfter(text, end);
    if (colon >= 0) {
      name = unquote(text.slice(start, end)) ?? '';
      const number = scope.secrecy(name) === 'secret' ? numberAfter(text, colon + 1) : undefined;
      if (number) replace(number.start, number.end, redactNumber(text.slice(number.start, number.end), scope));
    } else if (end - start > 3 && (allMatter || scope.secrecy(name) !== 'none')) {
      const token = text.slice(start, end);
      const value = unquote(token);
      const redacted =
        value === undefined ? undefined : redactNamedText('field', name, value, direction, scope, hints, depth + 1);
      if (value !== redacted && redacted !== undefined) replace(start, end, quoteLike(token, redacted));
    }
    start = text.indexOf('"', Math.max(end, colon));
  }
  return { text: done === 0 ? text : result + text.slice(done), name };
}

/** Index after the closing quote of the string that opens at `start`; -1 when it does not close. */
export function jsonStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return -1;
}

/** Index of the colon that follows after white space; -1 when none does. */
export function colonAfter(text: string, at: number): number {
  let next = at;
  while (text[next] === ' ' || text[next] === '\n' || text[next] === '\r' || text[next] === '\t') next++;
  return text[next] === ':' ? next : -1;
}

const NUMBER = /\s*(-?\d{3,}(?:\.\d+)?)/y;

function numberAfter(text: string, at: number): { readonly start: number; readonly end: number } | undefined {
  NUMBER.lastIndex = at;
  const match = NUMBER.exec(text);
  const number = match?.[1];
  return number === undefined ? undefined : { start: NUMBER.lastIndex - number.length, end: NUMBER.lastIndex };
}

/** Documents of JSON in strings of others that are read: in each, quotes are written with twice as many characters. */
const DOCUMENTS_DEPTH_MAX = 8;

/** A value under a name; where it is a document of JSON, what stands in that. */
export function redactNamedText(
  kind: RedactionKind,
  name: string,
  value: string,
  direction: Direction,
  scope: RedactionScope,
  hints?: TextHints,
  depth = 0,
): string {
  const looksJson = depth <= DOCUMENTS_DEPTH_MAX && LIKE_JSON.test(value) && value.includes('"');
  // A password may begin like that, too.
  const isJson = looksJson && (!scope.isSecretName(name) || tryParseJson(value) !== undefined);
  if (isJson) return redactJsonPiece(value, name, direction, scope, depth).text;
  return redactNamed(kind, name, value, direction, scope, hints);
}

/** A number under a secret name: a PIN, a security code */
function redactNumber(token: string, scope: RedactionScope): string {
  return token.includes('.') ? token : scope.secret('field', token);
}

function unquote(token: string): string | undefined {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}

/** Quotes a value, with slashes escaped where they were, and characters of a kind that does not stand there as it is. */
function quoteLike(token: string, value: string): string {
  const written = /[^\x00-\xff]/.test(token) ? 0xffff : /[^\x00-\x7f]/.test(token) ? 0xff : 0x7f;
  const quoted = JSON.stringify(value).replace(/[^\x00-\x7f]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return code > written ? `\\u${code.toString(16).padStart(4, '0')}` : unit;
  });
  return token.includes('\\/') ? quoted.replaceAll('/', '\\/') : quoted;
}

/**
 * `a=1&b=2`: values by their names, and what is known wherever it stands, also in names and in parts without one. What does
 * not change stays as it is written.
 */
export function redactParameters(
  text: string,
  separator: string,
  kind: 'field' | 'parameter',
  direction: Direction,
  scope: RedactionScope,
): string {
  const parts = text.split(separator);
  const names = new Set(parts.map((part) => part.slice(0, Math.max(0, part.indexOf('=')))));
  const isHashed = scope.builtIn && names.has('code_challenge') && parts.includes('code_challenge_method=S256');
  const isOAuth = scope.builtIn && (names.has('grant_type') || (names.has('code') && names.has('state')));
  return parts
    .map((part) => {
      const equals = part.indexOf('=');
      const bare = (text: string) => rewritten(text, (value) => redactParameter(value, '', kind, direction, scope));
      if (equals < 0) return bare(part);
      const written = part.slice(0, equals);
      const value = decodeFormText(part.slice(equals + 1));
      const name = lastKey(decodeFormText(written));
      const redacted =
        isHashed && name === 'code_challenge'
          ? scope.challenge(kind, value)
          : isOAuth && name === 'code'
            ? scope.secret(kind, value)
            : redactParameter(value, name, kind, direction, scope);
      return `${bare(written)}=${redacted === value ? part.slice(equals + 1) : percentEncode(redacted)}`;
    })
    .join(separator);
}

/** Text of a form that changes; encoded where it was. */
function rewritten(written: string, redact: (text: string) => string): string {
  const text = decodeFormText(written);
  const redacted = redact(text);
  if (redacted === text) return written;
  return text === written ? redacted : percentEncode(redacted);
}

function redactParameter(
  value: string,
  name: string,
  kind: 'field' | 'parameter',
  direction: Direction,
  scope: RedactionScope,
): string {
  return redactAnywhere(redactNamedText(kind, name, value, direction, scope), direction, scope);
}

/** A value under a name: by the name where that means something, else by its form. */
export function redactNamed(
  kind: RedactionKind,
  name: string,
  value: string,
  direction: Direction,
  scope: RedactionScope,
  hints: TextHints = hintsOf(value),
): string {
  if (scope.secrecy(name) === 'none') return redactFreeText(value, direction, scope, hints);
  return scope.named(kind, name, value, direction, hints);
}

const URL_PARAMETERS = /([?#])([^\s"'<>\\?#]*=[^\s"'<>\\?#]*)/g;

/** Text that may hold URLs: their parameters by name, the rest by its form. */
export function redactFreeText(
  text: string,
  direction: Direction,
  scope: RedactionScope,
  hints: TextHints = hintsOf(text),
): string {
  if (!hints.url || text.length > URL_TEXT_MAX) return scope.text(text, hints);
  let result = '';
  let done = 0;
  for (const { index, 0: match, 1: mark = '', 2: parameters = '' } of text.matchAll(URL_PARAMETERS)) {
    // A document about URLs, and not a URL, has no end of parameters.
    if (parameters.length > URL_PARAMETERS_MAX) continue;
    const separator = parameters.includes('&amp;') ? '&amp;' : '&';
    result += scope.text(text.slice(done, index), hints) + mark;
    result += redactParameters(parameters, separator, 'parameter', direction, scope);
    done = index + match.length;
  }
  return result + scope.text(text.slice(done), hints);
}
const URL_TEXT_MAX = 1024 * 1024;
const URL_PARAMETERS_MAX = 16 * 1024;

const HTML_TAG = /<(?:input|meta|button)\b[^>]{0,2000}>/gi;
const HTML_NAME = /\bname\s*=\s*["']?([^"'\s>]+)/i;
const HTML_VALUE = /(\b(?:value|content)\s*=\s*)("([^"]*)"|'([^']*)')/i;
/** A pair as JSON and scripts in pages write it. */
const QUOTED_PAIR = /(["'])([\w-]{3,40})\1(\s*[:=]\s*)(["'])([^"'\\\r\n]{6,4096})\4/g;

/** Text of no known structure, and HTML. */
function redactPlainText(text: string, direction: Direction, scope: RedactionScope): string {
  let result = text;
  if (result.includes('<')) {
    result = result.replace(HTML_TAG, (tag) => {
      const name = HTML_NAME.exec(tag)?.[1];
      if (name === undefined || !scope.isSecretName(name)) return tag;
      return tag.replace(HTML_VALUE, (_all, before: string, quoted: string, double?: string, single?: string) => {
        const quote = quoted[0] as string;
        return before + quote + scope.named('field', name, double ?? single ?? '', direction) + quote;
      });
    });
  }
  result = result.replace(
    QUOTED_PAIR,
    (all, _quote: string, name: string, _between: string, _valueQuote: string, value: string) => {
      if (!scope.isSecretName(name)) return all;
      return all.slice(0, all.length - value.length - 1) + scope.named('field', name, value, direction) + all.slice(-1);
    },
  );
  return redactFreeText(result, direction, scope);
}
