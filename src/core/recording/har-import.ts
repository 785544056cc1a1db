// An HTTP Archive as a recording: pages are sessions. Archives of browsers, proxies and test suites differ in what they leave
// out, so everything that can be missing may be.
import type { Body, Exchange, Header, HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import { parseTime } from '../std/clock.ts';
import { base64DecodeText, percentEncode } from '../std/encoding.ts';
import { MynahError } from '../std/errors.ts';
import { NO_ANSWER } from './har.ts';
import type { Recording, Session, SessionStart } from './recording.ts';

export interface ImportedHar {
  readonly recording: Recording;
  /** Entries that are no exchange over HTTP: `data:` URLs, extensions of browsers. */
  readonly skipped: number;
  /** The archive says that its secrets are pseudonyms already. */
  readonly redacted: boolean;
}

/** Session of entries that belong to no page. */
const NO_PAGE = 'har';

/**
 * Reads an archive that was parsed from JSON.
 * @throws MynahError ERR_HAR_SHAPE, naming the place
 */
export function recordingFromHar(archive: unknown): ImportedHar {
  const log = member(archive, 'log');
  const entries = member(log, 'entries');
  if (!Array.isArray(entries)) throw shapeError('log.entries', 'a list');
  const pages = listOf(member(log, 'pages'));
  const mynah = member(log, '_mynah');
  const read = entries.map((entry: unknown, index) => exchangeOf(entry, index));
  const found = read.filter((exchange) => exchange !== undefined);
  const exchanges = mynah === undefined ? inOrderOfCompletion(found) : found;
  return {
    recording: {
      formatVersion: 1,
      toolVersion: textOf(member(member(log, 'creator'), 'version')) ?? '',
      createdAt: timeOf(member(mynah, 'createdAt')) ?? exchanges[0]?.startedAt ?? 0,
      sessions: sessionsOf(exchanges, pages),
      exchanges,
    },
    skipped: entries.length - found.length,
    redacted: member(mynah, 'redacted') === true,
  };
}

/** Sessions one after another, as pages are; within one by the time of the answer, and as they stand where that is equal. */
function inOrderOfCompletion(exchanges: readonly Exchange[]): readonly Exchange[] {
  const bySession = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const known = bySession.get(exchange.session);
    if (known) known.push(exchange);
    else bySession.set(exchange.session, [exchange]);
  }
  return [...bySession.values()].flatMap((session) => session.sort((a, b) => a.endedAt - b.endedAt));
}

function sessionsOf(exchanges: readonly Exchange[], pages: readonly unknown[]): readonly Session[] {
  const starts = new Map(pages.map((page) => [textOf(member(page, 'id')), member(page, '_start')]));
  const inPages = [...starts.keys()].filter(
    (id) => id !== undefined && exchanges.some(({ session }) => session === id),
  );
  const names = new Set([...(inPages as string[]), ...exchanges.map(({ session }) => session)]);
  return [...names].map((name) => ({ name, start: startOf(starts.get(name)) }));
}

function startOf(value: unknown): SessionStart {
  return value === 'continues' || value === 'fresh' ? value : 'unknown';
}

function exchangeOf(entry: unknown, index: number): Exchange | undefined {
  const place = `log.entries[${index}]`;
  const request = member(entry, 'request');
  const url = textOf(member(request, 'url'));
  if (url === undefined) throw shapeError(`${place}.request.url`, 'a text');
  const address = /^(?:http|ws)(s?):\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(url);
  if (address === null) return undefined;
  const [, secure = '', host = '', target = ''] = address;
  const startedAt = timeOf(member(entry, 'startedDateTime')) ?? 0;
  const error = errorOf(entry);
  const response = responseOf(member(entry, 'response'));
  const truncated = member(entry, '_truncated') as Exchange['truncated'];
  return {
    id: textOf(member(entry, '_id')) ?? `1.${index + 1}`,
    session: textOf(member(entry, 'pageref')) ?? NO_PAGE,
    origin: originOf(secure !== '', host),
    startedAt,
    endedAt: startedAt + Math.max(0, numberOf(member(entry, 'time')) ?? 0),
    request: requestOf(request, target.startsWith('/') ? target : `/${target}`, place),
    ...(response ? { response } : {}),
    ...(error ? { error } : {}),
    ...(truncated ? { truncated } : {}),
  };
}

