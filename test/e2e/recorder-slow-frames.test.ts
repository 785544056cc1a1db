// Clients and upstreams that send HTTP/2 (and bodies) in drops and never come to an end: they are never silent, and hold
// something of the recorder all the same, so none may hold it for long.
import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerOf, askHttp2 } from '../support/http2-client.ts';
import { ACK, END_HEADERS, END_STREAM, FRAME, frame, headerBlock, PREFACE } from '../support/http2-frames.ts';
import { ask, startRawUpstream, startRecorder, startUpstream, type TestRecorder } from '../support/recorder.ts';

const TIMEOUT_MS = 200;
const DROP_MS = 15;

const startImpatient = async (clientTimeoutMs = TIMEOUT_MS) =>
  startRecorder({
    reverse: await startUpstream((request, response) => void request.resume().once('end', () => response.end('fine'))),
    clientTimeoutMs,
  });

const BEGINNING = Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0)]);
const REQUEST = headerBlock({
  ...{ ':method': 'POST', ':path': '/', ':scheme': 'http', ':authority': 'x' },
  'x-long': 'c'.repeat(120),
});
const DROP = Buffer.from('c');

/** A block of headers whose last value is not whole: what it ends with is announced, but does not come. */
function begunHeaders(block: Buffer): Buffer {
  const [come, announced] = [block.subarray(0, -100), frame(FRAME.continuation, END_HEADERS, 1, block.subarray(-100))];
  return Buffer.concat([frame(FRAME.headers, END_STREAM, 1, come), announced.subarray(0, 9)]);
}

/** Says something at once, then drop after drop until the other side ends the connection; gives what came from there. */
async function dripped(recorder: TestRecorder, first: Buffer, drop: (number: number) => Buffer): Promise<Buffer> {
  const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
  socket.write(first);
  return drip(socket, drop);
}

async function drip(socket: Socket, drop: (number: number) => Buffer): Promise<Buffer> {
  const came: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => came.push(bytes)).on('error', () => undefined);
  let number = 0;
  const timer = setInterval(() => socket.writable && socket.write(drop(number++)), DROP_MS);
  await once(socket, 'close');
  clearInterval(timer);
  return Buffer.concat(came);
}

describe('a client that is never silent', () => {
  it.each([
    ['the first line', Buffer.alloc(0), (number: number) => PREFACE.subarray(number % 8, (number % 8) + 1)],
    ['the headers of a request', Buffer.concat([BEGINNING, begunHeaders(REQUEST)]), () => DROP],
    [
      'frames of headers',
      Buffer.concat([BEGINNING, frame(FRAME.headers, END_STREAM, 1, REQUEST.subarray(0, -100))]),
      () => frame(FRAME.continuation, 0, 1, DROP),
    ],
    ['pings', BEGINNING, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ])('and asks nothing is let go: it drips %s', async (_what, first, drop) => {
    const recorder = await startImpatient();
    await dripped(recorder, first, drop);
    expect((await ask(recorder.origin)).text).toBe('fine');
    expect(recorder.committed()).toHaveLength(1);
  });

  it('and never ends its body is told so, and recorded: over HTTP/2', async () => {
    const recorder = await startImpatient();
    const session = connectHttp2(recorder.origin);
    const stream = session.request({ ':method': 'POST' }, { endStream: false });
    const timer = setInterval(() => stream.writable && stream.write('a'), DROP_MS);
    const [headers] = (await once(
      stream.on('error', () => undefined),
      'response',
    )) as [IncomingHttpHeaders];
    await once(stream.resume(), 'end');
    clearInterval(timer);
    expect(headers).toMatchObject({ ':status': 408, 'mynah-error': 'ERR_REQUEST_TIMEOUT' });
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_REQUEST_TIMEOUT' } }]);
    session.destroy();
  });

  it('and never ends its body is told so, and recorded: over HTTP/1.1', async () => {
    const recorder = await startImpatient();
    const head = Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(String(await dripped(recorder, head, () => Buffer.from('1\r\na\r\n')))).toMatch(/^HTTP\/1\.1 408 /);
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_REQUEST_TIMEOUT' } }]);
  });

  it('may be slow when it goes on', async () => {
    const recorder = await startImpatient(1000);
    const session = connectHttp2(recorder.origin);
    const stream = session.request({ ':method': 'POST' }, { endStream: false });
    let parts = 0;
    const timer = setInterval(() => {
      stream.write(Buffer.alloc(800));
      if (++parts < 100) return;
      clearInterval(timer);
      stream.end();
    }, DROP_MS);
    expect(String((await answerOf(stream)).bytes)).toBe('fine');
    session.destroy();
  });
});

describe('an upstream that is never silent', () => {
  const startDripping = (answer: (socket: Socket) => void) =>
    startRawUpstream((socket) => {
      socket.on('error', () => undefined);
      socket.write(Buffer.concat([frame(FRAME.settings, 0, 0), frame(FRAME.settings, ACK, 0)]));
      socket.once('data', () => answer(socket));
    });

  const block = headerBlock({ ':status': '200', 'x-long': 'c'.repeat(120) });
  const came = block.subarray(0, -100);
  it.each([
    ['never ends its headers', 504, 'ERR_UPSTREAM_TIMEOUT', begunHeaders(block), DROP],
    [
      'sends more and more of them',
      502,
      'ERR_UPSTREAM_MALFORMED',
      Buffer.concat([
        frame(FRAME.headers, END_STREAM, 1, came),
        ...Array<Buffer>(40).fill(frame(FRAME.continuation, 0, 1, DROP)),
      ]),
      frame(FRAME.continuation, 0, 1, DROP),
    ],
  ])('and %s is let go, and its client told', async (_what, status, code, first, drop) => {
    const reverse = await startDripping((socket) => {
      socket.write(first);
      void drip(socket, () => drop);
    });
    const recorder = await startRecorder({ reverse, upstreamTimeoutMs: TIMEOUT_MS });
    const session = connectHttp2(recorder.origin);
    const { headers } = await askHttp2(session, { ':path': '/' });
    expect(headers).toMatchObject({ ':status': status, 'mynah-error': code });
    expect(recorder.committed()).toMatchObject([{ error: { code } }]);
    session.destroy();
  });

  it('with a body in drops has each passed on as it comes, and all of it recorded', async () => {
    const letters = 'a body in drops';
    const reverse = await startDripping((socket) => {
      socket.write(frame(FRAME.headers, END_HEADERS, 1, headerBlock({ ':status': '200' })));
      void drip(socket, (number) => {
        const isLast = number === letters.length - 1;
        return number < letters.length
          ? frame(FRAME.data, isLast ? END_STREAM : 0, 1, Buffer.from(letters[number] as string))
          : frame(FRAME.ping, 0, 0, Buffer.alloc(8));
      });
    });
    const recorder = await startRecorder({ reverse, upstreamTimeoutMs: 2000 });
    const session = connectHttp2(recorder.origin);
    const stream = session.request({ ':path': '/' });
    let drops = 0;
    stream.on('data', () => drops++);
    await once(stream, 'close');
    expect(drops).toBeGreaterThan(5);
    expect(recorder.committed()).toMatchObject([{ response: { body: { text: letters } } }]);
    session.destroy();
  });
});
