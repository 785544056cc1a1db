// Exchanges for tests of redaction: only what a test is about is written down.
import { createHmac } from 'node:crypto';
import type { Exchange, Header } from '../../src/core/exchange/exchange.ts';

export const sketchHash = (text: string): string => createHmac('sha256', 'key of a user').update(text).digest('hex');

export interface Sketch {
  readonly target?: string;
  readonly headers?: readonly Header[];
  readonly body?: string;
  readonly responseHeaders?: readonly Header[];
  readonly responseBody?: string;
}

export function exchangeOf({
  target = '/v1/things',
  headers = [],
  body,
  responseHeaders = [],
  responseBody,
}: Sketch): Exchange {
  return {
    id: '1.1',
    session: 's',
    origin: 'http://127.0.0.1:3000',
    startedAt: 0,
    endedAt: 1,
    request: { method: 'POST', target, headers, ...(body === undefined ? {} : { body: { text: body } }) },
    response: {
      status: 200,
      headers: responseHeaders,
      ...(responseBody === undefined ? {} : { body: { text: responseBody } }),
    },
  };
}
