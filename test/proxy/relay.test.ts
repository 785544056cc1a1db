import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { harOf } from '../../src/core/recording/har-export.ts';
import { recordingFromHar } from '../../src/core/recording/har-import.ts';
import { readRecording } from '../../src/store/recording-store.ts';
import { ask, portOf, startRawUpstream, startRecorder, startUpstream } from '../support/recorder.ts';

const text = (body: unknown) => (body as { text: string } | undefined)?.text;

describe('a relayed exchange', () => {
  it('reaches the upstream with its own host and without the headers of the recorder, and is recorded so', async () => {
    const reverse = await startUpstream((request, response) => response.end(JSON.stringify(request.rawHeaders)));
    const recorder = await startRecorder({ reverse });
    const answer = await ask(`${recorder.origin}/a%20b?x=1&x=2`, {
      method: 'POST',
      headers: {
        'X-Mixed-Case': 'kept',
        'mynah-session': 'one',
        'mynah-session-start': 'fresh',
        'proxy-authorization': 'x',
      },
      body: 'hello',
    });
    const seen = JSON.parse(answer.text) as string[];
    expect(seen).toContain('X-Mixed-Case');
    expect(seen[seen.indexOf('host') + 1]).toBe(new URL(reverse).host);
    expect(seen.join()).not.toMatch(/mynah|proxy-auth/);
    const { exchanges, sessions } = await recorder.finish();
    expect(sessions).toEqual([{ name: 'one', start: 'fresh' }]);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({
      id: '1.1',
      session: 'one',
      origin: reverse,
      request: { method: 'POST', target: '/a%20b?x=1&x=2', body: { text: 'hello' } },
      response: { status: 200 },
    });
    const names = exchanges[0]?.request.headers.map(([name]) => name) ?? [];
    expect(names).toContain('x-mixed-case');
    expect(names.filter((name) => /mynah|proxy/.test(name))).toEqual([]);
  });

  it.each([
    ['of declared length', { 'content-length': '5' }],
    ['in chunks', {}],
  ])('is committed before the client can have read the last byte of an answer %s', async (_how, headers) => {
    const reverse = await startUpstream((_request, response) => {
      response.writeHead(200, headers);
      response.write('he');
      setImmediate(() => response.end('llo'));
    });
    const recorder = await startRecorder({ reverse });
    for (let i = 1; i <= 5; i++) {
      expect((await ask(`${recorder.origin}/`)).text).toBe('hello');
      expect(recorder.committed()).toHaveLength(i);
    }
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('without a body (%s, %i) is committed before its head is released', async (method, status) => {
    const reverse = await startUpstream((_request, response) => response.writeHead(status, { etag: '"1"' }).end());
    const recorder = await startRecorder({ reverse });
    const answer = await ask(`${recorder.origin}/`, { method });
    expect([answer.status, answer.headers.etag]).toEqual([status, '"1"']);
    expect(recorder.committed()).toMatchObject([{ response: { status } }]);
  });

  it('may have any method, and any byte that a path or header may hold', async () => {
    const reverse = await startUpstream((request, response) =>
      response.end(`${request.method} ${request.url} ${request.headers['x']}`),
    );
    const recorder = await startRecorder({ reverse });
    const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    socket.write(Buffer.from('OPTIONS / HTTP/1.1\r\nHost: x\r\nX: caf\xe9\r\n\r\n', 'latin1'));
    expect(((await once(socket, 'data')) as [Buffer])[0].toString('latin1')).toContain('OPTIONS / caf');
    socket.write(Buffer.from('PROPFIND /caf%E9?a[]=b|c HTTP/1.1\r\nHost: x\r\n\r\n', 'latin1'));
    expect(((await once(socket, 'data')) as [Buffer])[0].toString('latin1')).toContain('PROPFIND /caf');
    socket.destroy();
    expect(recorder.committed().map(({ request }) => request.target)).toEqual(['/', '/caf%E9?a[]=b|c']);
  });

  it('keeps repeated headers, trailers and interim answers', async () => {
    const reverse = await startUpstream((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(200, ['Set-Cookie', 'theme=dark', 'Set-Cookie', 'lang=en', 'Trailer', 'ETag']);
      response.write('x');
      response.addTrailers({ ETag: '"7"' });
      response.end();
    });
    const recorder = await startRecorder({ reverse });
    const asked = httpRequest(recorder.origin, { agent: false }).end();
    const [[hints], [response]] = (await Promise.all([once(asked, 'information'), once(asked, 'response')])) as [
      [{ headers: Record<string, string> }],
      [IncomingMessage],
    ];
    response.resume();
    await once(response, 'end');
    expect(hints.headers['link']).toBe('</style.css>; rel=preload');
    expect(response.headers['set-cookie']).toEqual(['theme=dark', 'lang=en']);
    expect(response.trailers).toEqual({ etag: '"7"' });
    const { exchanges } = await recorder.finish();
    expect(exchanges[0]?.response?.trailers).toEqual([['etag', '"7"']]);
    expect(exchanges[0]?.response?.interim).toEqual([
      { status: 103, headers: [['link', '</style.css>; rel=preload']] },
    ]);
    expect(exchanges[0]?.response?.reason).toBeUndefined();
  });

  it('keeps what a server says beside its status, and trailers of a request', async () => {
    const reverse = await startUpstream((request, response) => {
      request.resume().once('end', () => response.writeHead(409, 'Already there').end('no'));
    });
    const recorder = await startRecorder({ reverse });
    const asked = httpRequest(recorder.origin, { method: 'PUT', agent: false, headers: { trailer: 'Checksum' } });
    asked.write('x');
    asked.addTrailers({ checksum: '"9"' });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.statusMessage).toBe('Already there');
    await once(response.resume(), 'end');
    const { exchanges } = await recorder.finish();
    expect(exchanges[0]?.request.trailers).toEqual([['checksum', '"9"']]);
    expect(exchanges[0]?.response?.reason).toBe('Already there');
    expect(recordingFromHar(harOf(readRecording(recorder.path))).recording.exchanges).toEqual(exchanges);
  });

  it('says of the connection what the upstream says', async () => {
    const silent = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    const reverse = await startRawUpstream((socket) => void socket.on('data', () => socket.write(silent)));
    const recorder = await startRecorder({ reverse });
    const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    for (let i = 0; i < 2; i++) {
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(String((await once(socket, 'data'))[0])).toBe(silent);
    }
    socket.destroy();
  });

  it('lets events through as they come, before the stream ends', async () => {
    let send: (event: string) => void = () => undefined;
    let end: () => void = () => undefined;
    const reverse = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      send = (event) => void response.write(`data: ${event}\n\n`);
      end = () => void response.end();
    });
    const recorder = await startRecorder({ reverse });
    const asked = httpRequest(recorder.origin, { agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    for (const event of ['1', '2']) {
      send(event);
      expect(String((await once(response, 'data'))[0])).toBe(`data: ${event}\n\n`);
    }
    expect(recorder.committed()).toEqual([]);
    end();
    await once(response, 'end');
    expect(text(recorder.committed()[0]?.response?.body)).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('is recorded with its content encoding undone, and passed on as it was', async () => {
    const reverse = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync('hello'));
    });
    const recorder = await startRecorder({ reverse });
    const answer = await ask(recorder.origin);
    expect([answer.headers['content-encoding'], answer.bytes]).toEqual(['gzip', gzipSync('hello')]);
    expect(text(recorder.committed()[0]?.response?.body)).toBe('hello');
  });
});

