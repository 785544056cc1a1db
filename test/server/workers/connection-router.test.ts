import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createConnectionRouter, episodeOfHead, isUpgrade } from '../../../src/server/workers/connection-router.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const head = (...lines: string[]) => Buffer.from(`${lines.join('\r\n')}\r\n\r\nbody\r\nmynah-episode: no\r\n`);

describe('the episode of a connection', () => {
  it.each([
    [['GET /~/a-1/users HTTP/1.1', 'host: x'], 'a-1'],
    [['GET /%7Ea/x HTTP/1.1'], 'default'],
    [['GET /%7e/a/x HTTP/1.1'], 'a'],
    [['GET /~/a%2Db?x HTTP/1.1', 'mynah-episode: other'], 'a-b'],
    [['GET /users HTTP/1.1', 'Mynah-Episode:  a '], 'a'],
    [['CONNECT api.example:443 HTTP/1.1', `Proxy-Authorization: ${basic('a:x')}`], 'a'],
    [['GET http://api.example/ HTTP/1.1', `proxy-authorization: ${basic('a:x')}`, 'mynah-episode: b'], 'a'],
    [['GET / HTTP/1.1', 'host: x'], 'default'],
  ])('is that of its first request: %j', (lines, episode) => {
    expect(episodeOfHead(head(...lines))).toBe(episode);
  });

  it('is told apart from a WebSocket', () => {
    expect(isUpgrade(head('GET /ws HTTP/1.1', 'Upgrade: WebSocket'))).toBe(true);
    expect(isUpgrade(head('GET /upgrade: websocket HTTP/1.1', 'x: upgrade: websocket'))).toBe(false);
  });
});

describe('the router of connections', () => {
  it('waits for the whole head, in however many pieces it comes, and hands over what it has read', async () => {
    let resolve: (bytes: Buffer) => void = () => undefined;
    const routed = new Promise<Buffer>((done) => (resolve = done));
    const server = createConnectionRouter((socket, bytes) => {
      resolve(bytes);
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    for (const piece of ['GET /~/a/ HT', 'TP/1.1\r\n\r', '\nrest']) {
      client.write(piece);
      await new Promise((done) => setImmediate(done));
    }
    expect(String(await routed)).toMatch(/^GET \/~\/a\/ HTTP\/1.1\r\n\r\n/);
  });
});
