import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen, trackConnections } from '../../src/proxy/listener.ts';
import { declineUpgrade, isWebSocket } from '../../src/proxy/declined-upgrade.ts';
import { startRecorder, startUpstream } from '../support/recorder.ts';

const asksForHttp2 = (body: string) =>
  `POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('a request for another protocol', () => {
  it('is recorded and passed on as if it had not asked', async () => {
    const reverse = await startUpstream((request, response) => {
      request.setEncoding('utf8').once('data', (body: string) => response.end(`${request.headers.upgrade} ${body}`));
    });
    const recorder = await startRecorder({ reverse });
    const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    socket.write(asksForHttp2('body'));
    expect(String((await once(socket, 'data'))[0])).toContain('undefined body');
    socket.destroy();
  });

  it('may come again and again on one connection, and leaves nothing there', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const server = createServer((request, response) => {
      request.setEncoding('utf8').once('data', (body: string) => response.end(`<${body}>`));
    });
    server.on('upgrade', (request, socket, head) => {
      if (!isWebSocket(request)) declineUpgrade(server, request, socket, head);
    });
    const { endWithin } = trackConnections(server);
    const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
    onTestFinished(() => endWithin(0));
    const socket = connect(port, '127.0.0.1');
    for (let turn = 0; turn < 30; turn++) {
      socket.write(asksForHttp2(`turn ${turn}`));
      let seen = '';
      while (!seen.endsWith(`<turn ${turn}>`)) seen += String((await once(socket, 'data'))[0]);
    }
    socket.destroy();
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });
});
