import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askHttp2 } from '../support/http2-client.ts';
import { ask, startRawUpstream, startRecorder } from '../support/recorder.ts';

/** A recorder in front of a server that answers everything so, one character a byte. */
const recorderOf = async (answer: string) =>
  startRecorder({
    reverse: await startRawUpstream((socket) => socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')))),
  });

function sessionTo(origin: string): ClientHttp2Session {
  const session = connect(origin).on('error', () => undefined);
  onTestFinished(() => session.destroy());
  return session;
}

describe('an answer that servers give and few would expect', () => {
  const OK = 'Content-Length: 2\r\n\r\nok';
  it.each([
    ['types twice', `HTTP/1.1 200 OK\r\nContent-Type: text/a\r\nContent-Type: text/b\r\n${OK}`],
    [
      'headers twice that mean one',
      `HTTP/1.1 200 OK\r\nX-Content-Type-Options: nosniff\r\nX-Content-Type-Options: nosniff\r\n${OK}`,
    ],
    ['headers of a connection', `HTTP/1.1 200 OK\r\nHTTP2-Settings: x\r\nTE: gzip\r\n${OK}`],
    ['hints that are no links', `HTTP/1.1 103 Early\r\nLink: nonsense\r\n\r\nHTTP/1.1 200 OK\r\n${OK}`],
    ['a phrase that is no ASCII', `HTTP/1.1 200 ${Buffer.from('はい').toString('latin1')}\r\n${OK}`],
    ['a phrase that is no UTF-8', `HTTP/1.1 200 \xe9\r\n${OK}`],
    [
      'trailers of all kinds',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Type: a\r\nContent-Type: b\r\nHTTP2-Settings: x\r\nConnection: x\r\n\r\n`,
    ],
  ])('reaches clients of HTTP/1.1 and HTTP/2: %s', async (_what, answer) => {
    const recorder = await recorderOf(answer);
    expect((await ask(recorder.origin)).text).toBe('ok');
    const { headers, bytes } = await askHttp2(sessionTo(recorder.origin), { ':path': '/' });
    expect([headers[':status'], String(bytes)]).toEqual([200, 'ok']);
    expect(recorder.committed()).toMatchObject([
      { response: { body: { text: 'ok' } } },
      { httpVersion: '2', response: { status: 200 } },
    ]);
  });

  it.each([
    ['a length', 'Content-Length: 2\r\n\r\nok'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ])('is refused where it has no form in HTTP/2, and recorded: a status of 799 with %s', async (_what, rest) => {
    const recorder = await recorderOf(`HTTP/1.1 799 Odd\r\nX-Own: 1\r\n${rest}`);
    expect((await ask(recorder.origin)).status).toBe(799);
    const { headers, bytes } = await askHttp2(sessionTo(recorder.origin), { ':path': '/' });
    expect(headers).toMatchObject({ ':status': 502, 'mynah-error': 'ERR_UPSTREAM_MALFORMED' });
    expect(headers['x-own']).toBeUndefined();
    expect(String(bytes)).toContain('cannot be passed on');
    expect(recorder.committed()).toMatchObject([{ response: { status: 799 } }, { response: { status: 799 } }]);
    expect((await ask(recorder.origin)).status).toBe(799);
  });

  it('has the bytes of its phrase and its headers passed on', async () => {
    const phrase = Buffer.from('はい').toString('latin1');
    const recorder = await recorderOf(`HTTP/1.1 200 ${phrase}\r\nX-Name: Zo\xeb\r\n${OK}`);
    const [response] = (await once(request(recorder.origin).end(), 'response')) as [IncomingMessage];
    expect(response.resume().statusMessage).toBe(phrase);
    expect(response.headers['x-name']).toBe('Zo\xeb');
    await once(response, 'end');
    expect(recorder.committed()).toMatchObject([{ response: { reason: 'はい' } }]);
  });
});
