import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { MynahError } from '../../src/core/std/errors.ts';
import type { PassedWrite } from '../../src/proxy/recording-proxy.ts';
import type { RecordingWriter } from '../../src/store/recording-store.ts';
import { rejectionOf } from '../support/failure.ts';
import { ask, portOf, startRawUpstream, startRecorder, startUpstream } from '../support/recorder.ts';
import { createServer } from 'node:http';

/** Sends bytes on a connection of their own; resolves with all that comes back until the proxy closes it. */
async function exchangeRaw(origin: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.end(bytes);
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return received;
}

describe('bytes that are no proper request', () => {
  it.each([
    [
      'both length headers',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two different lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n', 400],
    ['a bare carriage return in a header', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a space in a header name', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', 400],
    ['no HTTP at all', '\x00\x01\x02\x03\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(100_000)}\r\n\r\n`, 431],
  ])('%s: refused before anything reaches the upstream', async (_what, bytes, status) => {
    let asked = 0;
    const reverse = await startUpstream((_request, response) => {
      asked++;
      response.end();
    });
    const recorder = await startRecorder({ reverse });
    expect(await exchangeRaw(recorder.origin, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(asked).toBe(0);
    expect((await ask(recorder.origin)).status).toBe(200);
  });

  it('of any kind, from either side, leave the proxy alive', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"a":"b"}';
    let answer = head;
    const reverse = await startRawUpstream(
      (socket) => void socket.once('data', () => socket.end(Buffer.from(answer, 'latin1'))),
    );
    const recorder = await startRecorder({ reverse, upstreamTimeoutMs: 500 });
    const sound =
      'POST /x?y=1 HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}';
    const mutated = (text: string) =>
      fc
        .array(fc.tuple(fc.nat(text.length), fc.nat(3), fc.string({ maxLength: 3, unit: 'binary-ascii' })), {
          maxLength: 4,
        })
        .map((edits) =>
          edits.reduce((changed, [at, cut, put]) => changed.slice(0, at) + put + changed.slice(at + cut), text),
        );
    await fc.assert(
      fc.asyncProperty(mutated(sound), mutated(head), async (sent, said) => {
        answer = said;
        await exchangeRaw(recorder.origin, Buffer.from(sent, 'latin1'));
      }),
      { numRuns: 150 },
    );
    answer = head;
    expect((await ask(recorder.origin)).text).toBe('{"a":"b"}');
  }, 120_000);
});

describe('listening', () => {
  it('on an address that is taken fails with its code', async () => {
    const port = await portOf(createServer());
    const failure = await rejectionOf(
      startRecorder({ reverse: 'http://127.0.0.1:9', listen: { host: '127.0.0.1', port } }),
    );
    expect([failure.code, failure.exit]).toEqual(['ERR_PORT_IN_USE', 2]);
    expect(failure.message).toContain(`127.0.0.1:${port}`);
  });

  it('ends although clients keep idle connections, and requests that are under way', async () => {
    const reverse = await startUpstream(
      (request, response) => void (request.url === '/never' ? undefined : response.end('x')),
    );
    const recorder = await startRecorder({ reverse });
    const idle = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const silent = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    await once(silent, 'connect');
    const never = ask(`${recorder.origin}/never`).catch((error: Error) => error);
    await expect.poll(() => recorder.writer.nextId()).not.toBe('1.2');
    const started = performance.now();
    const { exchanges } = await recorder.finish();
    expect(performance.now() - started).toBeLessThan(9000);
    expect(await never).toBeInstanceOf(Error);
    // Both ends of the second are cut at once: which of them is noticed first is open, that it failed is not.
    expect(exchanges.map(({ error }) => error === undefined)).toEqual([true, false]);
  });
});

describe('a server that must not be changed', () => {
  const guard = {
    readOnly: [{ host: '127.0.0.1' }],
    allow: [{ method: 'POST', pattern: { host: '*', path: '/search' } }],
  };

  it('is asked nothing that could change it, and every write that went through is told', async () => {
    const asked: string[] = [];
    const reverse = await startUpstream((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end();
    });
    const writes: PassedWrite[] = [];
    const onWrite = (write: PassedWrite) => void writes.push(write);
    const capture = { include: [], exclude: [{ host: '127.0.0.1', path: '/search' }] };
    const recorder = await startRecorder({ reverse, guard, onWrite, capture });
    const refused = await ask(`${recorder.origin}/items/1`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('--allow DELETE 127.0.0.1')]);
    expect((await ask(recorder.origin, { headers: { 'x-http-method-override': 'PUT' } })).status).toBe(403);
    expect((await ask(`${recorder.origin}/search?q`, { method: 'POST' })).status).toBe(200);
    expect((await ask(recorder.origin)).status).toBe(200);
    expect(asked).toEqual(['POST /search?q', 'GET /']);
    expect(writes).toEqual([{ exchange: undefined, method: 'POST', origin: reverse, target: '/search?q' }]);
    const free = await startRecorder({ reverse, onWrite });
    await ask(`${free.origin}/items`, { method: 'POST' });
    expect(writes.at(-1)).toEqual({ exchange: '1.1', method: 'POST', origin: reverse, target: '/items' });
  });

  it('gets no WebSocket, and no connection that cannot be looked into', async () => {
    const server = createServer();
    const upgrades: string[] = [];
    server.on('upgrade', (request, socket) => {
      upgrades.push(request.url ?? '');
      socket.destroy();
    });
    const { host, origin } = new URL(`http://127.0.0.1:${await portOf(server)}`);
    const recorder = await startRecorder({ guard, capture: { include: [], exclude: [{ host: 'a.test' }, { host }] } });
    const socket = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await exchangeRaw(recorder.origin, `GET ${origin}/live HTTP/1.1\r\n${socket}`)).toMatch(
      /^HTTP\/1\.1 403 .*A WebSocket to/s,
    );
    expect(await exchangeRaw(recorder.origin, `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 403 .*could not be looked into/s,
    );
    expect(upgrades).toEqual([]);
  });
});

describe('the host that a reverse proxy asks under', () => {
  it('is the upstream’s own, but the client’s where it is to be kept, or was signed', async () => {
    const reverse = await startUpstream((request, response) => response.end(request.headers.host));
    const own = new URL(reverse).host;
    const recorder = await startRecorder({ reverse });
    expect((await ask(recorder.origin)).text).toBe(own);
    const authorization = 'AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host;x-amz-date, Signature=c';
    const headers = { host: 'bucket.test', authorization };
    expect((await ask(recorder.origin, { headers })).text).toBe('bucket.test');
    const keeping = await startRecorder({ reverse, keepHost: [{ host: '127.0.0.1' }] });
    expect((await ask(keeping.origin, { headers: { host: 'named.test' } })).text).toBe('named.test');
  });
});

describe('a listener with TLS', () => {
  it('speaks HTTP/1.1 and HTTP/2, and gives links of its own kind', async () => {
    const reverse = await startUpstream((_request, response) => response.setHeader('location', `${reverse}/x`).end());
    const recorder = await startRecorder({ reverse, tls: true });
    const ca = recorder.authority.certificate;
    for (const allowH2 of [false, true]) {
      const dispatcher = new Agent({ connect: { ca }, allowH2 });
      const { headers, statusCode } = await request(recorder.origin, { dispatcher });
      expect([statusCode, headers['location']]).toEqual([200, `${recorder.origin}/x`]);
      await dispatcher.destroy();
    }
    expect(recorder.origin).toMatch(/^https:/);
    expect(recorder.rejected).toEqual([]);
    expect((await recorder.finish()).exchanges.map(({ httpVersion }) => httpVersion)).toEqual(['1.1', '2']);
  });
});

describe('a disk that fails while recording', () => {
  it('lets the traffic go on, and every exchange that is lost is told', async () => {
    const reverse = await startUpstream((_request, response) => response.end('fine'));
    const full = new MynahError('ERR_FILE_UNWRITABLE', 'the disk is full');
    let fails = true;
    const wrapWriter = (writer: RecordingWriter): RecordingWriter => ({
      ...writer,
      append: (...args) => (fails ? Promise.reject(full) : writer.append(...args)),
    });
    const recorder = await startRecorder({ reverse, wrapWriter });
    expect((await ask(recorder.origin)).text).toBe('fine');
    expect(recorder.lost).toEqual(['1.1']);
    fails = false;
    expect((await ask(recorder.origin)).text).toBe('fine');
    expect((await recorder.finish()).exchanges.map(({ id }) => id)).toEqual(['1.2']);
  });
});
