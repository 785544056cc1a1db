import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { answerWithError, writeRawError } from '../../src/proxy/error-answer.ts';
import { ask, startUpstream } from '../support/recorder.ts';

describe('an answer of the proxy itself', () => {
  it('has the status of the failure, its code, and what to do', async () => {
    const origin = await startUpstream((request, response) =>
      answerWithError(request, response, 'ERR_UPSTREAM_TIMEOUT', 'too slow'),
    );
    const answer = await ask(origin, { method: 'POST', body: Buffer.alloc(500_000) });
    expect([answer.status, answer.headers['mynah-error'], answer.text]).toEqual([
      504,
      'ERR_UPSTREAM_TIMEOUT',
      'mynah: ERR_UPSTREAM_TIMEOUT: too slow\n',
    ]);
  });

  it('is never mixed into another that has begun', async () => {
    const origin = await startUpstream((request, response) => {
      response.writeHead(200);
      response.write('begun');
      answerWithError(request, response, 'ERR_UPSTREAM_RESET', 'x');
      response.end();
    });
    expect((await ask(origin)).text).toBe('begun');
  });

  it('can be written where there is no response object, and ends the connection', async () => {
    const socket = new PassThrough();
    writeRawError(socket, 'ERR_PROXY_LOOP', 'x');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    expect(Buffer.concat(chunks).toString()).toMatch(
      /^HTTP\/1\.1 508 [^]*connection: close\r\n\r\nmynah: ERR_PROXY_LOOP: x\n$/,
    );
  });
});
