import { request as httpRequest } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createAuthority, openAuthority } from '../../../src/proxy/certificate-authority.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';
import { send, testServer } from '../../support/environment-client.ts';
import { askHttp2 } from '../../support/http2-client.ts';

/** A server with an authority of its own, and a way through its proxy. */
async function proxyServer() {
  const pem = await createAuthority(Date.now());
  const server = await testServer(notesEnvironment(), { certificates: await openAuthority(pem, Date.now) });
  const tunnel = (to: string, user = 'e1'): Promise<{ status: number; socket: Socket }> =>
    new Promise((resolve, reject) => {
      const authorization = `Basic ${Buffer.from(`${user}:x`).toString('base64')}`;
      const request = httpRequest({
        port: server.agent.port,
        host: '127.0.0.1',
        method: 'CONNECT',
        path: to,
        headers: { 'proxy-authorization': authorization },
      });
      request
        .once('connect', (response, socket: Socket) => resolve({ status: response.statusCode ?? 0, socket }))
        .once('error', reject)
        .end();
    });
  return { server, tunnel, ca: pem.certificate };
}

async function readAnswer(socket: Socket | TLSSocket, request: string): Promise<string> {
  socket.write(request);
  let seen = '';
  socket.on('data', (chunk: Buffer) => (seen += String(chunk)));
  await once(socket, 'close');
  return seen;
}

const GET = 'GET /notes/1 HTTP/1.1\r\nhost: notes.example\r\nconnection: close\r\n\r\n';

