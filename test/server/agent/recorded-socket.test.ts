import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { printDialogues } from '../../../src/core/exchange/dialogue.ts';
import { createAgentPlane } from '../../../src/server/agent/agent-plane.ts';
import type { ClonedAnswer } from '../../../src/server/agent/cloned-api.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const DIALOGUES = printDialogues([
  [
    { sender: 'server', opcode: 1, body: { text: 'hello' } },
    { sender: 'client', opcode: 1, body: { text: 'ping' } },
    { sender: 'server', opcode: 2, body: { base64: 'AP8H' } },
    { sender: 'client', opcode: 1, body: { text: 'bye' } },
    { sender: 'server', opcode: 8, body: { base64: Buffer.from([0x0f, 0xa0, 0x6f, 0x6b]).toString('base64') } },
  ],
]);

/** Address of a plane whose every answer is this one. */
async function planeAnswering(answer: ClonedAnswer): Promise<string> {
  const { services } = notesEnvironment().loaded.model;
  const api = { services, tools: () => new Map(), answer: () => Promise.resolve(answer) };
  const server = createAgentPlane({ api, bodyBytesMax: 1000, onFailure: () => undefined });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}/~/e1/socket`;
}

const dialogue: ClonedAnswer = {
  kind: 'answer',
  response: { status: 101, headers: [], body: { text: DIALOGUES } },
};

async function said(socket: WebSocket): Promise<string> {
  const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  return isBinary ? data.toString('hex') : data.toString();
}

describe('a WebSocket of the agent plane', () => {
  it('says what the original said, unasked, in answer, and at the end', async () => {
    const socket = new WebSocket(await planeAnswering(dialogue));
    expect(await said(socket)).toBe('hello');
    const answered = said(socket);
    socket.send('nobody said this');
    socket.send('ping');
    expect(await answered).toBe('00ff07');
    const closed = once(socket, 'close');
    socket.send('bye');
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4000, 'ok']);
  });

  it('answers as the API does where it does not upgrade, and ends the connection', async () => {
    const refused: ClonedAnswer = {
      kind: 'answer',
      response: { status: 403, headers: [['x-why', 'no']], body: { text: 'no' } },
    };
    for (const [answer, status] of [
      [refused, 403],
      [{ kind: 'no-episode' }, 404],
      [{ kind: 'finished' }, 410],
      [{ kind: 'unavailable' }, 503],
    ] as const) {
      const socket = new WebSocket(await planeAnswering(answer));
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
      expect(response.statusCode).toBe(status);
    }
  });

  it('survives messages that are too long, frames that are none, and clients that go', async () => {
    const url = await planeAnswering(dialogue);
    const long = new WebSocket(url);
    await said(long);
    const closed = once(long, 'close');
    long.send('x'.repeat(2000));
    expect((await closed)[0]).toBe(1009);
    const port = Number(new URL(url).port);
    const raw = connect(port, '127.0.0.1');
    raw.write(
      'GET /~/e1/socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await once(raw, 'data');
    raw.on('error', () => undefined);
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await once(raw, 'close');
    const next = new WebSocket(url);
    expect(await said(next)).toBe('hello');
    next.terminate();
  });
});
