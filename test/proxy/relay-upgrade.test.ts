import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer, type ClientOptions, type ServerOptions } from 'ws';
import { harOf } from '../../src/core/recording/har-export.ts';
import { portOf, startRecorder, startUpstream, type TestRecorder } from '../support/recorder.ts';

/** A server that sends every message back, text as text and binary as binary. */
async function startEcho(options: ServerOptions = {}): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ ...options, server });
  sockets.on('connection', (socket) => {
    socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  });
  return `http://127.0.0.1:${await portOf(server)}`;
}

async function openSocket(recorder: TestRecorder, path = '/live', options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(`${recorder.origin.replace('http', 'ws')}${path}`, options);
  await once(socket, 'open');
  return socket;
}

async function echoOf(socket: WebSocket, message: string | Buffer): Promise<Buffer> {
  socket.send(message);
  return ((await once(socket, 'message')) as [Buffer])[0];
}

async function closed(socket: WebSocket, code?: number, reason?: string): Promise<void> {
  socket.close(code, reason);
  await once(socket, 'close');
}

describe('a WebSocket', () => {
  it('is passed through both ways, and its handshake is recorded before the client knows of it', async () => {
    const recorder = await startRecorder({ reverse: await startEcho() });
    const socket = await openSocket(recorder, '/live?x=1', { headers: { 'mynah-session': 'ws' } });
    expect(recorder.committed()).toMatchObject([
      { session: 'ws', request: { method: 'GET', target: '/live?x=1' }, response: { status: 101 } },
    ]);
    expect(String(await echoOf(socket, 'hi'))).toBe('hi');
    await closed(socket);
  });

  it('is recorded with sender, time and opcode of each message, committed before it is passed on', async () => {
    const started = Date.now();
    const recorder = await startRecorder({ reverse: await startEcho() });
    const socket = await openSocket(recorder);
    await echoOf(socket, 'one');
    const messages = () => recorder.committed()[0]?.messages ?? [];
    expect(messages()).toMatchObject([
      { sender: 'client', opcode: 1, body: { text: 'one' } },
      { sender: 'server', opcode: 1, body: { text: 'one' } },
    ]);
    await echoOf(socket, Buffer.from([0xff, 0x00]));
    await closed(socket, 4001, 'enough');
    const close = { opcode: 8, body: { base64: Buffer.from('\x0f\xa1enough', 'latin1').toString('base64') } };
    expect(messages().slice(2)).toMatchObject([
      { sender: 'client', opcode: 2, body: { base64: '/wA=' } },
      { sender: 'server', opcode: 2, body: { base64: '/wA=' } },
      { sender: 'client', ...close },
      { sender: 'server', ...close },
    ]);
    const times = messages().map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(started);
  });

  it.each([
    ['with a shared window', {}],
    ['with a window for each message', { serverNoContextTakeover: true, clientNoContextTakeover: true }],
    ['with small windows', { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
  ])('is recorded uncompressed %s, and passed on compressed', async (_how, parameters) => {
    const perMessageDeflate = { ...parameters, threshold: 0, zlibDeflateOptions: { level: constants.Z_BEST_SPEED } };
    const recorder = await startRecorder({ reverse: await startEcho({ perMessageDeflate }) });
    const socket = await openSocket(recorder, '/', { perMessageDeflate });
    expect(socket.extensions).toContain('permessage-deflate');
    const texts = ['again and again', 'again and again', 'x'.repeat(100_000)];
    for (const text of texts) expect(String(await echoOf(socket, text))).toBe(text);
    await closed(socket);
    const recorded = recorder.committed()[0]?.messages?.filter(({ opcode }) => opcode === 1);
    expect(recorded?.map(({ body }) => body)).toEqual(texts.flatMap((text) => [{ text }, { text }]));
  });

  it('is recorded by messages, however they were cut into frames and packets', async () => {
    const recorder = await startRecorder({ reverse: await startEcho() });
    const socket = await openSocket(recorder);
    socket.send('in ', { fin: false });
    socket.send('three ', { fin: false });
    socket.ping();
    socket.send('parts', { fin: true });
    expect(String((await once(socket, 'message'))[0])).toBe('in three parts');
    for (const n of [1, 2, 3]) socket.send(String(n));
    while (recorder.committed()[0]?.messages?.length !== 8) await once(socket, 'message');
    await closed(socket);
    const sent = recorder.committed()[0]?.messages?.filter(({ sender, opcode }) => sender === 'client' && opcode === 1);
    expect(sent?.map(({ body }) => body)).toEqual(['in three parts', '1', '2', '3'].map((text) => ({ text })));
  });

  it('keeps length and hash of a message that is too long to keep, and passes it on', async () => {
    const recorder = await startRecorder({ reverse: await startEcho(), bodyMax: 1000 });
    const socket = await openSocket(recorder);
    expect(await echoOf(socket, 'x'.repeat(200_000))).toHaveLength(200_000);
    await closed(socket);
    const [message] = recorder.committed()[0]?.messages ?? [];
    expect(message).not.toHaveProperty('body');
    expect(message?.truncated).toEqual({ length: 200_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is redacted like any body', async () => {
    const recorder = await startRecorder({ reverse: await startEcho() });
    const socket = await openSocket(recorder);
    await echoOf(socket, '{"type":"auth","access_token":"s3cr3t-0123456789-abcdef","mail":"ada@acme.io"}');
    await echoOf(socket, Buffer.from('\xff s3cr3t-0123456789-abcdef \xfe', 'latin1'));
    await closed(socket);
    const { exchanges } = await recorder.finish();
    expect(exchanges[0]?.messages).toHaveLength(6);
    expect(recorder.rawFile()).not.toMatch(/s3cr3t|ada@acme/);
    expect(JSON.stringify(harOf({ ...(await recorder.finish()) }))).not.toMatch(/s3cr3t|ada@acme/);
  });

  it('keeps its subprotocol, and cookies of the answer', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'chat.v2' });
    sockets.on('headers', (headers) => void headers.push('Set-Cookie: a=1', 'Set-Cookie: b=2'));
    const recorder = await startRecorder({ reverse: `http://127.0.0.1:${await portOf(server)}` });
    const socket = new WebSocket(recorder.origin.replace('http', 'ws'), ['chat.v1', 'chat.v2']);
    const [answer] = (await once(socket, 'upgrade')) as [{ headers: Record<string, unknown> }];
    expect([socket.protocol, answer.headers['set-cookie']]).toEqual(['chat.v2', ['a=1', 'b=2']]);
    await closed(socket);
  });

  it('that is no longer one is passed on, and said to be recorded no further', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.on('data', (bytes: Buffer) => socket.write(Buffer.concat([Buffer.from('\x7fno frame:'), bytes])));
    });
    const recorder = await startRecorder({ reverse: `http://127.0.0.1:${await portOf(server)}` });
    const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'data');
    socket.write('neither');
    expect(String((await once(socket, 'data'))[0])).toBe('\x7fno frame:neither');
    socket.destroy();
    expect(recorder.lost).toEqual(['1.1', '1.1']);
    expect(recorder.committed()[0]).not.toHaveProperty('messages');
  });

  it('ends for one side when it ends for the other', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    const recorder = await startRecorder({ reverse: `http://127.0.0.1:${await portOf(server)}` });
    const connection = once(sockets, 'connection') as Promise<[WebSocket]>;
    const socket = await openSocket(recorder);
    const [peer] = await connection;
    (peer as unknown as { _socket: Socket })._socket.resetAndDestroy();
    expect((await once(socket, 'close'))[0]).toBe(1006);
    const next = once(sockets, 'connection') as Promise<[WebSocket]>;
    const other = await openSocket(recorder);
    const [otherPeer] = await next;
    other.terminate();
    expect((await once(otherPeer, 'close'))[0]).toBe(1006);
    expect(recorder.lost).toEqual([]);
    // Which side broke off, under the code that nobody can send.
    const { exchanges } = await recorder.finish();
    const brokenOff = { opcode: 8, body: { base64: Buffer.from([0x03, 0xee]).toString('base64') } };
    expect(exchanges.map(({ messages }) => messages)).toMatchObject([
      [{ ...brokenOff, sender: 'server' }],
      [{ ...brokenOff, sender: 'client' }],
    ]);
  });

  it('is passed on although the disk refuses it', async () => {
    const recorder = await startRecorder({
      reverse: await startEcho(),
      wrapWriter: (writer) => ({ ...writer, appendMessage: () => Promise.reject(new Error('disk full')) }),
    });
    const socket = await openSocket(recorder);
    expect(String(await echoOf(socket, 'hi'))).toBe('hi');
    await closed(socket);
    expect(recorder.lost).toContain('1.1');
  });
});

describe('upgrades that come to nothing', () => {
  it('are answered 502 when the upstream of a WebSocket is not there', async () => {
    const recorder = await startRecorder({ reverse: 'http://127.0.0.1:9' });
    const client = new WebSocket(recorder.origin.replace('http', 'ws'));
    expect(String(((await once(client, 'error')) as [Error])[0])).toContain('502');
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_UPSTREAM_REFUSED' } }]);
  });

  it('are answered as the upstream does when it declines', async () => {
    const reverse = await startUpstream((_request, response) => response.writeHead(401).end('who are you?'));
    const recorder = await startRecorder({ reverse });
    const client = new WebSocket(recorder.origin.replace('http', 'ws'));
    const [, answer] = (await once(client, 'unexpected-response')) as [unknown, AsyncIterable<Buffer>];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect(text).toBe('who are you?');
    expect(recorder.committed()).toMatchObject([{ response: { status: 401, body: { text } } }]);
  });
});
