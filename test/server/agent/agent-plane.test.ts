import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenerOrigin } from '../../../src/proxy/listener.ts';
import { createAgentPlane } from '../../../src/server/agent/agent-plane.ts';
import type { ClonedAnswer } from '../../../src/server/agent/cloned-api.ts';
import type { AddressedRequest } from '../../../src/core/runtime/step.ts';
import { send, testServer } from '../../support/environment-client.ts';
import { notesEnvironment, NOTES_ORIGIN } from '../../support/notes-clone.ts';

/** A plane in front of an API that answers as told and remembers what it was asked. */
async function planeOf(answer: (request: AddressedRequest) => ClonedAnswer, bodyBytesMax?: number) {
  const asked: [string, AddressedRequest][] = [];
  const server = createAgentPlane({
    api: {
      services: notesEnvironment().loaded.model.services,
      tools: () => new Map(),
      answer: (episode, request) => {
        asked.push([episode, request]);
        return Promise.resolve(answer(request));
      },
    },
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
    onFailure: () => undefined,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: listenerOrigin(server.address() as never), port, asked };
}

const ok = (): ClonedAnswer => ({ kind: 'answer', response: { status: 200, headers: [], body: { text: 'ok' } } });

/** What comes back for raw bytes on one connection. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket
      .on('data', (chunk) => (seen += String(chunk)))
      .on('error', () => resolve(seen))
      .on('close', () => resolve(seen));
  });
}

describe('a request of an agent', () => {
  it('is told to ask for a WebSocket where the original has one and it asks for none', async () => {
    const { url, port } = await planeOf(() => ({ kind: 'answer', response: { status: 101, headers: [] } }));
    const { status, headers } = await send(`${url}/~/e1/socket`);
    expect([status, headers['upgrade']]).toEqual([426, 'websocket']);
    const twice = 'GET /~/e1/socket HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2);
    expect((await exchange(port, twice)).match(/HTTP\/1.1 426 Upgrade Required/g)).toHaveLength(2);
  });

  it("is answered with its body where it asks for another protocol, as Java's client does", async () => {
    const { port, asked } = await planeOf(ok);
    const answer = await exchange(
      port,
      `POST /~/e1/notes HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: 4\r\n\r\nbody`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 [^]*ok$/);
    expect(asked).toMatchObject([['e1', { method: 'POST', target: '/notes', body: { text: 'body' } }]]);
  });

  it('reaches the core as the original would have seen it', async () => {
    const { url, asked } = await planeOf(ok);
    const base = `${url}/~/e1`;
    await send(`${base}/notes?back=${encodeURIComponent(`${base}/x`)}`, {
      method: 'POST',
      body: { self: `${base}/notes/1` },
      headers: {
        referer: `${base}/page`,
        origin: url,
        'mynah-episode': 'ignored',
        connection: 'close, x-hop',
        'x-hop': '1',
        'proxy-authorization': 'Basic eDp5',
      },
    });
    const [episode, request] = asked[0] as (typeof asked)[0];
    expect(episode).toBe('e1');
    expect(request).toMatchObject({
      origin: NOTES_ORIGIN,
      method: 'POST',
      target: `/notes?back=${encodeURIComponent(`${NOTES_ORIGIN}/x`)}`,
      body: { text: `{"self":"${NOTES_ORIGIN}/notes/1"}` },
    });
    const headers = Object.fromEntries(request.headers);
    expect(headers).toMatchObject({
      referer: `${NOTES_ORIGIN}/page`,
      origin: NOTES_ORIGIN,
      'content-type': 'application/json',
    });
    for (const name of [
      'connection',
      'x-hop',
      'proxy-authorization',
      'mynah-episode',
      'content-length',
      'transfer-encoding',
    ])
      expect(headers).not.toHaveProperty(name);
  });

  it('has the content encodings of its body undone, and bytes that are no text as base64', async () => {
    const { port, asked } = await planeOf(ok);
    const post = (bytes: Buffer, headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(
          { port, host: '127.0.0.1', method: 'POST', path: '/~/e/notes', headers },
          (response) => response.resume().once('end', resolve),
        );
        request.once('error', reject).end(bytes);
      });
    await post(gzipSync('{"a":1}'), { 'content-encoding': 'gzip' });
    await post(Buffer.from([0xff, 0x00]), {});
    expect(asked.map(([, { body }]) => body)).toEqual([{ text: '{"a":1}' }, { base64: '/wA=' }]);
    expect(Object.fromEntries(asked[0]?.[1].headers ?? [])).not.toHaveProperty('content-encoding');
  });

  it('over the limit is refused with 413, declared or not, and asks nothing', async () => {
    const { url, port, asked } = await planeOf(ok, 10);
    expect((await send(`${url}/~/e/notes`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    const chunked = await exchange(
      port,
      `POST /~/e/notes HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nff\r\n${'x'.repeat(255)}\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1.1 413 /);
    expect((await send(`${url}/~/e/notes`, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it('of a client that vanishes in the middle asks nothing', async () => {
    const { port, url, asked } = await planeOf(ok);
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) =>
      socket.write('POST /~/e/notes HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf', () => resolve()),
    );
    await new Promise((resolve) => socket.once('close', resolve).resetAndDestroy());
    await send(`${url}/~/e/notes`);
    expect(asked.map(([, { method }]) => method)).toEqual(['GET']);
  });
});

describe('an answer for an agent', () => {
  it('has the status and headers of the model and no others but framing', async () => {
    const headers = [
      ['content-type', 'text/plain'],
      ['date', 'Mon, 01 Jan 2024 00:00:00 GMT'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['content-length', '999'],
      ['transfer-encoding', 'chunked'],
      ['content-encoding', 'gzip'],
    ] as const;
    const { port } = await planeOf(() => ({ kind: 'answer', response: { status: 200, headers, body: { text: 'é' } } }));
    const raw = await exchange(port, 'GET /~/e/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(raw.split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      'content-type: text/plain',
      'date: Mon, 01 Jan 2024 00:00:00 GMT',
      'set-cookie: a=1',
      'set-cookie: b=2',
      'content-length: 2',
      'Connection: close',
      '',
      'é',
    ]);
  });

  it.each([
    ['HEAD', 200, '5', ''],
    ['GET', 204, undefined, ''],
    ['GET', 304, undefined, ''],
    ['GET', 200, '5', 'hello'],
  ])('to %s with status %i has length %s and body %j', async (method, status, length, body) => {
    const { url } = await planeOf(() => ({
      kind: 'answer',
      response: { status, headers: [], body: { text: 'hello' } },
    }));
    const answer = await send(`${url}/~/e/x`, { method });
    expect([answer.status, answer.headers['content-length'], answer.text]).toEqual([status, length, body]);
  });

  it('to HEAD keeps the length that the model declares where it gives no body', async () => {
    const { url } = await planeOf(() => ({
      kind: 'answer',
      response: { status: 200, headers: [['content-length', '321']] },
    }));
    expect((await send(`${url}/~/e/x`, { method: 'HEAD' })).headers['content-length']).toBe('321');
  });

  it.each([
    ['no-episode', 404],
    ['finished', 410],
    ['unavailable', 503],
  ] as const)('where there is none because of %s is a plain %i', async (kind, status) => {
    const { url } = await planeOf(() => ({ kind }));
    const answer = await send(`${url}/~/e/x`);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/mynah|episode|clone/i);
  });

  it('is a plain 503 when the server has a defect', async () => {
    const { url } = await planeOf(() => {
      throw new Error('secret detail');
    });
    const answer = await send(`${url}/~/e/x`);
    expect([answer.status, answer.text]).toEqual([503, '{"message":"Service Unavailable"}']);
  });
});

describe('an agent that looks for more than its episode', () => {
  it('meets no other episode by tricks of path, host or header', async () => {
    const server = await testServer();
    const own = await server.begin({ id: 'own' });
    await server.begin({ id: 'other' });
    const { host } = new URL(own);
    const tricks = [
      '/~/own/../other/notes/1',
      '/~/own/..%2fother/notes/1',
      '/~/own/%2e%2e/other/notes/1',
      '/~/own//other/notes/1',
      '/~/own/~/other/notes/1',
      '/~/own%2f..%2fother/notes/1',
      `http://${host}/~/own/../other/notes/1`,
      '/~/own/notes/1?episode=other',
      '/~/own\\..\\other/notes/1',
    ];
    for (const target of tricks) await send(own, { target });
    await send(own, {
      target: '/~/own/notes/1',
      headers: {
        'mynah-episode': 'other',
        'proxy-authorization': `Basic ${Buffer.from('other:x').toString('base64')}`,
      },
    });
    expect((await server.call('GET', '/episodes/other')).json).toMatchObject({ step_count: 0 });
  });

  it('finds neither control plane nor another episode of a guessed id', async () => {
    const server = await testServer();
    await server.begin();
    for (const path of ['/~/guess/notes', '/~//notes', '/~/notes', '/~/%00/notes'])
      expect((await send(server.agentUrl, { target: path })).status).toBe(404);
    for (const path of ['/episodes', '/metrics', '/model', '/healthz'])
      expect((await send(server.agentUrl + path)).text).toBe('{"message":"Not Found"}');
    expect((await send(server.agentUrl, { target: `${server.controlUrl}/episodes` })).status).toBe(502);
    const { text } = await send(`${server.agentUrl}/notes/1`, { headers: { 'mynah-episode': 'guess' } });
    expect(text).toBe('{"message":"Not Found"}');
  });

  it('cannot smuggle a second request into one', async () => {
    const server = await testServer();
    await server.begin({ id: 'own' });
    const inner = 'GET /~/own/notes/2 HTTP/1.1\r\nhost: a\r\n\r\n';
    const smuggled = `POST /~/own/notes HTTP/1.1\r\nhost: a\r\ncontent-length: ${inner.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`;
    expect(await exchange(server.agent.port, smuggled)).toMatch(/^HTTP\/1.1 400 /);
    expect((await server.call('GET', '/episodes/own')).json).toMatchObject({ step_count: 0 });
  });

  it('uses the default episode where it names none', async () => {
    const server = await testServer();
    expect((await server.call('GET', '/episodes/default')).status).toBe(404);
    expect((await send(`${server.agentUrl}/notes/1`)).json).toMatchObject({ url: `${server.agentUrl}/notes/1` });
    expect((await server.call('GET', '/episodes/default')).json).toMatchObject({ step_count: 1 });
  });
});
