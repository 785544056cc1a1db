import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type Server as HttpServer,
} from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { ProxyAgent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { parseTrafficPattern, type TrafficPattern } from '../../src/core/recording/capture-rules.ts';
import { askHttp2 } from '../support/http2-client.ts';
import {
  ask,
  portOf,
  startRawUpstream,
  startRecorder,
  startUpstream,
  temporaryFolder,
  testAuthority,
  type TestRecorder,
} from '../support/recorder.ts';

const run = promisify(execFile);

/** Opens a tunnel by hand; resolves with the socket once the proxy agreed. */
async function openTunnel(
  recorder: TestRecorder,
  target: string,
  headers: Record<string, string> = {},
): Promise<Socket> {
  const asked = httpRequest(recorder.origin, { method: 'CONNECT', path: target, headers, agent: false }).end();
  const [response, socket] = (await once(asked, 'connect')) as [IncomingMessage, Socket];
  expect(response.statusCode).toBe(200);
  return socket;
}

function agentFor(recorder: TestRecorder, user = ''): ProxyAgent {
  const uri = recorder.origin.replace('//', user === '' ? '//' : `//${user}@`);
  return new ProxyAgent({ uri, requestTls: { ca: recorder.authority.certificate }, proxyTunnel: true });
}

const basicUser = (name: string) => `Basic ${Buffer.from(`${name}:x`).toString('base64')}`;

const patterns = (...texts: string[]) => texts.map((text) => parseTrafficPattern(text) as TrafficPattern);

/** An upstream with TLS, whose certificate only its own authority vouches for. */
async function startTlsUpstream(): Promise<string> {
  const { certificate, key } = await (await testAuthority()).leafFor('127.0.0.1');
  const server = createHttpsServer({ cert: certificate, key }, (_request, response) => response.end('secure'));
  return `https://127.0.0.1:${await portOf(server)}`;
}

describe('a client that is told of the proxy', () => {
  it('speaks WebSocket through it, plain and through TLS', async () => {
    const echo = (server: HttpServer) =>
      new WebSocketServer({ server }).on('connection', (peer) => peer.on('message', (text) => peer.send(String(text))));
    const { certificate, key } = await (await testAuthority()).leafFor('127.0.0.1');
    const [plain, secure] = [createHttpServer(), createHttpsServer({ cert: certificate, key })];
    echo(plain);
    echo(secure);
    const urls = [`ws://127.0.0.1:${await portOf(plain)}/x`, `wss://127.0.0.1:${await portOf(secure)}/x`];
    const recorder = await startRecorder({ insecureUpstreams: patterns('127.0.0.1') });
    const { certificate: ca } = recorder.authority;
    for (const url of urls) {
      const tunnel = await openTunnel(recorder, new URL(url).host, { 'proxy-authorization': basicUser('sockets') });
      const socket = url.startsWith('wss') ? connectTls({ socket: tunnel, ca, host: '127.0.0.1' }) : tunnel;
      const client = new WebSocket(url, { createConnection: () => socket });
      await once(client, 'open');
      client.send('hi');
      expect(String((await once(client, 'message'))[0])).toBe('hi');
      client.close();
      await once(client, 'close');
    }
    const recorded = urls.map((url) => ({
      origin: new URL(url.replace('ws', 'http')).origin,
      session: 'sockets',
      messages: [{ opcode: 1 }, { sender: 'server', body: { text: 'hi' } }, { opcode: 8 }, { opcode: 8 }],
    }));
    expect(recorder.committed()).toMatchObject(recorded);
  });

  it('asks for whole URLs over plain HTTP', async () => {
    const upstream = await startUpstream((request, response) => response.end(`${request.headers.host} ${request.url}`));
    const recorder = await startRecorder();
    const asked = httpRequest({
      ...recorderAddress(recorder),
      path: `${upstream}/a%2Fb?x`,
      headers: { host: new URL(upstream).host },
      agent: false,
    }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(String((await once(response, 'data'))[0])).toBe(`${new URL(upstream).host} /a%2Fb?x`);
    expect((await recorder.finish()).exchanges).toMatchObject([{ origin: upstream, request: { target: '/a%2Fb?x' } }]);
  });

  it('opens a tunnel to plain HTTP', async () => {
    const upstream = await startUpstream((_request, response) => response.end('plain'));
    const recorder = await startRecorder();
    const { body } = await request(`${upstream}/x`, { dispatcher: agentFor(recorder) });
    expect(await body.text()).toBe('plain');
    expect(recorder.committed()).toMatchObject([
      { origin: upstream, request: { target: '/x' }, response: { body: { text: 'plain' } } },
    ]);
  });

  it('opens a tunnel to TLS, and another server can stand in for the host', async () => {
    let upstream = '';
    upstream = await startUpstream((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ host: request.headers.host, url: `${upstream}/v1` }));
    });
    const recorder = await startRecorder({ upstreams: new Map([['api.example.com', upstream]]) });
    const { body } = await request('https://api.example.com/v1', { dispatcher: agentFor(recorder) });
    const shown = { host: 'api.example.com', url: 'https://api.example.com/v1' };
    expect(await body.json()).toEqual(shown);
    expect(recorder.committed()).toMatchObject([
      { origin: 'https://api.example.com', response: { body: { text: JSON.stringify(shown) } } },
    ]);
  });

  it('names the session by the user of the proxy', async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    const recorder = await startRecorder();
    await request(upstream, { dispatcher: agentFor(recorder, 'alice:x') });
    await request(upstream, { dispatcher: agentFor(recorder) });
    expect((await recorder.finish()).sessions.map(({ name }) => name)).toEqual(['alice', 'default']);
  });

  it('speaks HTTP/2 in the tunnel, several requests at once, with bodies and repeated headers', async () => {
    const upstream = await startUpstream((request, response) => {
      response.setHeader('set-cookie', ['theme=a', 'lang=b']);
      request.pipe(response);
    });
    const recorder = await startRecorder({ upstreams: new Map([['api.example.com', upstream]]) });
    const socket = await openTunnel(recorder, 'api.example.com:443');
    const secure = connectTls({
      socket,
      servername: 'api.example.com',
      ca: recorder.authority.certificate,
      ALPNProtocols: ['h2'],
    });
    await once(secure, 'secureConnect');
    expect(secure.alpnProtocol).toBe('h2');
    const session = connectHttp2('https://api.example.com', { createConnection: () => secure });
    const answers = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const stream = session.request({ ':method': 'POST', ':path': `/${name}`, 'mynah-session': 'h2' });
        stream.end(name.repeat(3));
        const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
        let text = '';
        for await (const chunk of stream) text += String(chunk);
        return [headers[':status'], headers['set-cookie'], text];
      }),
    );
    session.destroy();
    expect(answers).toEqual([
      [200, ['theme=a', 'lang=b'], 'aaa'],
      [200, ['theme=a', 'lang=b'], 'bbb'],
    ]);
    const recorded = recorder.committed();
    expect(recorded).toMatchObject(
      Array(2).fill({ session: 'h2', origin: 'https://api.example.com', request: { method: 'POST' } }),
    );
    for (const { request: sent } of recorded) {
      expect(sent.headers.filter(([name]) => name.startsWith(':'))).toEqual([]);
      expect(sent.headers).toContainEqual(['host', 'api.example.com']);
    }
  });

  it('has requests without a body recorded whole, also by HTTP/2, where nothing else ends them', async () => {
    const upstream = await startUpstream((_request, response) => response.end('here'));
    const recorder = await startRecorder({ upstreams: new Map([['api.example.com', upstream]]) });
    const secure = connectTls({
      socket: await openTunnel(recorder, 'api.example.com:443'),
      servername: 'api.example.com',
      ca: recorder.authority.certificate,
      ALPNProtocols: ['h2'],
    });
    const session = connectHttp2('https://api.example.com', { createConnection: () => secure });
    for (const method of ['GET', 'DELETE']) await askHttp2(session, { ':method': method, ':path': '/' });
    session.destroy();
    expect(recorder.committed().map(({ request: { method }, truncated }) => [method, truncated])).toEqual([
      ['GET', undefined],
      ['DELETE', undefined],
    ]);
  });

  it('is tunnelled unopened to a host that is excluded, and to what is neither TLS nor HTTP', async () => {
    const upstream = await startRawUpstream(
      (socket) => void socket.on('data', (data) => socket.write(`raw ${String(data)}`)),
    );
    const host = new URL(upstream).host;
    const excluding = await startRecorder({ capture: { include: [], exclude: patterns(host) } });
    const excluded = await openTunnel(excluding, host);
    excluded.write('GET / HTTP/1.1\r\n\r\n');
    expect(String((await once(excluded, 'data'))[0])).toBe('raw GET / HTTP/1.1\r\n\r\n');
    const recorder = await startRecorder();
    const other = await openTunnel(recorder, host);
    other.write(Buffer.from([0, 1, 2]));
    expect(String((await once(other, 'data'))[0])).toBe('raw \0\u0001\u0002');
    expect([...excluding.committed(), ...recorder.committed()]).toEqual([]);
  });

  it('spends the budget on connections that are not looked into, too', async () => {
    const upstream = await startRawUpstream((socket) => void socket.on('data', (data) => socket.write(data)));
    const { host } = new URL(upstream);
    let left = 1;
    const spend = () => left-- > 0;
    const excluding = await startRecorder({ capture: { include: [], exclude: patterns(host) }, spend });
    const first = await openTunnel(excluding, host);
    first.write('hi');
    expect(String((await once(first, 'data'))[0])).toBe('hi');
    const asked = httpRequest(excluding.origin, { method: 'CONNECT', path: host, agent: false }).end();
    const [refused] = (await once(asked, 'connect')) as [IncomingMessage];
    expect([refused.statusCode, refused.headers['mynah-error']]).toEqual([429, 'ERR_BUDGET_SPENT']);
    const opaque = await openTunnel(await startRecorder({ spend }), host);
    opaque.write(Buffer.from([0, 1, 2]));
    await once(opaque.resume(), 'close');
  });

  it('is passed on but not recorded where a path is excluded or not included', async () => {
    const upstream = await startUpstream((request, response) => response.end(request.url));
    const host = new URL(upstream).host;
    const recorder = await startRecorder({
      capture: { include: patterns(`${host}/v1/*`), exclude: patterns(`${host}/v1/health`) },
    });
    const dispatcher = agentFor(recorder);
    for (const path of ['/v1/a', '/v1/health', '/other'])
      expect(await (await request(`${upstream}${path}`, { dispatcher })).body.text()).toBe(path);
    expect(recorder.committed().map(({ request: { target } }) => target)).toEqual(['/v1/a']);
  });

  it('cannot write to a host that is read-only, but where that is allowed', async () => {
    const methods: string[] = [];
    const upstream = await startUpstream((request, response) => {
      methods.push(`${request.method} ${request.url}`);
      response.end();
    });
    const host = new URL(upstream).host;
    const [search] = patterns(`${host}/search`) as [TrafficPattern];
    const recorder = await startRecorder({
      guard: { readOnly: patterns(host), allow: [{ method: 'POST', pattern: search }] },
    });
    const dispatcher = agentFor(recorder);
    const refused = await request(`${upstream}/items?x=1`, { method: 'POST', dispatcher });
    expect([refused.statusCode, refused.headers['mynah-error']]).toEqual([403, 'ERR_WRITE_REFUSED']);
    expect(await refused.body.text()).toContain(`--allow POST ${host}/items`);
    expect((await request(`${upstream}/items`, { dispatcher })).statusCode).toBe(200);
    expect((await request(`${upstream}/search`, { method: 'POST', dispatcher })).statusCode).toBe(200);
    expect(methods).toEqual(['GET /items', 'POST /search']);
  });
});

