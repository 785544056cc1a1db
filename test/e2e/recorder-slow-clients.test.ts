// Clients that open connections and then say little or nothing: each holds something of the recorder, so none may hold it
// for long, whatever it speaks and however far it has come.
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ask, startRecorder, startUpstream, type TestRecorder, type TestRecorderOptions } from '../support/recorder.ts';

const TIMEOUT_MS = 200;

const startImpatient = async (options: TestRecorderOptions = {}) =>
  startRecorder({
    reverse: await startUpstream((request, response) => void request.resume().once('end', () => response.end('fine'))),
    clientTimeoutMs: TIMEOUT_MS,
    ...options,
  });

const portOf = (recorder: TestRecorder) => Number(new URL(recorder.origin).port);

/** All that comes until the recorder ends the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1'))).on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

function said(recorder: TestRecorder, text: string): Promise<string> {
  const socket = connect(portOf(recorder), '127.0.0.1');
  if (text !== '') socket.write(text);
  return untilClosed(socket);
}

async function saidInTls(recorder: TestRecorder, text: string, over?: Socket): Promise<string> {
  const { certificate } = recorder.authority;
  const socket = connectTls({
    ...(over ? { socket: over } : { port: portOf(recorder), host: '127.0.0.1' }),
    ...{ ca: certificate, servername: 'api.test', checkServerIdentity: () => undefined },
  });
  await once(socket, 'secureConnect');
  socket.write(text);
  return untilClosed(socket);
}

async function tunnelTo(recorder: TestRecorder): Promise<Socket> {
  const socket = connect(portOf(recorder), '127.0.0.1');
  socket.write('CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  return socket;
}

const TIMED_OUT = /^HTTP\/1\.1 408 /;
const half = 'GET / HTTP/1.1\r\nHost: x\r\nA: ';
const posted = 'POST /x HTTP/1.1\r\nHost: x\r\n';

describe('a client that is slow to ask', () => {
  it.each([
    ['says nothing', ''],
    ['begins a line of HTTP/2', 'PRI * HT'],
  ])('is let go: it %s', async (_what, text) => {
    const recorder = await startImpatient();
    expect(await said(recorder, text)).not.toContain('200');
    expect((await ask(recorder.origin)).text).toBe('fine');
  });

  it('is told so when it has begun', async () => {
    expect(await said(await startImpatient(), half)).toMatch(TIMED_OUT);
  });

  it('meets the same where the listener speaks TLS', async () => {
    const recorder = await startImpatient({ tls: true });
    expect(await said(recorder, '')).toBe('');
    expect(await said(recorder, '\x16\x03\x01')).toBe('');
    expect(await saidInTls(recorder, half)).toMatch(TIMED_OUT);
  });

  it('meets the same in a tunnel, before TLS and within it', async () => {
    const recorder = await startRecorder({ clientTimeoutMs: TIMEOUT_MS });
    expect(await untilClosed(await tunnelTo(recorder))).toBe('');
    const begun = await tunnelTo(recorder);
    begun.write('\x16\x03\x01');
    expect(await untilClosed(begun)).toBe('');
    expect(await saidInTls(recorder, half, await tunnelTo(recorder))).toMatch(TIMED_OUT);
  });

  it('has its HTTP/2 connection ended when nothing is asked on it, and not while an answer is awaited', async () => {
    let answer: () => void = () => undefined;
    const reverse = await startUpstream((_request, response) => (answer = () => void response.end('late')));
    const { origin } = await startImpatient({ reverse });
    const stream = connectHttp2(origin).request({ ':path': '/' });
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += String(chunk)));
    const idle = connectHttp2(origin);
    await once(idle, 'close');
    answer();
    await once(stream, 'close');
    expect(text).toBe('late');
  });
});

describe('a client that stalls within its body', () => {
  it.each([
    ['a short one', `${posted}Content-Length: 10\r\n\r\nabc`],
    ['a long one', `${posted}Content-Length: 1000000\r\n\r\nabc`],
    ['one in chunks', `${posted}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`],
    ['one that it was asked for', `${posted}Expect: 100-continue\r\nContent-Length: 10\r\n\r\n`],
  ])('is told so, and recorded: %s', async (_what, text) => {
    const recorder = await startImpatient();
    expect((await said(recorder, text)).replace('HTTP/1.1 100 Continue\r\n\r\n', '')).toMatch(TIMED_OUT);
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_REQUEST_TIMEOUT' } }]);
    expect((await ask(recorder.origin, { method: 'POST', body: 'whole' })).text).toBe('fine');
  });

  it('is not let go while its server talks to it', async () => {
    const reverse = await startUpstream((request, response) => {
      response.write('go on\n');
      request.on('data', (chunk: Buffer) => void response.write(`heard ${String(chunk)}\n`));
      request.once('end', () => response.end('bye'));
    });
    const recorder = await startImpatient({ reverse });
    const silent = connect(portOf(recorder), '127.0.0.1');
    silent.write(`${posted}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`);
    let heard = '';
    silent.on('data', (bytes: Buffer) => (heard += String(bytes)));
    await expect.poll(() => heard).toContain('heard a');
    // A second client that stalls for as long as it may, so that the first has been silent for longer.
    expect(await said(recorder, `${half}`)).toMatch(TIMED_OUT);
    expect(await said(recorder, `${half}`)).toMatch(TIMED_OUT);
    silent.write('1\r\nb\r\n0\r\n\r\n');
    await expect.poll(() => heard).toContain('bye');
    silent.destroy();
  });
});
