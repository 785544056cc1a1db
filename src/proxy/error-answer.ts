// Answers that the proxy itself gives instead of an upstream: the status of the failure, `mynah-error` and a line of text.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { ERROR_CODES, type ErrorCode } from '../core/std/error-codes.ts';

/** How long the rest of a request that was answered already is read and thrown away. */
const DISCARD_MS = 5000;

/** Answers a request, unless an answer has begun. */
export function answerWithError(
  request: IncomingMessage,
  response: ServerResponse,
  code: ErrorCode,
  message: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const body = bodyOf(code, message);
  response.writeHead(statusOf(code), {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'mynah-error': code,
  });
  response.end(body);
  discardRest(request);
}

/** Answers on a connection that has no response object, and ends it. */
export function writeRawError(socket: Duplex, code: ErrorCode, message: string): void {
  const body = bodyOf(code, message);
  const head = [
    `HTTP/1.1 ${statusOf(code)} ${ERROR_CODES[code].title.replace(/\.$/, '')}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `mynah-error: ${code}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Ends an answer so that its client sees that it is not whole. */
export function breakOff(response: ServerResponse): void {
  const { stream } = response as { stream?: ServerHttp2Stream };
  // A stream that is closed, or destroyed for no reason, ends first and looks whole.
  if (stream) stream.destroy(new Error('the answer broke off'));
  else response.destroy();
}

function statusOf(code: ErrorCode): number {
  const spec = ERROR_CODES[code];
  return 'status' in spec ? spec.status : 500;
}

function bodyOf(code: ErrorCode, message: string): string {
  return `mynah: ${code}: ${message}\n`;
}

/** Reads on what the client still sends, for a while: it would not see the answer if its connection were closed now. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), DISCARD_MS).unref();
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.on('error', () => undefined);
  request.resume();
}
