import { once } from 'node:events';
import { createSecureServer, createServer, connect, type ClientHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Http2Dispatcher } from '../../src/proxy/upstream-http2.ts';
import { answerOf, askHttp2, grpcMessage } from '../support/http2-client.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, headerBlock, PREFACE } from '../support/http2-frames.ts';
import { portOf, startRecorder, startUpstream, testAuthority, type TestRecorder } from '../support/recorder.ts';

type Listener = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void;

/** A server that speaks HTTP/2 without TLS. */
async function startHttp2Upstream(listener: Listener): Promise<string> {
  return `http://127.0.0.1:${await portOf(createServer().on('stream', listener))}`;
}

function sessionTo(origin: string): ClientHttp2Session {
  const session = connect(origin);
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  return session;
}

/** A session within a tunnel to a host of 127.0.0.1. */
async function tunnelledSession(recorder: TestRecorder, origin: string): Promise<ClientHttp2Session> {
  const { host } = new URL(origin);
  const asked = httpRequest(recorder.origin, { method: 'CONNECT', path: host, agent: false }).end();
  const [, socket] = (await once(asked, 'connect')) as [IncomingMessage, Socket];
  const ca = recorder.authority.certificate;
  const secure = connectTls({ socket, ca, ALPNProtocols: ['h2'], host: '127.0.0.1' });
  await once(secure, 'secureConnect');
  const session = connect(origin, { createConnection: () => secure });
  onTestFinished(() => session.destroy());
  return session;
}

const base64 = (bytes: Buffer) => bytes.toString('base64');

