import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressedRequest } from '../../../src/server/agent/incoming-request.ts';
import { serviceBases } from '../../../src/server/agent/base-url.ts';
import { notesEnvironment, NOTES_ORIGIN } from '../../support/notes-clone.ts';

const [service] = notesEnvironment().loaded.model.services as [never];
const bases = serviceBases('http://host:1', 'e1', [service]);

function read(rawHeaders: string[], bytes = Buffer.alloc(0), limit = 1000) {
  const headers = Object.fromEntries(
    rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1]]] : [])),
  );
  const message = { method: 'POST', rawHeaders, headers } as unknown as IncomingMessage;
  return addressedRequest(message, bytes, { episode: 'e1', service, target: '/notes', bases }, limit);
}

describe('an incoming request', () => {
  it('keeps the order and repetition of its headers, in lower case', () => {
    expect(read(['X-A', '1', 'Accept', 'b', 'x-a', '2']).headers).toEqual([
      ['x-a', '1'],
      ['accept', 'b'],
      ['x-a', '2'],
    ]);
  });

  it('names the original as the origin of a page under the base', () => {
    expect(read(['Origin', 'http://host:1']).headers).toEqual([['origin', NOTES_ORIGIN]]);
    expect(read(['Origin', 'http://host:12']).headers).toEqual([['origin', 'http://host:12']]);
  });

  it('keeps a body whose encoding it cannot undo, or that would grow over the limit, as it came', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync('x'.repeat(5000));
    expect(read(['content-encoding', 'gzip'], bomb)).toMatchObject({
      headers: [['content-encoding', 'gzip']],
      body: { base64: bomb.toString('base64') },
    });
    expect(read(['content-encoding', 'odd'], Buffer.from('x'))).toMatchObject({
      headers: [['content-encoding', 'odd']],
      body: { text: 'x' },
    });
  });

  it('gives the same list for the same head, whatever the length of its body', () => {
    const first = read(['X-B', '1', 'Content-Length', '0']);
    const second = read(['x-b', '1', 'content-length', '2'], Buffer.from('{}'));
    expect(second.headers).toBe(first.headers);
    expect(read(['x-b', '2']).headers).toEqual([['x-b', '2']]);
  });

  it('gives each episode its own URLs where a header holds one', () => {
    const of = (episode: string) => ({
      episode,
      service,
      target: '/',
      bases: serviceBases('http://host:1', episode, [service]),
    });
    const rawHeaders = ['Referer', 'http://host:1/~/e2/notes'];
    const message = { method: 'GET', rawHeaders, headers: {} } as unknown as IncomingMessage;
    const refererIn = (episode: string) => addressedRequest(message, Buffer.alloc(0), of(episode), 10).headers[0]?.[1];
    expect(['e1', 'e2', 'e1'].map(refererIn)).toEqual([
      'http://host:1/~/e2/notes',
      `${NOTES_ORIGIN}/notes`,
      'http://host:1/~/e2/notes',
    ]);
  });
});
