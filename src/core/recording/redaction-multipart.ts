// Secrets in multipart bodies: every part is a small message with a head and a body of its own, some of them bytes. Parts may
// hold parts again, or a whole request.
import { latin1OfText, textOfLatin1 } from './latin1.ts';
import { redactBodyText, redactFreeText, redactNamedText } from './redaction-body.ts';
import { redactHeaders, redactTarget } from './redaction-head.ts';
import type { Direction, RedactionScope } from './redaction-scope.ts';

export function isMultipart(contentType: string): boolean {
  return /^\s*multipart\//i.test(contentType);
}

/** What stands between the parts: as the content type says, else as the body begins. Undefined where the text has none. */
export function delimiterOf(contentType: string, text: string): string | undefined {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const named = `--${quoted ?? bare ?? ''}`;
  if (named.length > 2 && text.includes(named)) return named;
  return /^--[^\r\n]{1,200}/m.exec(text)?.[0];
}

/** Multipart bodies within one another; parts of deeper ones are read as text. */
const DEPTH_MAX = 16;

/**
 * The parts of a body by their names and types; what stands between them stays.
 * @param isBytes the body is no text: it comes with one character a byte, and so do the parts of it that are text
 * @param depth of this body among those that it is a part of, from 1
 */
export function redactMultipart(
  body: string,
  contentType: string,
  direction: Direction,
  scope: RedactionScope,
  isBytes = false,
  depth = 1,
): string {
  const delimiter = delimiterOf(contentType, body);
  if (delimiter === undefined) return isBytes ? body : redactFreeText(body, direction, scope);
  return body
    .split(delimiter)
    .map((part) => {
      if (!isBytes) return redactPart(part, direction, scope, false, depth);
      const text = NO_TEXT.test(part) ? undefined : textOfLatin1(part);
      return text === undefined
        ? redactPart(part, direction, scope, true, depth)
        : latin1OfText(redactPart(text, direction, scope, false, depth));
    })
    .join(delimiter);
}

const NO_TEXT = /[\x00-\x08]/;
const BLANK_LINE = /\r?\n\r?\n/;

function redactPart(
  part: string,
  direction: Direction,
  scope: RedactionScope,
  isBytes: boolean,
  depth: number,
): string {
  const blank = BLANK_LINE.exec(part);
  if (blank === null) return redactFreeText(part, direction, scope);
  const start = blank.index + blank[0].length;
  const end = Math.max(start, part.length - (/\r?\n$/.exec(part)?.[0].length ?? 0));
  const head = part.slice(0, start);
  const value = part.slice(start, end);
  const redacted = redactPartBody(value, head, direction, scope, isBytes, depth);
  return redactHeadText(head, direction, scope) + redacted + part.slice(end);
}

function redactPartBody(
  value: string,
  head: string,
  direction: Direction,
  scope: RedactionScope,
  isBytes: boolean,
  depth: number,
): string {
  const type = typeIn(head, depth);
  if (isMultipart(type)) return redactMultipart(value, type, direction, scope, isBytes, depth + 1);
  if (NO_TEXT.test(value)) return value;
  if (/^\s*application\/http\b/i.test(type)) return redactHttpText(value, direction, scope, depth);
  const [, quoted, bare] = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(headerIn(head, 'content-disposition') ?? '') ?? [];
  const name = lastKey(quoted ?? bare ?? '');
  if (scope.secrecy(name) !== 'none') return redactNamedText('field', name, value, direction, scope);
  return redactBodyText(value, type, direction, scope);
}

/** `user[password]` is about `password`. */
export function lastKey(name: string): string {
  return /\[([^[\]]+)\](?:\[\])?$/.exec(name)?.[1] ?? name;
}

/** A request or an answer within a body, as calls that ask for many things at once have them. */
function redactHttpText(text: string, direction: Direction, scope: RedactionScope, depth: number): string {
  const blank = BLANK_LINE.exec(text);
  const start = blank === null ? text.length : blank.index + blank[0].length;
  const head = text
    .slice(0, start)
    .replace(/^([A-Z]+ )(\/\S*)/, (_line, method: string, target: string) => method + redactTarget(target, scope));
  const type = typeIn(head, depth);
  const body = isMultipart(type)
    ? redactMultipart(text.slice(start), type, direction, scope, false, depth + 1)
    : redactBodyText(text.slice(start), type, direction, scope);
  return redactHeadText(head, direction, scope) + body;
}

/** Lines of names and values; others stay. */
function redactHeadText(head: string, direction: Direction, scope: RedactionScope): string {
  return head.replace(/^([\w-]+)(:[ \t]*)(.+)$/gm, (_line, name: string, colon: string, value: string) => {
    const [redacted] = redactHeaders([[name.toLowerCase(), value]], direction, scope);
    return `${name}${colon}${redacted?.[1] ?? ''}`;
  });
}

/** The content type by which a part is read; none for one that is made of parts again, where those lie too deep. */
function typeIn(head: string, depth: number): string {
  const type = headerIn(head, 'content-type') ?? '';
  return isMultipart(type) && depth >= DEPTH_MAX ? '' : type;
}

function headerIn(head: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1];
}
