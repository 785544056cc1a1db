import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ask, portOf, startRecorder, startUpstream, testAuthority } from '../support/recorder.ts';

/** A proxy that opens tunnels, wherever to, for whoever gives its password. */
async function startTunnelProxy() {
  const opened: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket: Socket) => {
    if (request.headers['proxy-authorization'] !== `Basic ${Buffer.from('me:pass word').toString('base64')}`)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    opened.push(request.url ?? '');
    const [host = '', port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(upstream).pipe(socket);
    for (const each of [socket, upstream]) each.on('error', () => socket.destroy());
  });
  const port = await portOf(server);
  return { opened, via: `http://me:pass%20word@127.0.0.1:${port}`, viaStranger: `http://127.0.0.1:${port}` };
}

/** A server that wants to know its client, and says who it is; on WebSockets too. */
async function startCarefulServer() {
  const authority = await testAuthority();
  const [own, client] = await Promise.all([authority.leafFor('127.0.0.1'), authority.leafFor('client.test')]);
  const tls = {
    cert: own.certificate,
    key: own.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const nameOf = (socket: unknown) => String((socket as TLSSocket).getPeerCertificate().subject?.CN);
  const server = createHttpsServer(tls, (request, response) => response.end(nameOf(request.socket)));
  new WebSocketServer({ server }).on('connection', (peer, request) => {
    peer.on('message', () => peer.send(nameOf(request.socket)));
  });
  return {
    origin: `https://127.0.0.1:${await portOf(server)}`,
    upstreamCertificates: [authority.certificate],
    clientCertificates: [{ pattern: { host: '127.0.0.1' }, certificate: client.certificate, key: client.key }],
  };
}

async function answerOn(socket: WebSocket): Promise<string> {
  await once(socket, 'open');
  socket.send('who am I?');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.terminate();
  return String(answer);
}

describe('an upstream behind another proxy', () => {
  it('is asked through it: plain, with TLS, and for WebSockets', async () => {
    const { opened, via } = await startTunnelProxy();
    const careful = await startCarefulServer();
    const plain = await startUpstream((_request, response) => response.end('plain'));
    for (const reverse of [plain, careful.origin]) {
      const recorder = await startRecorder({ ...careful, reverse, viaOf: () => via });
      expect((await ask(recorder.origin)).text).toMatch(/^(?:plain|client\.test)$/);
    }
    const recorder = await startRecorder({ ...careful, reverse: careful.origin, viaOf: () => via });
    expect(await answerOn(new WebSocket(recorder.origin.replace('http', 'ws')))).toBe('client.test');
    const { host } = new URL(careful.origin);
    expect(opened).toEqual([new URL(plain).host, host, host]);
  });

  it('is said to be out of reach when the proxy refuses, or is not there', async () => {
    const { viaStranger } = await startTunnelProxy();
    for (const [via, reason] of [
      [viaStranger, 'answered 407 to CONNECT'],
      ['http://127.0.0.1:9', 'cannot be asked'],
    ] as const) {
      const recorder = await startRecorder({ reverse: 'http://api.test', viaOf: () => via });
      const answer = await ask(recorder.origin);
      expect([answer.status, answer.text]).toEqual([502, expect.stringContaining(reason)]);
      const client = new WebSocket(recorder.origin.replace('http', 'ws'));
      expect(String((await once(client, 'error'))[0])).toContain('502');
      expect(recorder.committed().map(({ error }) => error?.code)).toEqual([
        'ERR_UPSTREAM_REFUSED',
        'ERR_UPSTREAM_REFUSED',
      ]);
    }
  });

  it('is not asked through the recorder itself, whatever the environment names', async () => {
    const reverse = await startUpstream((_request, response) => response.end('direct'));
    let own = 'http://127.0.0.1:9';
    const recorder = await startRecorder({ reverse, viaOf: () => own });
    own = recorder.origin;
    expect((await ask(recorder.origin)).text).toBe('direct');
  });
});

describe('an upstream that wants to know its client', () => {
  it('is shown the certificate for its host, on WebSockets too', async () => {
    const { origin: reverse, ...careful } = await startCarefulServer();
    const recorder = await startRecorder({ ...careful, reverse });
    expect((await ask(recorder.origin)).text).toBe('client.test');
    expect(await answerOn(new WebSocket(recorder.origin.replace('http', 'ws')))).toBe('client.test');
    const stranger = await startRecorder({ ...careful, reverse, clientCertificates: [] });
    expect((await ask(stranger.origin)).text).toBe('undefined');
  });
});
