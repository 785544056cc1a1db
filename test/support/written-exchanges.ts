// Clones of a few exchanges, each written as a line, for what is replayed as it was.
import { compileServices } from '../../src/core/build/compile-services.ts';
import type { Exchange, Header } from '../../src/core/exchange/exchange.ts';
import { CloneClient } from './clone-client.ts';

const ORIGIN = 'https://web.example';

export type Part = Partial<Omit<Exchange, 'request' | 'response'>> & {
  readonly ask: string;
  readonly status?: number;
  readonly sent?: readonly Header[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly base64?: string;
};

/** A clone of exchanges with one origin, and what asks it. */
export function cloneOf(parts: readonly Part[]): CloneClient {
  const exchanges = parts.map(
    ({ ask, status = 200, sent = [], headers = {}, text, base64, ...more }, index): Exchange => {
      const [method = '', target = ''] = ask.split(' ');
      const body = text !== undefined ? { body: { text } } : base64 !== undefined ? { body: { base64 } } : {};
      return {
        id: `1.${index + 1}`,
        session: 'a',
        origin: ORIGIN,
        startedAt: index * 1000,
        endedAt: index * 1000 + 5,
        request: { method, target, headers: sent },
        response: { status, headers: Object.entries(headers), ...body },
        ...more,
      };
    },
  );
  const sessions = [{ name: 'a', start: 'unknown' as const }];
  const recording = { formatVersion: 1 as const, toolVersion: 'test', createdAt: 0, sessions, exchanges };
  return new CloneClient(compileServices([recording]).loaded);
}

export const SCRIPT = { 'content-type': 'text/javascript', etag: '"v1"', date: 'Mon, 01 Jan 2026 00:00:00 GMT' };
export const PAGE = { 'content-type': 'text/html; charset=utf-8' };
/** Status, body and provenance of what it answers to a GET. */
export const bodyOf = (client: CloneClient, target: string, headers: readonly Header[] = []) => {
  const { status, body, transition } = client.send('GET', target, undefined, headers);
  return [status, body as unknown, transition.provenance];
};