function originOf(isSecure: boolean, host: string): string {
  const name = host.toLowerCase().replace(isSecure ? /:443$/ : /:80$/, '');
  return `${isSecure ? 'https' : 'http'}://${name}`;
}

function requestOf(request: unknown, target: string, place: string): HttpRequest {
  const method = textOf(member(request, 'method'));
  if (method === undefined) throw shapeError(`${place}.request.method`, 'a text');
  const headers = headersOf(member(request, 'headers'));
  const body = postedBody(member(request, 'postData'));
  const cookies = listOf(member(request, 'cookies')).map(
    (cookie) => `${textOf(member(cookie, 'name'))}=${textOf(member(cookie, 'value'))}`,
  );
  // Browsers leave the header out of an archive that is to be shown to others, but not always the cookies.
  const hasCookies = cookies.length === 0 || headers.some(([name]) => name === 'cookie');
  return {
    method: method.toUpperCase(),
    target,
    headers: hasCookies ? headers : [...headers, ['cookie', cookies.join('; ')]],
    ...(body ? { body } : {}),
  };
}

function postedBody(postData: unknown): Body | undefined {
  const text = textOf(member(postData, 'text'));
  const encoding = member(postData, '_encoding') ?? member(postData, 'encoding');
  if (text !== undefined && text !== '') return encoding === 'base64' ? bodyOfBase64(text) : { text };
  const fields = listOf(member(postData, 'params')).map((parameter) => {
    const [name = '', value = ''] = [textOf(member(parameter, 'name')), textOf(member(parameter, 'value'))];
    return `${percentEncode(name)}=${percentEncode(value)}`;
  });
  const isForm = (textOf(member(postData, 'mimeType')) ?? '').startsWith('application/x-www-form-urlencoded');
  return isForm && fields.length > 0 ? { text: fields.join('&') } : undefined;
}

function responseOf(response: unknown): HttpResponse | undefined {
  const status = numberOf(member(response, 'status')) ?? NO_ANSWER;
  if (status < 100 || status > 999) return undefined;
  const content = member(response, 'content');
  const text = textOf(member(content, 'text'));
  const body =
    text === undefined || text === ''
      ? undefined
      : member(content, 'encoding') === 'base64'
        ? bodyOfBase64(text)
        : { text };
  const trailers = headersOf(member(response, '_trailers'));
  return {
    status,
    headers: headersOf(member(response, 'headers')),
    ...(body ? { body } : {}),
    ...(trailers.length > 0 ? { trailers } : {}),
  };
}

/** Text where the bytes are some, so that one body has one form. */
function bodyOfBase64(base64: string): Body {
  const text = base64DecodeText(base64);
  return text === undefined ? { base64 } : { text };
}

function errorOf(entry: unknown): Exchange['error'] {
  const own = member(entry, '_error');
  const code = textOf(member(own, 'code'));
  if (code !== undefined) return { code, message: textOf(member(own, 'message')) ?? '' };
  const status = numberOf(member(member(entry, 'response'), 'status')) ?? NO_ANSWER;
  const told = textOf(own) ?? textOf(member(member(entry, 'response'), '_error'));
  return status >= 100 ? undefined : { code: 'ERR_UPSTREAM_RESET', message: told ?? 'the archive holds no answer' };
}

/** Without the pseudo-headers of HTTP/2, which say again what stands in the request line. */
function headersOf(headers: unknown): readonly Header[] {
  return listOf(headers).flatMap((header): readonly Header[] => {
    const [name, value] = [textOf(member(header, 'name')), textOf(member(header, 'value'))];
    return name === undefined || value === undefined || name.startsWith(':') ? [] : [[name.toLowerCase(), value]];
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseTime(value) : undefined;
}

function shapeError(place: string, wanted: string): MynahError {
  return new MynahError('ERR_HAR_SHAPE', `this is no HTTP Archive: ${place} is not ${wanted}`, { place });
}
