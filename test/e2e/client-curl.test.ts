// curl through the recorder, over HTTP/1.1 and HTTP/2, each exchange recorded whole.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { recordClient } from '../support/recorded-client.ts';
import { startUpstream, temporaryFolder } from '../support/recorder.ts';

/** Answers of every shape: declared length, chunks, none, encoded, binary, a redirect, trailers; echoes what it was sent. */
const startServer = () =>
  startUpstream((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const sent = Buffer.concat(chunks);
      switch (request.url?.split('?')[0]) {
        case '/redirect':
          return response.writeHead(302, { location: '/landed' }).end();
        case '/empty':
          return response.writeHead(204).end();
        case '/encoded':
          response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
          return response.end(gzipSync(JSON.stringify({ items: ['é', '☃'] })));
        case '/binary':
          return response.end(Buffer.from(Array.from({ length: 3000 }, (_none, i) => i % 256)));
        case '/trailers':
          response.writeHead(200, { trailer: 'etag' });
          response.write('first ');
          response.addTrailers({ etag: '"abc"' });
          return response.end('last');
        default:
          response.setHeader('content-type', 'application/json');
          response.setHeader('set-cookie', ['theme=dark; Path=/', 'lang=en']);
          return response.end(
            JSON.stringify({ method: request.method, sha256: createHash('sha256').update(sent).digest('hex') }),
          );
      }
    });
  });

const HOST = 'api.example.test';
const API = `https://${HOST}`;
const FORMAT = '%{http_version} %{response_code}\\n';

for (const [name, option, version] of [
  ['HTTP/1.1', '--http1.1', '1.1'],
  ['HTTP/2', '--http2', '2'],
] as const) {
  it(`records curl over ${name} whole`, async () => {
    const upload = join(temporaryFolder(), 'upload.bin');
    writeFileSync(upload, Buffer.from(Array.from({ length: 200_000 }, (_none, i) => (i * 7919) % 256)));
    const requests = [
      [`${API}/items?page=2&q=caf%C3%A9`],
      ['-L', `${API}/redirect`],
      ['-I', `${API}/items`],
      [`${API}/empty`],
      ['--compressed', `${API}/encoded`],
      [`${API}/binary`],
      [`${API}/trailers`],
      ['-X', 'PATCH', '-H', 'content-type: application/json', '-d', '{"done":true}', `${API}/items/1`],
      ['-F', 'name=roof', '-F', `photo=@${upload}`, `${API}/photos`],
      ['-T', upload, `${API}/upload.bin`],
      ['-H', 'transfer-encoding: chunked', '-d', 'in chunks', `${API}/items`],
      ['-u', 'ada:s3cret-pass', '-H', 'x-twice: a', '-H', 'x-twice: b', `${API}/private`],
    ];
    const common = ['-sS', option, '-o', '/dev/null', '-w', FORMAT];
    const words = requests.flatMap((args, i) => [...(i === 0 ? [] : ['--next']), ...common, ...args]);
    const { code, stdout, stderr, differences, recording } = await recordClient({ [HOST]: await startServer() }, [
      'curl',
      ...words,
    ]);
    expect([code, differences], stderr).toEqual([0, []]);
    const statuses = [200, 200, 200, 204, ...Array.from({ length: 8 }, () => 200)];
    expect(stdout).toBe(statuses.map((status) => `${version} ${status}\n`).join(''));
    // The redirect was followed.
    expect(recording.exchanges).toHaveLength(requests.length + 1);
    expect(recording.exchanges.every(({ origin }) => origin === API)).toBe(true);
    expect(JSON.stringify(recording.exchanges)).not.toContain(Buffer.from('ada:s3cret-pass').toString('base64'));
  });
}

it('names the host and the remedies when a client does not trust the certificate', async () => {
  const { code, stderr, recording } = await recordClient({ [HOST]: await startServer() }, [
    'curl',
    '-sS',
    '--cacert',
    '/dev/null',
    `${API}/items`,
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(
    /warning: a client does not trust the certificate for api\.example\.test .*mynah record -- COMMAND.*mynah ca install.*ca\.pem.*--pass-through api\.example\.test/,
  );
  expect(recording.exchanges).toEqual([]);
});
