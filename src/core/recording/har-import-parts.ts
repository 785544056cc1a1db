// Requests, responses and messages of an archive's entries, as browsers, proxies and test suites write them.
import type { Body, Header, HttpRequest, HttpResponse, SocketMessage } from '../exchange/exchange.ts';
import { tellingReason } from '../exchange/reason-phrases.ts';
import { base64Decode, base64DecodeText, percentEncode } from '../std/encoding.ts';
import { NO_ANSWER } from './har.ts';
import { listOf, member, numberOf, shapeError, textOf } from './har-members.ts';

/** @throws MynahError ERR_HAR_SHAPE */
export function requestOf(request: unknown, target: string, place: string): HttpRequest {
  const method = textOf(member(request, 'method'));
  if (method === undefined) throw shapeError(`${place}.method`, 'a text');
  const body = postedBody(member(request, 'postData'), `${place}.postData`);
  const trailers = headersOf(member(request, '_trailers'));
  return {
    method: method.toUpperCase(),
    target,
    headers: requestHeaders(request),
    ...(body ? { body } : {}),
    ...(trailers.length > 0 ? { trailers } : {}),
    ...arrivalsOf(request),
  };
}

function requestHeaders(request: unknown): readonly Header[] {
  const headers = headersOf(member(request, 'headers'));
  const has = (name: string) => headers.some(([each]) => each === name);
  const authority = listOf(member(request, 'headers')).find((header) => member(header, 'name') === ':authority');
  const cookies = listOf(member(request, 'cookies')).map(
    (cookie) => `${textOf(member(cookie, 'name'))}=${textOf(member(cookie, 'value'))}`,
  );
  return [
    ...(authority && !has('host') ? [['host', textOf(member(authority, 'value')) ?? ''] as const] : []),
    ...headers,
    // Browsers leave the header out of an archive that is to be shown to others, but not always the cookies.
    ...(cookies.length > 0 && !has('cookie') ? [['cookie', cookies.join('; ')] as const] : []),
  ];
}

function postedBody(postData: unknown, place: string): Body | undefined {
  const text = textOf(member(postData, 'text'));
  const encoding = member(postData, '_encoding') ?? member(postData, 'encoding');
  if (text !== undefined && text !== '') return encoding === 'base64' ? bodyOfBase64(text, `${place}.text`) : { text };
  const parameters = listOf(member(postData, 'params'));
  const type = textOf(member(postData, 'mimeType')) ?? '';
  if (parameters.length === 0) return undefined;
  if (type.startsWith('application/x-www-form-urlencoded')) return { text: parameters.map(formField).join('&') };
  const boundary = /^multipart\/form-data\s*;.*\bboundary="?([^";]+)/i.exec(type)?.[1];
  return boundary === undefined ? undefined : { text: multipartText(parameters, boundary) };
}

function formField(parameter: unknown): string {
  const [name = '', value = ''] = [textOf(member(parameter, 'name')), textOf(member(parameter, 'value'))];
  return `${percentEncode(name)}=${percentEncode(value)}`;
}

function multipartText(parameters: readonly unknown[], boundary: string): string {
  const parts = parameters.map((parameter) => {
    const [file, type] = [textOf(member(parameter, 'fileName')), textOf(member(parameter, 'contentType'))];
    const fileName = file === undefined ? '' : `; filename="${file}"`;
    const typeLine = type === undefined ? '' : `Content-Type: ${type}\r\n`;
    const name = textOf(member(parameter, 'name')) ?? '';
    const head = `Content-Disposition: form-data; name="${name}"${fileName}\r\n${typeLine}\r\n`;
    return `--${boundary}\r\n${head}${textOf(member(parameter, 'value')) ?? ''}\r\n`;
  });
  return `${parts.join('')}--${boundary}--\r\n`;
}

/** @throws MynahError ERR_HAR_SHAPE */
export function responseOf(response: unknown, place: string): HttpResponse | undefined {
  const status = statusOf(response);
  if (status < 100 || status > 999) return undefined;
  const content = member(response, 'content');
  const text = textOf(member(content, 'text'));
  const isBase64 = member(content, 'encoding') === 'base64';
  const body = isBase64 && text ? bodyOfBase64(text, `${place}.content.text`) : text ? { text } : undefined;
  const trailers = headersOf(member(response, '_trailers'));
  const reason = tellingReason(status, textOf(member(response, 'statusText')) ?? '');
  const interim = listOf(member(response, '_interim')).map((each) => ({
    status: statusOf(each),
    headers: headersOf(member(each, 'headers')),
  }));
  return {
    status,
    headers: responseHeaders(response),
    ...(body ? { body } : {}),
    ...(trailers.length > 0 ? { trailers } : {}),
    ...(reason ? { reason } : {}),
    ...(interim.length > 0 ? { interim } : {}),
    ...arrivalsOf(response),
  };
}