describe('absolute URLs on the upstream', () => {
  const linking = (reverse: () => string) => ({
    listener: (_request: IncomingMessage, response: ServerResponse) => {
      const body = JSON.stringify({ self: `${reverse()}/x`, other: `${reverse()}1/x` });
      response.writeHead(201, {
        location: `${reverse()}/x`,
        'content-type': 'application/json',
        'content-length': body.length,
        'set-cookie': 'id=1; Domain=127.0.0.1; Path=/',
      });
      response.end(body);
    },
  });

  it('lead to the recorder in headers and body, and are recorded as they were', async () => {
    let reverse = '';
    reverse = await startUpstream(linking(() => reverse).listener);
    const recorder = await startRecorder({ reverse });
    const answer = await ask(recorder.origin);
    expect(answer.headers.location).toBe(`${recorder.origin}/x`);
    expect(JSON.parse(answer.text)).toEqual({ self: `${recorder.origin}/x`, other: `${reverse}1/x` });
    expect(answer.headers['set-cookie']).toEqual(['id=1; Path=/']);
    expect(Number(answer.headers['content-length'])).toBe(answer.bytes.length);
    const [recorded] = recorder.committed();
    expect(text(recorded?.response?.body)).toBe(JSON.stringify({ self: `${reverse}/x`, other: `${reverse}1/x` }));
    expect(recorded?.response?.headers).toContainEqual(['location', `${reverse}/x`]);
  });

  it('lead to the recorder in a stream, also where a chunk ends within one, and in a compressed body', async () => {
    let reverse = '';
    reverse = await startUpstream((request, response) => {
      response.setHeader('content-type', 'text/html');
      if (request.url === '/gzip') {
        response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync(`<a href="${reverse}/x">`));
        return;
      }
      response.write(`<a href="${reverse.slice(0, 12)}`);
      setTimeout(() => response.end(`${reverse.slice(12)}/x">`), 20);
    });
    const recorder = await startRecorder({ reverse });
    for (const path of ['/gzip', '/stream']) {
      const answer = await ask(`${recorder.origin}${path}`);
      expect(answer.text).toBe(`<a href="${recorder.origin}/x">`);
      expect(answer.headers['content-encoding']).toBeUndefined();
    }
    expect(recorder.committed().map(({ response }) => text(response?.body))).toEqual(
      Array(2).fill(`<a href="${reverse}/x">`),
    );
  });

  it('are left alone where that is wanted, and in bodies that hold no links', async () => {
    let reverse = '';
    reverse = await startUpstream(linking(() => reverse).listener);
    const plain = await startRecorder({ reverse, rewriteLinks: false });
    expect(JSON.parse((await ask(plain.origin)).text).self).toBe(`${reverse}/x`);
    const textual = await startUpstream((_request, response) =>
      response.setHeader('content-type', 'text/plain').end(textual),
    );
    const recorder = await startRecorder({ reverse: textual });
    expect((await ask(recorder.origin)).text).toBe(textual);
  });

  it('that the client sends as Origin and Referer name the upstream again', async () => {
    const reverse = await startUpstream(({ headers }, response) =>
      response.end(`${headers.origin} ${headers.referer}`),
    );
    const recorder = await startRecorder({ reverse });
    const answer = await ask(recorder.origin, {
      headers: { origin: recorder.origin, referer: `${recorder.origin}/form` },
    });
    expect(answer.text).toBe(`${reverse} ${reverse}/form`);
  });
});