describe('the agent plane as a proxy', () => {
  it('answers HTTPS for the original host on a certificate of the authority, with the URLs of the original', async () => {
    const { server, tunnel, ca } = await proxyServer();
    await server.begin({ id: 'e1' });
    const { status, socket } = await tunnel('notes.example:443');
    expect(status).toBe(200);
    const tls = connectTls({ socket, servername: 'notes.example', ca });
    await once(tls, 'secureConnect');
    expect(tls.authorized).toBe(true);
    expect(await readAnswer(tls, GET)).toMatch(/^HTTP\/1.1 200 OK[^]*"url":"https:\/\/notes.example\/notes\/1"/);
    expect((await server.call('GET', '/episodes/e1')).json).toMatchObject({ step_count: 1 });
  });

  it('answers plain HTTP in a tunnel and by absolute URL', async () => {
    const { server, tunnel } = await proxyServer();
    await server.begin({ id: 'e1' });
    const { socket } = await tunnel('notes.example:80');
    expect(await readAnswer(socket, GET)).toMatch(/^HTTP\/1.1 200 OK/);
    const authorization = `Basic ${Buffer.from('e1:x').toString('base64')}`;
    const direct = await send(server.agentUrl, {
      target: 'http://notes.example/notes/1',
      headers: { 'proxy-authorization': authorization },
    });
    expect(direct.json).toMatchObject({ url: 'https://notes.example/notes/1' });
    expect((await server.call('GET', '/episodes/e1')).json).toMatchObject({ step_count: 2 });
  });

  it('speaks HTTP/2 where the client does, in TLS and by prior knowledge, several requests at once', async () => {
    const { server, tunnel, ca } = await proxyServer();
    await server.begin({ id: 'e1' });
    const overTls = connectTls({
      socket: (await tunnel('notes.example:443')).socket,
      servername: 'notes.example',
      ca,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(overTls, 'secureConnect');
    expect(overTls.alpnProtocol).toBe('h2');
    const plain = (await tunnel('notes.example:80')).socket;
    for (const [origin, connection] of [
      ['https://notes.example', overTls],
      ['http://notes.example', plain],
    ] as const) {
      const session: ClientHttp2Session = connectHttp2(origin, { createConnection: () => connection });
      const body = Buffer.from(JSON.stringify({ title: 'by two' }));
      const type = { 'content-type': 'application/json' };
      const [read, made] = await Promise.all([
        askHttp2(session, { ':path': '/notes/1' }),
        askHttp2(session, { ':path': '/notes', ':method': 'POST', ...type }, body),
      ]);
      expect([read?.headers[':status'], made?.headers[':status']]).toEqual([200, 201]);
      expect(JSON.parse(String(made?.bytes))).toMatchObject({ title: 'by two' });
      expect((await askHttp2(session, { ':path': '/notes/99', ':method': 'DELETE' })).headers[':status']).toBe(404);
      session.close();
    }
    expect((await server.call('GET', '/episodes/e1')).json).toMatchObject({ step_count: 6 });
  });

  it('takes the episode from a header inside a tunnel that names none, as browsers open it', async () => {
    const { server, tunnel } = await proxyServer();
    await server.begin({ id: 'e7' });
    const { socket } = await tunnel('notes.example:80', '');
    const named = GET.replace('host:', 'mynah-episode: e7\r\nhost:');
    expect(await readAnswer(socket, named)).toMatch(/^HTTP\/1.1 200 OK/);
    expect((await server.call('GET', '/episodes/e7')).json).toMatchObject({ step_count: 1 });
  });

  it('writes the same log whichever way the request came', async () => {
    const { server, tunnel, ca } = await proxyServer();
    for (const id of ['e1', 'e2', 'e3']) await server.begin({ id });
    const { socket } = await tunnel('notes.example:443');
    await readAnswer(connectTls({ socket, servername: 'notes.example', ca }), GET);
    const raw = (target: string) =>
      `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1:${server.agent.port}\r\nconnection: close\r\n\r\n`;
    await readAnswer(connectPlain(server.agent.port, '127.0.0.1'), raw('/~/e2/notes/1'));
    await server.call('POST', '/episodes/e3/step', { method: 'GET', path: '/notes/1' });
    const logs = await Promise.all(
      ['e1', 'e2', 'e3'].map(async (id) => (await server.call('GET', `/episodes/${id}/log`)).text),
    );
    expect(logs).toEqual([logs[0], logs[0], logs[0]]);
  });

  it('leads to itself, for clients that take even base URLs through their proxy', async () => {
    const { server, tunnel } = await proxyServer();
    await server.begin({ id: 'e1' });
    const own = `127.0.0.1:${server.agent.port}`;
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: ${own}\r\nconnection: close\r\n\r\n`;
    expect(await readAnswer((await tunnel(own)).socket, get('/~/e1/notes/1'))).toContain(`http://${own}/~/e1/notes/1`);
    expect(await readAnswer((await tunnel(own)).socket, get('/notes/1'))).toMatch(/^HTTP\/1.1 200 /);
    expect((await server.call('GET', '/episodes/e1')).json).toMatchObject({ step_count: 2 });
    expect((await tunnel(`127.0.0.1:${server.control.port}`)).status).toBe(502);
  });

  it('refuses hosts that the clone does not hold, and episodes that nobody made', async () => {
    const { tunnel, ca } = await proxyServer();
    expect((await tunnel('elsewhere.example:443')).status).toBe(502);
    expect((await tunnel('notes.example:22')).status).toBe(502);
    const { socket } = await tunnel('notes.example:443', 'nobody');
    expect(await readAnswer(connectTls({ socket, servername: 'notes.example', ca }), GET)).toMatch(/^HTTP\/1.1 404 /);
  });

  it('survives a client that does not trust it, speaks garbage or goes away', async () => {
    const { server, tunnel } = await proxyServer();
    const untrusting = connectTls({ socket: (await tunnel('notes.example:443')).socket, servername: 'notes.example' });
    await once(untrusting, 'error');
    const garbage = (await tunnel('notes.example:443')).socket;
    garbage.write(Buffer.from([0x16, 3, 1, 0, 4, 0xff, 0, 0, 0]));
    await once(
      garbage.resume().on('error', () => undefined),
      'close',
    );
    (await tunnel('notes.example:443')).socket.resetAndDestroy();
    await server.begin({ id: 'e1' });
    expect((await send(`${server.agentUrl}/~/e1/notes/1`)).status).toBe(200);
  });
});