describe('certificates', () => {
  it('of upstreams are checked: 502 for one that nobody vouches for', async () => {
    const upstream = await startTlsUpstream();
    const recorder = await startRecorder({ reverse: upstream });
    const answer = await ask(recorder.origin);
    expect([answer.status, answer.headers['mynah-error']]).toEqual([502, 'ERR_UPSTREAM_CERTIFICATE']);
    expect(answer.text).toContain('--insecure-upstream');
  });

  it('of upstreams can be excused by host, or their authority named', async () => {
    const upstream = await startTlsUpstream();
    const excused = await startRecorder({ reverse: upstream, insecureUpstreams: patterns('127.0.0.1') });
    expect((await ask(excused.origin)).text).toBe('secure');
    const trusting = await startRecorder({
      reverse: upstream,
      upstreamCertificates: [(await testAuthority()).certificate],
    });
    expect((await ask(trusting.origin)).text).toBe('secure');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that a client does not trust are reported with the host (%s)',
    async (version) => {
      const recorder = await startRecorder();
      const socket = await openTunnel(recorder, 'api.example.com:443');
      const secure = connectTls({ socket, servername: 'api.example.com', minVersion: version, maxVersion: version });
      await once(secure, 'error');
      await expect.poll(() => recorder.rejected).toEqual(['api.example.com']);
    },
  );

  it('that a client trusts are not reported', async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    const recorder = await startRecorder({ upstreams: new Map([['api.example.com', upstream]]) });
    const dispatcher = agentFor(recorder);
    await (await request('https://api.example.com/', { dispatcher })).body.dump();
    await dispatcher.destroy();
    await recorder.finish();
    expect(recorder.rejected).toEqual([]);
  });
});