describe('a client that speaks HTTP/2', () => {
  it('has an upstream with TLS asked over HTTP/2', async () => {
    const { certificate, key } = await (await testAuthority()).leafFor('127.0.0.1');
    const server = createSecureServer({ cert: certificate, key, allowHTTP1: true });
    server.on('request', (request, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(`${request.httpVersion} ${request.method} ${request.url} ${request.headers['x-sent']}`);
    });
    const origin = `https://127.0.0.1:${await portOf(server)}`;
    const recorder = await startRecorder({ upstreamCertificates: [(await testAuthority()).certificate] });
    const session = await tunnelledSession(recorder, origin);
    const answers = await Promise.all([1, 2, 3].map((n) => askHttp2(session, { ':path': `/${n}?x`, 'x-sent': 'yes' })));
    expect(answers.map(({ bytes }) => String(bytes))).toEqual([1, 2, 3].map((n) => `2.0 GET /${n}?x yes`));
    expect(answers[0]?.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(recorder.committed()).toHaveLength(3);
    expect(recorder.committed()[0]).toMatchObject({ origin, httpVersion: '2', request: { method: 'GET' } });
  });

  it('has an upstream that speaks HTTP/1.1 only asked over that', async () => {
    const reverse = await startUpstream((request, response) => {
      request.pipe(response.setHeader('x-version', request.httpVersion).setHeader('x-te', String(request.headers.te)));
    });
    const recorder = await startRecorder({ reverse });
    const session = sessionTo(recorder.origin);
    for (const body of ['one', 'two']) {
      const answer = await askHttp2(session, { ':method': 'POST', te: 'trailers' }, Buffer.from(body));
      expect(answer.headers).toMatchObject({ ':status': 200, 'x-version': '1.1', 'x-te': 'undefined' });
      expect(String(answer.bytes)).toBe(body);
    }
  });

  it('is told 502 where there is no upstream', async () => {
    const recorder = await startRecorder({ reverse: 'http://127.0.0.1:9' });
    const answer = await askHttp2(sessionTo(recorder.origin), { ':path': '/' });
    expect(answer.headers).toMatchObject({ ':status': 502, 'mynah-error': 'ERR_UPSTREAM_REFUSED' });
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_UPSTREAM_REFUSED' } }]);
  });

  it('has an answer that breaks off broken off, and recorded as far as it came', async () => {
    const reverse = await startHttp2Upstream((stream) => {
      stream.on('error', () => undefined).respond({ ':status': 200 });
      stream.write('abc', () => setImmediate(() => stream.destroy(new Error('gone'))));
    });
    const recorder = await startRecorder({ reverse });
    await expect(askHttp2(sessionTo(recorder.origin), { ':path': '/' })).rejects.toThrow();
    await expect
      .poll(() => recorder.committed())
      .toMatchObject([{ error: { code: 'ERR_UPSTREAM_RESET' }, response: { body: { text: 'abc' } } }]);
  });
});

it('a client sends a cookie in parts, and its server, who speaks HTTP/1.1, gets it whole', async () => {
  const reverse = await startUpstream((request, response) => response.end(request.rawHeaders.join('|')));
  const recorder = await startRecorder({ reverse });
  const session = sessionTo(recorder.origin);
  const stream = session.request({ ':path': '/', cookie: ['theme=dark', 'lang=en'] });
  expect(String((await answerOf(stream)).bytes)).toContain('cookie|theme=dark; lang=en');
  expect(recorder.committed()[0]?.request.headers.filter(([name]) => name === 'cookie')).toEqual([
    ['cookie', 'theme=dark; lang=en'],
  ]);
});

describe('trailers of a request', () => {
  it('go on when they come more than once', async () => {
    const trailers: unknown[] = [];
    const reverse = await startHttp2Upstream((stream) => {
      stream.on('trailers', (headers) => trailers.push(headers));
      stream.resume().once('end', () => stream.respond({ ':status': 200 }, { endStream: true }));
    });
    const recorder = await startRecorder({ reverse });
    const socket = connectTcp(Number(new URL(recorder.origin).port), '127.0.0.1');
    const head = { ':method': 'POST', ':path': '/', ':scheme': 'http', ':authority': 'x', te: 'trailers' };
    const twice = Buffer.concat([headerBlock({ 'content-type': 'a' }), headerBlock({ 'content-type': 'b' })]);
    socket.write(
      Buffer.concat([
        ...[PREFACE, frame(FRAME.settings, 0, 0), frame(FRAME.headers, END_HEADERS, 1, headerBlock(head))],
        ...[frame(FRAME.data, 0, 1, Buffer.from('x')), frame(FRAME.headers, END_HEADERS | END_STREAM, 1, twice)],
      ]),
    );
    await expect.poll(() => trailers).toMatchObject([{ 'content-type': 'a, b' }]);
    await expect.poll(() => recorder.committed()).toMatchObject([{ response: { status: 200 } }]);
    socket.destroy();
  });

  it('that cannot be sent end the request, not the recorder', async () => {
    const reverse = await startHttp2Upstream((stream) => void stream.on('error', () => undefined).resume());
    const connector = (_options: unknown, done: (error: null, socket: Socket) => void) => {
      const socket = connectTcp(Number(new URL(reverse).port), '127.0.0.1');
      socket.once('connect', () => done(null, socket));
    };
    const dispatcher = new Http2Dispatcher({
      ...{ connector: connector as never, http1: {} as never, timeoutMs: 5000, headerBytesMax: 65_536 },
    });
    onTestFinished(() => dispatcher.destroy());
    const request = { origin: reverse, path: '/', method: 'POST', headers: [], body: Buffer.from('x') };
    const error = await new Promise((resolve) =>
      dispatcher.dispatch(
        { ...request, trailers: () => ['no name', 'x'] },
        { onResponseError: (_controller, failure) => resolve(failure) },
      ),
    );
    expect(error).toMatchObject({ code: 'ERR_INVALID_HTTP_TOKEN' });
  });
});

it('a client that breaks off its request has the upstream see no whole one', async () => {
  let ended = false;
  let abort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (abort = resolve));
  const reverse = await startHttp2Upstream((stream) => {
    stream.on('error', () => undefined).on('data', () => client.destroy(new Error('enough')));
    stream.once('end', () => (ended = !stream.aborted)).once('aborted', abort);
  });
  const recorder = await startRecorder({ reverse });
  const client = sessionTo(recorder.origin).request({ ':method': 'POST' });
  client.on('error', () => undefined).write('half');
  await aborted;
  expect(ended).toBe(false);
  await expect.poll(() => recorder.committed()).toMatchObject([{ error: { code: 'ERR_CLIENT_CLOSED' } }]);
});

