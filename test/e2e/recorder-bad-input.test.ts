// What breaks HTTP, from either side: the client gets the right status, the failed exchange is recorded, and the recorder
// goes on. At the end bytes are changed at random, also from both sides.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { drawBelow, openStream } from '../../src/core/std/prng.ts';
import { ask, startRawUpstream, startRecorder, startUpstream, type TestRecorder } from '../support/recorder.ts';

/** Sends bytes; resolves with all that comes back until the connection ends. */
async function sendRaw(recorder: TestRecorder, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}

async function startEcho(): Promise<TestRecorder> {
  return startRecorder({
    reverse: await startUpstream((request, response) => void request.pipe(response)),
    requestBodyMax: 100_000,
  });
}

const head = 'POST /x HTTP/1.1\r\nHost: x\r\n';

describe('a client that does not speak HTTP', () => {
  it.each([
    ['no request line', 'hello\r\n\r\n', 400],
    ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', 400],
    ['a space in a header name', 'GET / HTTP/1.1\r\nHost: x\r\nbad name: y\r\n\r\n', 400],
    ['both length headers', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 400],
    ['a length that is no number', `${head}Content-Length: 5x\r\n\r\nhello`, 400],
    ['a length below zero', `${head}Content-Length: -5\r\n\r\n`, 400],
    ['a transfer encoding that does not end in chunked', `${head}Transfer-Encoding: chunked, gzip\r\n\r\n`, 400],
    ['a transfer encoding in disguise', `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a bare CR', 'GET / HTTP/1.1\r\nHost: x\r\na: b\rc: d\r\n\r\n', 400],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\na: b\0c\r\n\r\n', 400],
    ['a chunk size that is no number', `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`, 400],
    ['a flood of headers', `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(20_000)}\r\n`, 431],
    ['an endless header', `GET / HTTP/1.1\r\nHost: x\r\na: ${'b'.repeat(100_000)}\r\n\r\n`, 431],
    ['an endless request line', `GET /${'b'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['a body over the limit', `${head}Content-Length: 200000\r\nConnection: close\r\n\r\n${'b'.repeat(200_000)}`, 413],
  ])('is told so: %s', async (_what, bytes, status) => {
    const recorder = await startEcho();
    expect(await sendRaw(recorder, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await ask(recorder.origin)).status).toBe(200);
  });

  it('and folds a header has it refused or unfolded, never passed on as two', async () => {
    const seen: string[][] = [];
    const reverse = await startUpstream((request, response) => {
      seen.push(request.rawHeaders);
      response.end();
    });
    const recorder = await startRecorder({ reverse });
    const folded = 'GET / HTTP/1.1\r\nHost: x\r\na: b\r\n Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const answer = await sendRaw(recorder, folded);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400) /);
    for (const headers of seen) expect(headers.filter((_part, at) => at % 2 === 0)).not.toContain('Transfer-Encoding');
  });

  it('and hides a second request behind a body has it read as the second request that it is, or not at all', async () => {
    const recorder = await startEcho();
    const hidden = `${head}Content-Length: 4\r\n\r\nbodyGET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    expect((await sendRaw(recorder, hidden)).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(recorder.committed().map(({ request }) => [request.target, request.body])).toEqual([
      ['/x', { text: 'body' }],
      ['/second', undefined],
    ]);
  });

  it('is asked for its body only when it may send one, and not when that is too long', async () => {
    const recorder = await startEcho();
    const expecting = (length: number) => `${head}Expect: 100-continue\r\nContent-Length: ${length}\r\n`;
    const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    socket.write(`${expecting(4)}\r\n`);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 100 Continue/);
    socket.write('body');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    expect(await sendRaw(recorder, `${expecting(200_000)}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('an upstream that does not speak HTTP', () => {
  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['both length headers', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 OK\r\n\r\n'],
    ['a bare CR in a header', 'HTTP/1.1 200 OK\r\na: b\rc: d\r\nContent-Length: 0\r\n\r\n'],
  ])('is a bad gateway, or cut off, and recorded as that: %s', async (_what, answer) => {
    const reverse = await startRawUpstream((socket) => void socket.once('data', () => socket.end(answer)));
    const recorder = await startRecorder({ reverse });
    const status = await ask(recorder.origin).then(
      (told) => told.status,
      () => 'cut off',
    );
    expect(['cut off', 502]).toContain(status);
    expect(recorder.committed()).toMatchObject([{ error: { code: expect.stringMatching(/^ERR_UPSTREAM_/) } }]);
  });
});

/** Change it to try other bytes; a failure names it. */
const SEED = Number(process.env['MYNAH_TEST_SEED'] ?? 1);
const ROUNDS = 150;

it(`goes on whatever bytes come from either side (seed ${SEED})`, async () => {
  const draws = openStream(SEED, 'bytes', 0);
  const below = (n: number) => drawBelow(draws, n);
  const mutated = (text: string): Buffer => {
    let bytes = Buffer.from(text, 'latin1');
    for (let changes = 1 + below(4); changes > 0; changes--) {
      const at = below(bytes.length);
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      const noise = Buffer.from(Array.from({ length: 1 + below(6) }, () => below(256)));
      const variants = [
        Buffer.concat([before, noise, after.subarray(noise.length)]),
        Buffer.concat([before, noise, after]),
        Buffer.concat([before, after.subarray(below(8))]),
        Buffer.concat([before, after, after]),
        before.length > 0 ? before : bytes,
      ];
      bytes = variants[below(variants.length)] as Buffer<ArrayBuffer>;
    }
    return bytes;
  };
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: ETag\r\n\r\n5\r\nhello\r\n0\r\nETag: "1"\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nETag: "1"\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0',
  ];
  const requests = [
    'GET /items?page=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'POST /items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{"title":"x"}',
    'PUT /items/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ];
  let isQuiet = false;
  const reverse = await startRawUpstream((socket: Socket) => {
    socket.once('data', () => {
      const answer = answers[below(answers.length)] as string;
      socket.end(isQuiet ? (answers[0] as string) : mutated(answer));
    });
  });
  const recorder = await startRecorder({ reverse, upstreamTimeoutMs: 300 });
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = mutated(requests[below(requests.length)] as string);
    const socket = connect(Number(new URL(recorder.origin).port), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    const closed = once(socket, 'close');
    // A client that ends its half has said all: nothing waits for bytes that will not come.
    socket.end(bytes);
    await closed;
  }
  isQuiet = true;
  expect((await ask(`${recorder.origin}/after`)).text).toBe('hello');
  const { exchanges } = await recorder.finish();
  expect(exchanges.at(-1)).toMatchObject({ request: { target: '/after' }, response: { status: 200 } });
  expect(recorder.lost).toEqual([]);
}, 60_000);