describe('a proxy that is asked for nonsense', () => {
  it.each([
    ['a page, as if it were a web server', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'ERR_REQUEST_MALFORMED'],
    ['a tunnel to no port', 'CONNECT example.com HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'ERR_REQUEST_MALFORMED'],
    [
      'a scheme that it does not know',
      'GET ftp://example.com/ HTTP/1.1\r\nHost: x\r\n\r\n',
      400,
      'ERR_REQUEST_MALFORMED',
    ],
  ])('answers a request for %s', async (_what, bytes, status, code) => {
    const recorder = await startRecorder();
    expect(await sendRaw(recorder, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*mynah-error: ${code}`));
  });

  it('answers a request for itself, in either way', async () => {
    const recorder = await startRecorder();
    const { host } = new URL(recorder.origin);
    for (const bytes of [
      `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    ]) {
      expect(await sendRaw(recorder, bytes)).toMatch(/^HTTP\/1.1 508 [^]*mynah-error: ERR_PROXY_LOOP/);
    }
  });

  it('opens no tunnels in front of one server', async () => {
    const recorder = await startRecorder({ reverse: 'http://127.0.0.1:9', authority: undefined as never });
    expect(await sendRaw(recorder, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 [^]*reverse proxy/,
    );
  });
});

describe('real clients through the proxy', () => {
  it('curl, with HTTP/1.1 and HTTP/2', async () => {
    const upstream = await startUpstream((request, response) => response.end(`${request.headers['user-agent']}`));
    const recorder = await startRecorder({ upstreams: new Map([['api.example.com', upstream]]) });
    const bundle = join(temporaryFolder(), 'ca.pem');
    writeFileSync(bundle, recorder.authority.certificate);
    for (const version of ['--http1.1', '--http2']) {
      const { stdout } = await run('curl', [
        '-sS',
        version,
        '--proxy',
        recorder.origin,
        '--cacert',
        bundle,
        'https://api.example.com/x',
      ]);
      expect(stdout).toMatch(/^curl\//);
    }
    expect(recorder.committed()).toHaveLength(2);
    expect(readFileSync(bundle, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});

function recorderAddress({ origin }: TestRecorder): { readonly host: string; readonly port: string } {
  const { hostname, port } = new URL(origin);
  return { host: hostname, port };
}

async function sendRaw({ origin }: TestRecorder, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write(bytes);
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return String(data);
}
