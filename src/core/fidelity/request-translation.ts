// The request that a client of the clone sends where the recorded client sent one to the original: what it took from the
// original's answers (ids, tokens, revisions, times) is what the clone answered in its place.
import { headerValue, type Body, type Header, type HttpRequest } from '../exchange/exchange.ts';
import { percentDecode, percentEncode, utf8Encode } from '../std/encoding.ts';
import { isArray, isObject, printJson, RawNumber, tryParseJson, type Json } from '../std/json.ts';
import { numberName, type Correspondence } from './correspondence.ts';
import { isDigits } from './made-up.ts';
import { splitParts, splitWords } from './words.ts';

/** Headers that say nothing about the original's answers. */
const PLAIN_HEADER = /^(?:host|user-agent|accept.*|connection|content-length|content-type|date)$/;

/** The same request object where nothing has to be translated. */
export function translateRequest(request: HttpRequest, correspondence: Correspondence): HttpRequest {
  const target = translateTarget(request.target, correspondence);
  const body = translateBody(request.body, request.headers, correspondence);
  const headers = request.headers.map(([name, value]): Header => {
    if (name === 'content-length' && body !== request.body && body !== undefined && 'text' in body)
      return [name, String(utf8Encode(body.text).length)];
    return PLAIN_HEADER.test(name) ? [name, value] : [name, translateText(value, correspondence)];
  });
  return { ...request, target, headers, ...(body === undefined ? {} : { body }) };
}

function translateTarget(target: string, correspondence: Correspondence): string {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const segments = path.split('/');
  const translated = segments.map((segment, index) =>
    translateEncoded(segment, (text) => {
      const number = isDigits(text) ? correspondence.heldNumber(nounOf(segments[index - 1] ?? ''), text) : undefined;
      return number ?? translateText(text, correspondence);
    }),
  );
  const query = mark < 0 ? '' : translateForm(target.slice(mark), correspondence);
  return translated.join('/') + query;
}

/** The kind of thing that a path segment names: `issues` of `issues.json`. */
export function nounOf(segment: string): string {
  return (/^[A-Za-z][A-Za-z_-]*/.exec(segment)?.[0] ?? '').toLowerCase();
}

/** Queries and forms, field by field. */
function translateForm(text: string, correspondence: Correspondence): string {
  return text.replace(
    /([?&]?)([^=&?]*)(=?)([^&]*)/g,
    (_field, separator: string, name: string, equals: string, value: string) => {
      const translated = translateEncoded(value, (plain) => {
        const number = isDigits(plain) ? correspondence.heldNumber(nounOfKey(name), plain) : undefined;
        return number ?? translateText(plain, correspondence);
      });
      return `${separator}${name}${equals}${translated}`;
    },
  );
}

/** Text that is not percent-encoded well, or that nothing changes, stays as it was sent. */
function translateEncoded(sent: string, translate: (text: string) => string): string {
  const plain = percentDecode(sent.replaceAll('+', ' '));
  if (plain === undefined || plain === '') return sent;
  const translated = translate(plain);
  return translated === plain ? sent : percentEncode(translated);
}

function translateBody(
  body: Body | undefined,
  headers: readonly Header[],
  correspondence: Correspondence,
): Body | undefined {
  if (body === undefined || 'base64' in body || body.text === '') return body;
  const { text } = body;
  const type = headerValue(headers, 'content-type') ?? '';
  if (type.includes('x-www-form-urlencoded')) return changed(body, translateForm(text, correspondence));
  const json = tryParseJson(text);
  if (json === undefined) return changed(body, translateText(text, correspondence));
  const translated = translateJson(json, '', correspondence);
  return translated === json ? body : { text: printJson(translated) };
}

const changed = (body: { readonly text: string }, text: string): Body => (text === body.text ? body : { text });

/** Gives the same value back where nothing in it changes, so that the body keeps the spelling that was sent. */
function translateJson(value: Json, key: string, correspondence: Correspondence): Json {
  if (typeof value === 'string') return translateText(value, correspondence);
  if (typeof value === 'number' || value instanceof RawNumber) return translateNumber(value, key, correspondence);
  if (isArray(value)) {
    const elements = value.map((element) => translateJson(element, key, correspondence));
    return elements.some((element, index) => element !== value[index]) ? elements : value;
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [correspondence.heldFor(name) ?? name, translateJson(member, name, correspondence)] as const,
  );
  const isSame = Object.entries(value).every(
    ([name, member], index) => members[index]?.[0] === name && members[index]?.[1] === member,
  );
  return isSame ? value : Object.fromEntries(members);
}

function translateNumber(value: number | RawNumber, key: string, correspondence: Correspondence): Json {
  const text = value instanceof RawNumber ? value.text : String(value);
  const paired = correspondence.counterpart(numberName(text))?.slice(1);
  const translated = paired ?? correspondence.heldNumber(nounOfKey(key), text);
  return translated === undefined ? value : Number(translated);
}

/** What a member that refers to something is called after: `issue` of `issue_id`, `issueId` and `issue[id]`. */
function nounOfKey(key: string): string {
  return (/^(.*?)(?:_ids?|Ids?|\[id\])$/.exec(key)?.[1] ?? '').replace(/^.*[._[]/, '').toLowerCase();
}

/** The whole value, or the words in it. */
function translateText(text: string, correspondence: Correspondence): string {
  const whole = correspondence.heldFor(text);
  if (whole !== undefined) return whole;
  return splitWords(text)
    .map((piece, index) => (index % 2 === 0 ? piece : translateWord(piece, correspondence)))
    .join('');
}

function translateWord(word: string, correspondence: Correspondence): string {
  const whole = correspondence.heldFor(word);
  if (whole !== undefined) return whole;
  const parts = splitParts(word);
  return parts.length === 1 ? word : parts.map((part) => correspondence.heldFor(part) ?? part).join('');
}