describe('large bodies', () => {
  it('go both ways whole while only length and hash of them are kept', async () => {
    const reverse = await startUpstream((request, response) => void request.pipe(response));
    const recorder = await startRecorder({ reverse, bodyMax: 100_000 });
    const body = Buffer.alloc(3_000_000, 'abcdefghij');
    const answer = await ask(recorder.origin, { method: 'POST', body });
    expect(answer.bytes.equals(body)).toBe(true);
    const [recorded] = recorder.committed();
    expect(recorded?.request.body).toBeUndefined();
    expect(recorded?.response?.body).toBeUndefined();
    expect(recorded?.truncated).toMatchObject({
      length: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
    });
  });

  it('that are small reach the upstream whole also where less of them is kept', async () => {
    const reverse = await startUpstream((request, response) => void request.pipe(response));
    const recorder = await startRecorder({ reverse, bodyMax: 3 });
    expect((await ask(recorder.origin, { method: 'PUT', body: 'hello' })).text).toBe('hello');
    expect(recorder.committed()[0]?.truncated).toMatchObject({ length: 5 });
  });

  it('wait for a client that reads slowly', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    const reverse = await startUpstream((_request, response) => {
      const write = () => {
        while (written < 2000) {
          written++;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });
    const recorder = await startRecorder({ reverse, bodyMax: 1000 });
    const asked = httpRequest(recorder.origin, { agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(response, 'readable');
    // Nobody reads: after a while the upstream is held back by what the sockets between hold.
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(written).toBeLessThan(1000);
    let length = 0;
    for await (const part of response as AsyncIterable<Buffer>) length += part.length;
    expect(length).toBe(2000 * chunk.length);
  });

  it('that an upstream does not wait for are read to their end, and the connection goes on', async () => {
    const reverse = await startUpstream((_request, response) => response.writeHead(422).end('no'));
    const recorder = await startRecorder({ reverse });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statuses: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const asked = httpRequest(recorder.origin, {
        method: 'POST',
        agent,
        headers: { 'transfer-encoding': 'chunked' },
      });
      asked.end(Buffer.alloc(2_000_000));
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      statuses.push(response.statusCode);
    }
    agent.destroy();
    expect(statuses).toEqual([422, 422, 422]);
  });

  it('over the limit are refused with 413, the client hears of it, and so does the recording', async () => {
    const reverse = await startUpstream((request, response) => request.resume().once('end', () => response.end()));
    const recorder = await startRecorder({ reverse, requestBodyMax: 100_000 });
    const declared = await ask(recorder.origin, { method: 'POST', body: Buffer.alloc(200_000) });
    expect([declared.status, declared.headers['mynah-error']]).toEqual([413, 'ERR_REQUEST_TOO_LARGE']);
    const streamed = await ask(recorder.origin, {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(200_000),
    });
    expect(streamed.status).toBe(413);
    expect(recorder.committed()).toMatchObject([
      { error: { code: 'ERR_REQUEST_TOO_LARGE' } },
      { error: { code: 'ERR_REQUEST_TOO_LARGE' } },
    ]);
    expect((await ask(recorder.origin)).status).toBe(200);
  });
});

describe('an upstream that fails', () => {
  it('refuses: 502, recorded', async () => {
    const closed = createServer();
    const port = await portOf(closed);
    closed.close();
    await once(closed, 'close');
    const recorder = await startRecorder({ reverse: `http://127.0.0.1:${port}` });
    const answer = await ask(recorder.origin);
    expect([answer.status, answer.headers['mynah-error']]).toEqual([502, 'ERR_UPSTREAM_REFUSED']);
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_UPSTREAM_REFUSED' } }]);
    expect(recorder.committed()[0]?.response).toBeUndefined();
  });

  it('never answers: 504 after the timeout', async () => {
    const reverse = await startUpstream(() => undefined);
    const recorder = await startRecorder({ reverse, upstreamTimeoutMs: 300 });
    const answer = await ask(recorder.origin);
    expect([answer.status, answer.headers['mynah-error']]).toEqual([504, 'ERR_UPSTREAM_TIMEOUT']);
  });

  it.each([
    ['resets before it answers', (socket: Socket) => socket.destroy(), 'ERR_UPSTREAM_RESET'],
    ['sends what is not HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'), 'ERR_UPSTREAM_MALFORMED'],
    [
      'sends endless headers',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`),
      'ERR_UPSTREAM_MALFORMED',
    ],
  ])('%s: 502', async (_what, answerWith, code) => {
    const reverse = await startRawUpstream((socket) => void socket.once('data', () => answerWith(socket)));
    const recorder = await startRecorder({ reverse });
    const answer = await ask(recorder.origin);
    expect([answer.status, answer.headers['mynah-error']]).toEqual([502, code]);
    expect(recorder.committed()).toMatchObject([{ error: { code } }]);
  });

  it.each([
    ['resets within the body', 'content-length: 100\r\n\r\nabc', 'ERR_UPSTREAM_RESET'],
    ['sends an invalid chunk', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nZZ\r\n', 'ERR_UPSTREAM_MALFORMED'],
  ])('%s: the client sees that the answer is not whole, and what came is recorded', async (_what, rest, code) => {
    const reverse = await startRawUpstream((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${rest}`);
        setTimeout(() => socket.destroy(), 30);
      });
    });
    const recorder = await startRecorder({ reverse });
    await expect(ask(recorder.origin)).rejects.toThrow(/aborted/);
    expect(recorder.committed()).toMatchObject([
      { error: { code }, response: { status: 200, body: { text: 'abc' } }, truncated: { length: 3 } },
    ]);
  });

  it('stalls within the body: the client is let go', async () => {
    const reverse = await startUpstream(
      (_request, response) => void response.writeHead(200, { 'content-length': 10 }).write('abc'),
    );
    const recorder = await startRecorder({ reverse, upstreamTimeoutMs: 300 });
    await expect(ask(recorder.origin)).rejects.toThrow(/aborted/);
    expect(recorder.committed()).toMatchObject([{ error: { code: 'ERR_UPSTREAM_TIMEOUT' } }]);
  });
});

describe('a client that goes away', () => {
  it('ends the request to the upstream, and the exchange is recorded as cut off', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    const reverse = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('abc');
      response.once('close', gone);
    });
    const recorder = await startRecorder({ reverse });
    const asked = httpRequest(recorder.origin, { agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(response, 'data');
    response.on('error', () => undefined);
    response.destroy();
    await left;
    await expect.poll(() => recorder.committed()).toMatchObject([{ error: { code: 'ERR_CLIENT_CLOSED' } }]);
  });
});