describe('gRPC', () => {
  const call = { ':method': 'POST', ':path': '/todo.Todos/List', 'content-type': 'application/grpc', te: 'trailers' };

  it('goes through a unary call with its trailers, messages framed as they were', async () => {
    const reverse = await startHttp2Upstream((stream, headers) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'x-te': headers['te'] as string },
        { waitForTrailers: true },
      );
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
      stream.on('data', () => undefined).once('end', () => stream.end(grpcMessage('pong')));
    });
    const recorder = await startRecorder({ reverse });
    const answer = await askHttp2(sessionTo(recorder.origin), call, grpcMessage('ping'));
    expect(answer.headers['x-te']).toBe('trailers');
    expect(answer.bytes.equals(grpcMessage('pong'))).toBe(true);
    expect(answer.trailers).toMatchObject({ 'grpc-status': '0', 'grpc-message': 'fine' });
    const [recorded] = recorder.committed();
    expect(recorded?.response?.trailers).toEqual([
      ['grpc-status', '0'],
      ['grpc-message', 'fine'],
    ]);
    expect([recorded?.request.arrivals, recorded?.response?.arrivals].map((times) => times?.length)).toEqual([1, 1]);
  });

  it('goes through a call that fails at once, whose status stands in the head', async () => {
    const reverse = await startHttp2Upstream((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
    });
    const recorder = await startRecorder({ reverse });
    const answer = await askHttp2(sessionTo(recorder.origin), call, grpcMessage('ping'));
    expect(answer.headers['grpc-status']).toBe('12');
    expect(recorder.committed()[0]?.response?.headers).toContainEqual(['grpc-status', '12']);
  });

  it('streams messages both ways as they come', async () => {
    const reverse = await startHttp2Upstream((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.on('data', (message: Buffer) => stream.write(message)).once('end', () => stream.end());
    });
    const recorder = await startRecorder({ reverse });
    const stream = sessionTo(recorder.origin).request(call);
    const answered = once(stream, 'response');
    const said = ['one', 'two', 'three'].map(grpcMessage);
    // Each is sent only when the one before has come back.
    for (const message of said) {
      stream.write(message);
      expect(base64(((await once(stream, 'data')) as [Buffer])[0])).toBe(base64(message));
    }
    await answered;
    const trailers = once(stream, 'trailers');
    stream.resume().end();
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
    await expect.poll(() => recorder.committed()).toHaveLength(1);
    const [recorded] = recorder.committed();
    expect(recorded?.response?.body).toEqual({ text: Buffer.concat(said).toString() });
    expect(recorded?.request.arrivals).toHaveLength(3);
    expect(recorded?.response?.arrivals).toHaveLength(3);
  });
});

it('interim answers and trailers go through HTTP/2 on both sides', async () => {
  let heard: unknown;
  const reverse = await startHttp2Upstream((stream) => {
    stream.once('trailers', (trailers) => (heard = trailers));
    stream.resume();
    stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' });
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ etag: '"7"' }));
    stream.end('x');
  });
  const recorder = await startRecorder({ reverse });
  const stream = sessionTo(recorder.origin).request({ ':path': '/', ':method': 'POST' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ checksum: '"9"' }));
  stream.end('y');
  const early = once(stream, 'headers');
  const answer = await answerOf(stream);
  expect((await early)[0]).toMatchObject({ ':status': 103, link: '</style.css>; rel=preload' });
  expect(answer.trailers).toMatchObject({ etag: '"7"' });
  const [recorded] = recorder.committed();
  expect(recorded?.response?.trailers).toEqual([['etag', '"7"']]);
  expect(recorded?.response?.interim).toMatchObject([{ status: 103 }]);
  expect(recorded?.request.trailers).toEqual([['checksum', '"9"']]);
  expect(heard).toMatchObject({ checksum: '"9"' });
});