export function statusOf(response: unknown): number {
  return numberOf(member(response, 'status')) ?? NO_ANSWER;
}

/** Some archives have the cookies of an answer in their list only. */
function responseHeaders(response: unknown): readonly Header[] {
  const headers = headersOf(member(response, 'headers'));
  if (headers.some(([name]) => name === 'set-cookie')) return headers;
  return [...headers, ...listOf(member(response, 'cookies')).map(setCookie)];
}

function setCookie(cookie: unknown): Header {
  const attribute = (name: string, written: string) => {
    const value = textOf(member(cookie, name));
    return value ? [`${written}=${value}`] : [];
  };
  const flag = (name: string, written: string) => (member(cookie, name) === true ? [written] : []);
  const parts = [
    `${textOf(member(cookie, 'name')) ?? ''}=${textOf(member(cookie, 'value')) ?? ''}`,
    ...attribute('path', 'Path'),
    ...attribute('domain', 'Domain'),
    ...flag('httpOnly', 'HttpOnly'),
    ...flag('secure', 'Secure'),
  ];
  return ['set-cookie', parts.join('; ')];
}

/** Why a body that there was is not in the archive: browsers let some go before the archive is written. */
export function missingBody(request: unknown, response: unknown): { reason: string; length: number } | undefined {
  const content = member(response, 'content');
  const [status, length] = [statusOf(response), numberOf(member(content, 'size')) ?? 0];
  const mayHaveBody = status >= 200 && status !== 204 && status !== 304 && member(request, 'method') !== 'HEAD';
  if (mayHaveBody && length > 0 && textOf(member(content, 'text')) === undefined)
    return { reason: 'the archive does not hold the body of the response', length };
  const sent = numberOf(member(request, 'bodySize')) ?? 0;
  if (sent > 0 && member(request, 'postData') === undefined)
    return { reason: 'the archive does not hold the body of the request', length: sent };
  return undefined;
}

/** @throws MynahError ERR_HAR_SHAPE */
export function messagesOf(entry: unknown, place: string): readonly SocketMessage[] | undefined {
  const messages = listOf(member(entry, '_webSocketMessages'));
  return messages.length === 0
    ? undefined
    : messages.map((message, index) => messageOf(message, `${place}._webSocketMessages[${index}]`));
}

function messageOf(message: unknown, place: string): SocketMessage {
  const text = textOf(member(message, 'data')) ?? '';
  const opcode = numberOf(member(message, 'opcode')) ?? 1;
  const isText = opcode === 1 && member(message, '_encoding') !== 'base64';
  const body = text === '' ? undefined : isText ? { text } : bodyOfBase64(text, `${place}.data`);
  const truncated = member(message, '_truncated') as SocketMessage['truncated'];
  return {
    sender: member(message, 'type') === 'send' ? 'client' : 'server',
    // Whole microseconds: seconds with a fraction have no exact milliseconds.
    at: Math.round((numberOf(member(message, 'time')) ?? 0) * 1e6) / 1000,
    opcode,
    ...(body ? { body } : {}),
    ...(truncated ? { truncated } : {}),
  };
}

/** Text where the bytes are some, so that one body has one form. */
function bodyOfBase64(base64: string, place: string): Body {
  if (base64Decode(base64) === undefined) throw shapeError(place, 'the base64 that it says to be');
  const text = base64DecodeText(base64);
  return text === undefined ? { base64 } : { text };
}

/** Without the pseudo-headers of HTTP/2, which say again what stands in the request line. Some browsers join a repeated name. */
function headersOf(headers: unknown): readonly Header[] {
  return listOf(headers).flatMap((header): readonly Header[] => {
    const [name, value] = [textOf(member(header, 'name')), textOf(member(header, 'value'))];
    if (name === undefined || value === undefined || name.startsWith(':')) return [];
    return value.split('\n').map((each): Header => [name.toLowerCase(), each]);
  });
}

function arrivalsOf(message: unknown): Pick<HttpRequest, 'arrivals'> {
  const arrivals = listOf(member(message, '_arrivals'));
  return arrivals.length > 0 && arrivals.every((at) => numberOf(at) !== undefined)
    ? { arrivals: arrivals as readonly number[] }
    : {};
}
