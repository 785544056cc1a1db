import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rawAnswer, sendAnswer, sendRefusal } from '../../../src/server/agent/outgoing-answer.ts';
import { send } from '../../support/environment-client.ts';

async function answered(respond: (response: Parameters<typeof sendAnswer>[0], method: string) => void) {
  const server = createServer((request, response) => respond(response, request.method ?? ''));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return send(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
}

describe('an answer on the wire', () => {
  it('has bytes as bytes', async () => {
    const { text, headers } = await answered((response, method) =>
      sendAnswer(response, method, { status: 200, headers: [['content-type', 'image/png']], body: { base64: 'aGk=' } }),
    );
    expect([text, headers['content-length'], headers['content-type']]).toEqual(['hi', '2', 'image/png']);
  });

  it('has a length of 0 where a body is due and there is none', async () => {
    const { headers, status } = await answered((response, method) =>
      sendAnswer(response, method, { status: 500, headers: [] }),
    );
    expect([status, headers['content-length'], headers['date']]).toEqual([500, '0', undefined]);
  });

  it('is a stream where the original sent events: one piece each, without a length', async () => {
    const text = 'data: 1\n\nevent: done\ndata: 2\n\nrest';
    const written: string[] = [];
    const { headers, text: seen } = await answered((response, method) => {
      const write = response.write.bind(response) as (chunk: string) => boolean;
      response.write = ((chunk: string) => written.push(chunk) > 0 && write(chunk)) as typeof response.write;
      sendAnswer(response, method, { status: 200, headers: [['content-type', 'text/event-stream']], body: { text } });
    });
    expect([seen, headers['content-length'], headers['transfer-encoding']]).toEqual([text, undefined, 'chunked']);
    expect(written).toEqual(['data: 1\n\n', 'event: done\ndata: 2\n\n', 'rest']);
  });

  it.each([
    ['in ASCII', 'a', 'a'],
    ['as the bytes that were recorded', 'caf\u00e9', 'caf\u00e9'],
    ['as UTF-8 where they are more than bytes', '\u4e2d', '\u00e4\u00b8\u00ad'],
  ])('has the values of its head %s, whatever its body is', async (_how, value, seen) => {
    for (const type of ['text/plain', 'text/event-stream']) {
      const head = [
        ['content-type', type],
        ['x-name', value],
      ] as const;
      const { headers, text } = await answered((response, method) =>
        sendAnswer(response, method, { status: 200, headers: head, body: { text: '\u4e2d\n\n' } }),
      );
      expect([headers['x-name'], text]).toEqual([seen, '\u4e2d\n\n']);
    }
    const raw = rawAnswer({ status: 403, headers: [['x-name', value]] });
    expect(raw.toString('latin1')).toContain(`x-name: ${seen}\r\n`);
  });

  it('keeps every value of a header that repeats', async () => {
    const { headers } = await answered((response, method) =>
      sendAnswer(response, method, {
        status: 200,
        headers: [
          ['vary', 'a'],
          ['vary', 'b'],
          ['vary', 'c'],
        ],
      }),
    );
    expect(headers['vary']).toBe('a, b, c');
  });

  it('refuses in words that any server could use', async () => {
    const { status, text } = await answered((response, method) => sendRefusal(response, method, 410));
    expect([status, text]).toEqual([410, '{"message":"Gone"}']);
  });
});
