// Answers on the wire: what the model says, and nothing that this server would add.
import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { headerValue, type Body, type Header, type HttpResponse } from '../../core/exchange/exchange.ts';
import type { CallRefusal } from './call-address.ts';
import type { ClonedAnswer } from './cloned-api.ts';

/** The server frames the body itself. */
const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'content-encoding',
  'trailer',
]);

/** Headers of HTTP/1.1 connections, which HTTP/2 forbids (RFC 9113, 8.2.2). */
const HTTP1_ONLY: ReadonlySet<string> = new Set(['upgrade', 'proxy-connection', 'http2-settings']);

export function bytesOf(body: Body | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return 'text' in body ? Buffer.from(body.text, 'utf8') : Buffer.from(body.base64, 'base64');
}

/** Sends the answer to a request with that method. */
export function sendAnswer(response: ServerResponse, method: string, { status, headers, body }: HttpResponse): void {
  const isAscii = !headers.some(([, value]) => NOT_ASCII.test(value));
  // A text is written together with the head, in one encoding; bytes are written apart.
  const content = isAscii && body !== undefined && 'text' in body ? body.text : bytesOf(body);
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  const isStream = hasBody && method !== 'HEAD' && isEventStream(headers);
  const isHttp2 = 'stream' in response;
  const fields: OutgoingHttpHeaders = {};
  for (const [name, text] of headers) {
    if (FRAMING.has(name) || (isHttp2 && HTTP1_ONLY.has(name))) continue;
    const value = isAscii ? text : headValue(text);
    const earlier = fields[name];
    fields[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [String(earlier)]), value];
  }
  if (hasBody && !isStream) {
    const declared = headers.find(([name]) => name === 'content-length')?.[1];
    // The answer to HEAD says how long the body would be that it does not have.
    const length = method === 'HEAD' && content.length === 0 ? declared : String(Buffer.byteLength(content));
    if (length !== undefined) fields['content-length'] = length;
  }
  // A date that the model does not give would differ from run to run.
  response.sendDate = false;
  response.writeHead(status, fields);
  if (isStream) for (const event of eventsOf(bytesOf(body))) response.write(isAscii ? event : Buffer.from(event));
  if (hasBody && !isStream && method !== 'HEAD' && content.length > 0) response.end(content, 'utf8');
  else response.end();
}

const NOT_ASCII = /[\u0080-\uffff]/;
const NOT_LATIN1 = /[\u0100-\uffff]/;

/** A head is bytes, each a character of Latin-1: what has others travels as UTF-8. */
function headValue(text: string): string {
  return NOT_LATIN1.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

const isEventStream = (headers: readonly Header[]): boolean =>
  /^text\/event-stream\b/i.test(headerValue(headers, 'content-type') ?? '');

/** Event by event, as a server sends them: what ends with an empty line, and whatever follows the last. */
function eventsOf(bytes: Buffer): readonly string[] {
  return bytes.toString('utf8').split(/(?<=\r\n\r\n|\n\n|\r\r)/);
}

/** An answer on a connection that ends with it, where no server writes it. */
export function rawAnswer({ status, headers, body }: HttpResponse): Buffer {
  const bytes = bytesOf(body);
  const lines = headers
    .filter(([name]) => !FRAMING.has(name))
    .map(([name, value]) => `${name}: ${headValue(value)}\r\n`);
  const end = `content-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}${end}`, 'latin1'),
    bytes,
  ]);
}

/** What the plane itself has to say, in words that any server could use. */
const REFUSALS = {
  400: 'Bad Request',
  404: 'Not Found',
  410: 'Gone',
  413: 'Payload Too Large',
  426: 'Upgrade Required',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
} as const;

export type RefusalStatus = keyof typeof REFUSALS;

/** What is said to a request that nobody answers. */
export const REFUSAL_STATUS: Readonly<Record<CallRefusal | Exclude<ClonedAnswer['kind'], 'answer'>, RefusalStatus>> = {
  malformed: 400,
  'no-episode': 404,
  finished: 410,
  unreachable: 502,
  unavailable: 503,
};

export function sendRefusal(response: ServerResponse, method: string, status: RefusalStatus): void {
  const body = { text: JSON.stringify({ message: REFUSALS[status] }) };
  const upgrade: readonly Header[] = status === 426 ? [['upgrade', 'websocket']] : [];
  sendAnswer(response, method, { status, headers: [['content-type', 'application/json'], ...upgrade], body });
}
