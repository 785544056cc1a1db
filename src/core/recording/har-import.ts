// An HTTP Archive as a recording: pages are sessions. Archives of browsers, proxies and test suites differ in what they leave
// out, so everything that can be missing may be.
import type { Exchange } from '../exchange/exchange.ts';
import { messagesOf, missingBody, requestOf, responseOf, statusOf } from './har-import-parts.ts';
import { listOf, member, numberOf, shapeError, textOf, timeOf } from './har-members.ts';
import type { Recording, Session, SessionStart } from './recording.ts';

export interface ImportedHar {
  readonly recording: Recording;
  /** Entries that are no exchange over HTTP: `data:` URLs, extensions of browsers. */
  readonly skipped: number;
  /** Entries that the browser answered from its own cache, so that the server never met them. */
  readonly fromCache: number;
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
  const asked = entries.filter((entry) => !isFromCache(entry));
  const read = entries.map((entry: unknown, index) =>
    isFromCache(entry) ? undefined : exchangeOf(entry, index, mynah !== undefined),
  );
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
    skipped: asked.length - found.length,
    fromCache: entries.length - asked.length,
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

/** As Chrome says it. */
function isFromCache(entry: unknown): boolean {
  return textOf(member(entry, '_fromCache')) !== undefined;
}

/** @param isOwn archives of other tools have ids of their own, which need not be unique */
function exchangeOf(entry: unknown, index: number, isOwn: boolean): Exchange | undefined {
  const place = `log.entries[${index}]`;
  const [request, answer] = [member(entry, 'request'), member(entry, 'response')];
  const url = textOf(member(request, 'url'));
  if (url === undefined) throw shapeError(`${place}.request.url`, 'a text');
  const address = /^(?:http|ws)(s?):\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(url);
  if (address === null) return undefined;
  const [, secure = '', host = '', target = ''] = address;
  const startedAt = timeOf(member(entry, 'startedDateTime')) ?? 0;
  const httpVersion = versionOf(member(answer, 'httpVersion')) ?? versionOf(member(request, 'httpVersion'));
  const response = responseOf(answer, `${place}.response`);
  const error = errorOf(entry);
  const truncated = truncationOf(entry, error);
  const messages = messagesOf(entry, place);
  return {
    id: (isOwn ? textOf(member(entry, '_id')) : undefined) ?? `1.${index + 1}`,
    session: textOf(member(entry, 'pageref')) ?? NO_PAGE,
    origin: originOf(secure !== '', host),
    startedAt,
    endedAt: startedAt + Math.max(0, numberOf(member(entry, 'time')) ?? 0),
    ...(httpVersion ? { httpVersion } : {}),
    request: requestOf(request, target.startsWith('/') ? target : `/${target}`, `${place}.request`),
    ...(response ? { response } : {}),
    ...(error ? { error } : {}),
    ...(truncated ? { truncated } : {}),
    ...(messages ? { messages } : {}),
  };
}

function originOf(isSecure: boolean, host: string): string {
  const name = host.toLowerCase().replace(isSecure ? /:443$/ : /:80$/, '');
  return `${isSecure ? 'https' : 'http'}://${name}`;
}

/** `HTTP/1.1`, `http/2.0`, `h2`, `h3`, and much that says nothing. */
function versionOf(value: unknown): string | undefined {
  const version = /^(?:http\/|h)(\d(?:\.\d)?)$/i.exec(textOf(value) ?? '')?.[1];
  return version?.replace(/^([23])\.0$/, '$1');
}

function errorOf(entry: unknown): Exchange['error'] {
  const own = member(entry, '_error');
  const code = textOf(member(own, 'code'));
  if (code !== undefined) return { code, message: textOf(member(own, 'message')) ?? '' };
  const told = textOf(own) ?? textOf(member(member(entry, 'response'), '_error'));
  const answered = statusOf(member(entry, 'response')) >= 100;
  return answered && !told ? undefined : { code: 'ERR_UPSTREAM_RESET', message: told ?? 'the archive holds no answer' };
}

/** Whether a body is whole: no hash is known of what an archive does not hold. */
function truncationOf(entry: unknown, error: Exchange['error']): Exchange['truncated'] {
  const own = member(entry, '_truncated') as Exchange['truncated'];
  if (own) return own;
  const [request, response] = [member(entry, 'request'), member(entry, 'response')];
  const missing = missingBody(request, response);
  if (missing) return { ...missing, sha256: '' };
  if (error === undefined || statusOf(response) < 100 || member(entry, '_error') !== undefined) return undefined;
  const length = numberOf(member(member(response, 'content'), 'size')) ?? 0;
  return { reason: `response cut off: ${error.message}`, length, sha256: '' };
}
