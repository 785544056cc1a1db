// What nobody should send to the control plane, and somebody will: each is answered clearly, or its connection is closed, and no
// other episode changes.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { send, testServer, type TestServer } from '../support/environment-client.ts';
import { notesEnvironment } from '../support/notes-clone.ts';

const create = { method: 'POST', path: '/notes', body: { title: 'x' } };

/** A server with an episode under way, whose log must stay as it is. */
async function besideAnEpisode(): Promise<{ readonly server: TestServer; readonly isUnchanged: () => Promise<void> }> {
  const server = await testServer(notesEnvironment());
  await server.begin({ id: 'mine' });
  await server.call('POST', '/episodes/mine/step', create);
  const log = async () => (await server.call('GET', '/episodes/mine/log')).text;
  const before = await log();
  return {
    server,
    isUnchanged: async () => {
      expect(await log()).toBe(before);
      expect(await server.call('POST', '/episodes/mine/step', create)).toMatchObject({
        status: 200,
        json: { observation: { body: { id: 4 } } },
      });
    },
  };
}

/** A connection to the control plane, with what came from it so far. */
async function raw(server: TestServer): Promise<{ readonly socket: Socket; readonly said: () => string }> {
  const socket = connect(server.control.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.on('data', (bytes: Buffer) => (said += bytes.toString('latin1'))).on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, said: () => said };
}

describe('calls about episodes that are not there to be called', () => {
  it.each([
    ['POST', '/episodes/nobody/step', create, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['POST', '/episodes/nobody/finish', {}, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['POST', '/episodes/nobody/clock', { advance: 1 }, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['POST', '/episodes/nobody/fork', {}, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['POST', '/episodes/nobody/reset', {}, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['DELETE', '/episodes/nobody', undefined, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['GET', '/episodes/nobody/world', undefined, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['POST', '/episodes/over/step', create, 409, 'ERR_EPISODE_ENDED'],
    ['POST', '/episodes/over/finish', {}, 409, 'ERR_EPISODE_ENDED'],
    ['POST', '/episodes/over/clock', { frozen: true }, 409, 'ERR_EPISODE_ENDED'],
    ['POST', '/episodes', { id: 'mine' }, 409, 'ERR_EPISODE_EXISTS'],
    ['POST', '/episodes/..%2fmine/step', create, 404, 'ERR_EPISODE_NOT_FOUND'],
    ['POST', '/episodes/mine/../mine/step', create, 404, 'ERR_CALL_UNKNOWN'],
    ['POST', '/episodes//step', create, 404, 'ERR_CALL_UNKNOWN'],
    ['PATCH', '/episodes/mine', {}, 405, 'ERR_CALL_METHOD'],
    ['POST', '/episodes/mine/step', '{"method":', 400, 'ERR_JSON_SYNTAX'],
    ['POST', '/episodes/mine/step', '['.repeat(5000), 400, 'ERR_JSON_SYNTAX'],
    ['POST', '/episodes/mine/step', { method: 'GET', path: 'http://evil.example/' }, 400, 'ERR_CALL_INVALID'],
    ['POST', '/episodes/mine/step', { method: 'GET', path: '/a b' }, 400, 'ERR_CALL_INVALID'],
    ['POST', '/episodes/mine/step', { ...create, headers: { 'x-a': 'b\r\nx-c: d' } }, 400, 'ERR_CALL_INVALID'],
  ])('%s %s with %j is refused: %s %s', async (method, path, body, status, code) => {
    const { server, isUnchanged } = await besideAnEpisode();
    await server.begin({ id: 'over' });
    await server.call('POST', '/episodes/over/finish', {});
    const target = path;
    const answered = await send(server.controlUrl, { method, target, ...(body === undefined ? {} : { body }) });
    expect([answered.status, answered.json]).toMatchObject([status, { code, detail: expect.any(String) as string }]);
    expect(answered.headers['content-type']).toBe('application/problem+json');
    await isUnchanged();
  });
});

describe('clients that vanish or never come', () => {
  it('take no step with half of a body', async () => {
    const { server, isUnchanged } = await besideAnEpisode();
    const { socket } = await raw(server);
    socket.write(
      'POST /episodes/mine/step HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n\r\n{"method":"DELETE"',
    );
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await once(socket, 'close');
    await isUnchanged();
  });

  it('keep nobody else waiting, however many say nothing', async () => {
    const { server, isUnchanged } = await besideAnEpisode();
    await Promise.all(Array.from({ length: 300 }, () => raw(server)));
    await isUnchanged();
  });
});

describe('frames that are no WebSocket', () => {
  const MASK = [1, 2, 3, 4];
  const masked = (bytes: readonly number[]) => bytes.map((byte, index) => byte ^ (MASK[index % 4] as number));

  it.each([
    ['that are not masked', [0x81, 0x02, 0x7b, 0x7d]],
    ['with an opcode that means nothing', [0x83, 0x80, ...MASK]],
    ['with reserved bits', [0xf1, 0x80, ...MASK]],
    ['longer than any may be', [0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, ...MASK]],
    ['of text that is not UTF-8', [0x81, 0x82, ...MASK, ...masked([0xc3, 0x28])]],
    ['that go on with nothing', [0x80, 0x80, ...MASK]],
    ['of control that are split', [0x08, 0x80, ...MASK]],
  ])('%s close their connection and no other', async (_what, bytes) => {
    const { server, isUnchanged } = await besideAnEpisode();
    const other = new WebSocket(`${server.controlUrl.replace('http', 'ws')}/ws`);
    onTestFinished(() => other.terminate());
    await once(other, 'open');
    const { socket, said } = await raw(server);
    socket.write(
      'GET /ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    while (!said().includes('\r\n\r\n')) await once(socket, 'data');
    socket.write(Buffer.from(bytes));
    await once(socket, 'close');
    other.send(JSON.stringify({ type: 'step', data: create }));
    const [frame] = (await once(other, 'message')) as [Buffer];
    expect(JSON.parse(String(frame))).toMatchObject({ data: { observation: { status: 201, body: { id: 3 } } } });
    await isUnchanged();
  });

  it('are bytes: they are answered as what is no JSON', async () => {
    const server = await testServer();
    const socket = new WebSocket(`${server.controlUrl.replace('http', 'ws')}/ws`);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(Buffer.from('{"type":"state"}'), { binary: true });
    const [frame] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(frame))).toMatchObject({ type: 'error', data: { code: 'INVALID_JSON' } });
  });
});
