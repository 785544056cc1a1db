import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CALLS } from '../../../src/server/control/calls.ts';
import { send, testServer, type TestServer } from '../../support/environment-client.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const scored = () =>
  notesEnvironment({
    'probes.yaml':
      'probes: [{ id: made, kind: event, on: { status: 201 }, reward: 0.5 }, { id: said, kind: outcome, when: answer == "ok", reward: 2 }]',
    'tasks.yaml': 'tasks: [{ id: write, goal: Write a note., limits: { steps: 3 } }, { id: read, goal: Read a note. }]',
  });

async function problemOf(answer: ReturnType<TestServer['call']>) {
  const { status, headers, json } = await answer;
  expect(headers['content-type']).toBe('application/problem+json');
  expect(json).toMatchObject({
    status,
    title: expect.any(String) as string,
    type: `urn:mynah:error:${(json as { code: string }).code}`,
  });
  return [status, (json as { code: string }).code, (json as { detail: string }).detail];
}

/** Status and code of a refused call. */
const refusalOf = async (answer: ReturnType<TestServer['call']>) => (await problemOf(answer)).slice(0, 2).join(' ');

describe('the control plane', () => {
  it('answers a call that asks for another protocol as if it had not', async () => {
    const server = await testServer();
    const body = '{"id":"a"}';
    const { status, json } = await send(`${server.controlUrl}/episodes`, {
      method: 'POST',
      headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AA' },
      body,
    });
    expect([status, json]).toMatchObject([201, { id: 'a' }]);
  });

  it('outlives clients that ask for a WebSocket where there is none, and reset their connection', async () => {
    const server = await testServer(notesEnvironment(), { token: 's3cret' });
    for (const path of ['/nothing', '/ws']) {
      for (let turn = 0; turn < 20; turn++) {
        const socket = connect(server.control.port, '127.0.0.1');
        await once(socket, 'connect');
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nmore`,
        );
        socket.resetAndDestroy();
        await once(socket, 'close');
      }
    }
    expect((await send(`${server.controlUrl}/healthz`)).status).toBe(200);
  });

  it('says what is wrong with a call', async () => {
    const server = await testServer();
    await server.begin({ id: 'a' });
    expect(await problemOf(send(`${server.controlUrl}/episodes`, { method: 'POST', body: '{"seed":' }))).toEqual([
      400,
      'ERR_JSON_SYNTAX',
      expect.stringContaining('line 1, column 9') as string,
    ]);
    expect(await refusalOf(server.call('POST', '/episodes/a/step', { method: 'GET' }))).toBe('400 ERR_CALL_INVALID');
    expect(await refusalOf(server.call('GET', '/nothing'))).toBe('404 ERR_CALL_UNKNOWN');
    expect(await problemOf(server.call('PUT', '/episodes'))).toEqual([
      405,
      'ERR_CALL_METHOD',
      '/episodes has no PUT, only GET, POST',
    ]);
  });

  it('refuses a body that is too large before it has read it', async () => {
    const server = await testServer();
    const answer = await new Promise<string>((resolve) => {
      let seen = '';
      const socket = connect(server.control.port, '127.0.0.1', () =>
        socket.write('POST /episodes HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99999999999\r\n\r\n{'),
      );
      socket.on('data', (chunk) => (seen += String(chunk))).on('close', () => resolve(seen));
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*ERR_BODY_TOO_LARGE/);
  });

  it('wants its token as bearer or in the path, on every call but the health check', async () => {
    const server = await testServer(scored(), { token: 's3cret' });
    for (const id of Object.keys(CALLS)) {
      const [method = '', path = ''] = id.split(' ');
      const { status } = await server.call(method, path.replace('{id}', 'a'));
      expect([id, status]).toEqual([id, path.startsWith('/health') ? 200 : 401]);
    }
    const status = async (path: string, headers = {}) => (await send(server.controlUrl + path, { headers })).status;
    expect(await status('/episodes', { authorization: 'Bearer s3cret' })).toBe(200);
    expect(await status('/t/s3cret/episodes')).toBe(200);
    expect(await status('/episodes', { authorization: 'Bearer s3cre' })).toBe(401);
    expect(await status('/t/s3cre/episodes')).toBe(401);
    expect(await status('/episodes/t/s3cret/')).toBe(401);
  });

  it('does not serve pages of other sites', async () => {
    const server = await testServer();
    const status = async (headers: Record<string, string>) =>
      (await send(`${server.controlUrl}/episodes`, { headers })).status;
    const own = `127.0.0.1:${server.control.port}`;
    expect(await status({ host: 'localhost:1' })).toBe(200);
    expect(await status({ host: own, origin: `http://${own}` })).toBe(200);
    expect(await status({ host: own, origin: 'https://evil.example' })).toBe(403);
    expect(await status({ host: 'evil.example' })).toBe(403);
  });
});
