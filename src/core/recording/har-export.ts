// A recording as an HTTP Archive: sessions are pages, exchanges are entries in order of completion.
import { parseCookies, parseSetCookie } from '../exchange/cookies.ts';
import { headerValue, type Body, type Exchange, type Header, type SocketMessage } from '../exchange/exchange.ts';
import { decodeFormText } from '../exchange/form.ts';
import { formatTime } from '../std/clock.ts';
import { base64Encode, utf8Encode } from '../std/encoding.ts';
import {
  NO_ANSWER,
  type Har,
  type HarEntry,
  type HarPage,
  type HarPair,
  type HarRequest,
  type HarResponse,
  type HarSocketMessage,
} from './har.ts';
import type { Recording, Session } from './recording.ts';

/** The archive of a recording. Equal recordings give equal archives. */
export function harOf(recording: Recording): Har {
  return {
    log: {
      version: '1.2',
      creator: { name: 'mynah', version: recording.toolVersion },
      pages: recording.sessions.map((session) => pageOf(session, recording)),
      entries: recording.exchanges.map(entryOf),
      _mynah: { redacted: true, createdAt: isoTime(recording.createdAt) },
    },
  };
}

function pageOf({ name, start }: Session, { exchanges, createdAt }: Recording): HarPage {
  const first = exchanges.find(({ session }) => session === name);
  return {
    startedDateTime: isoTime(first?.startedAt ?? createdAt),
    id: name,
    title: name,
    pageTimings: {},
    _start: start,
  };
}

function entryOf(exchange: Exchange): HarEntry {
  const time = Math.max(0, exchange.endedAt - exchange.startedAt);
  return {
    pageref: exchange.session,
    startedDateTime: isoTime(exchange.startedAt),
    time,
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    _id: exchange.id,
    ...(exchange.error ? { _error: exchange.error } : {}),
    ...(exchange.truncated ? { _truncated: exchange.truncated } : {}),
    ...(exchange.messages
      ? { _resourceType: 'websocket' as const, _webSocketMessages: exchange.messages.map(messageOf) }
      : {}),
  };
}

function messageOf({ sender, at, opcode, body, truncated }: SocketMessage): HarSocketMessage {
  const isText = opcode === TEXT && (body === undefined || 'text' in body);
  return {
    type: sender === 'client' ? 'send' : 'receive',
    time: at / 1000,
    opcode,
    data: isText ? textOf(body) : base64Of(body),
    ...(opcode === TEXT && !isText ? { _encoding: 'base64' as const } : {}),
    ...(truncated ? { _truncated: truncated } : {}),
  };
}

/** Opcode of a message that is text (RFC 6455, 5.2). */
const TEXT = 1;

function textOf(body: Body | undefined): string {
  return body !== undefined && 'text' in body ? body.text : '';
}

function base64Of(body: Body | undefined): string {
  if (body === undefined) return '';
  return 'base64' in body ? body.base64 : base64Encode(utf8Encode(body.text));
}

function versionText(version: string | undefined): string {
  return version === undefined ? '' : `HTTP/${version}`;
}

function requestOf({ origin, request, httpVersion, messages }: Exchange): HarRequest {
  const { method, target, headers, body } = request;
  const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
  return {
    method,
    url: (messages ? origin.replace(/^http/, 'ws') : origin) + target,
    httpVersion: versionText(httpVersion),
    cookies: cookiesOf(headers),
    headers: pairsOf(headers),
    queryString: queryOf(query),
    ...(body ? { postData: { mimeType: headerValue(headers, 'content-type') ?? '', ...postedText(body) } } : {}),
    headersSize: -1,
    bodySize: sizeOf(body),
    ...(request.trailers ? { _trailers: pairsOf(request.trailers) } : {}),
    ...(request.arrivals ? { _arrivals: request.arrivals } : {}),
  };
}

function postedText(body: Body): { readonly text: string; readonly _encoding?: 'base64' } {
  return 'text' in body ? { text: body.text } : { text: body.base64, _encoding: 'base64' };
}

function responseOf({ response, httpVersion }: Exchange): HarResponse {
  const headers = response?.headers ?? [];
  const body = response?.body;
  const size = sizeOf(body);
  return {
    status: response?.status ?? NO_ANSWER,
    statusText: response?.reason ?? '',
    httpVersion: response ? versionText(httpVersion) : '',
    cookies: headers
      .filter(([name]) => name === 'set-cookie')
      .flatMap(([, header]) => {
        const { name, value } = parseSetCookie(header) ?? {};
        return name === undefined || value === undefined ? [] : [{ name, value }];
      }),
    headers: pairsOf(headers),
    content: { size, mimeType: headerValue(headers, 'content-type') ?? '', ...contentText(body) },
    redirectURL: headerValue(headers, 'location') ?? '',
    headersSize: -1,
    bodySize: size,
    ...(response?.trailers ? { _trailers: pairsOf(response.trailers) } : {}),
    ...(response?.interim
      ? { _interim: response.interim.map((each) => ({ status: each.status, headers: pairsOf(each.headers) })) }
      : {}),
    ...(response?.arrivals ? { _arrivals: response.arrivals } : {}),
  };
}

function contentText(body: Body | undefined): { readonly text?: string; readonly encoding?: 'base64' } {
  if (body === undefined) return {};
  return 'text' in body ? { text: body.text } : { text: body.base64, encoding: 'base64' };
}

function sizeOf(body: Body | undefined): number {
  if (body === undefined) return 0;
  return 'text' in body ? utf8Encode(body.text).length : Math.floor((body.base64.replace(/=+$/, '').length * 3) / 4);
}

function pairsOf(headers: readonly Header[]): readonly HarPair[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function cookiesOf(headers: readonly Header[]): readonly HarPair[] {
  return pairsOf(headers.filter(([name]) => name === 'cookie').flatMap(([, value]) => parseCookies(value)));
}

function queryOf(query: string): readonly HarPair[] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return { name: decodeFormText(name), value: decodeFormText(value) };
    });
}

function isoTime(ms: number): string {
  return String(formatTime(ms, 'iso-ms') ?? '1970-01-01T00:00:00.000Z');
}
