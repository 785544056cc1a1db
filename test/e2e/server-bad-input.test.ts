// What breaks HTTP, on both planes of an environment server: bytes changed at random, sockets that say nothing, and an agent
// with a shell on the same host that looks for its reward. No episode but the one that is asked ever notices.
import { execSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawBelow, openStream } from '../../src/core/std/prng.ts';
import { childEnvironment } from '../../src/proxy/child-environment.ts';
import { send, testServer } from '../support/environment-client.ts';
import { printedLine, startMynah } from '../support/mynah-command.ts';
import { notesEnvironment, notesFolder } from '../support/notes-clone.ts';
import { temporaryFolder, testAuthority } from '../support/recorder.ts';

/** Sends bytes and ends; resolves with all that comes back. A server that never ends the connection fails by the test's timeout. */
function sendRaw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let seen = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1')));
    socket.on('error', () => undefined).once('close', () => resolve(seen));
  });
}

const request = (line: string, headers: readonly string[], body = '') =>
  `${line} HTTP/1.1\r\n${['host: 127.0.0.1', ...headers].join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const json = ['content-type: application/json'];

/** Requests that are right, of which the bytes are changed. */
const AGENT_REQUESTS = [
  request('GET /~/own/notes/1?a=1', ['accept: */*', 'referer: http://127.0.0.1/~/own/']),
  request('POST /~/own/notes', json, '{"title":"fuzzed"}'),
  request('GET http://notes.example/notes', ['proxy-authorization: Basic b3duOng=']),
  request('GET /notes/2', ['mynah-episode: own', 'connection: keep-alive']),
  request('GET /~/own/notes', [
    'upgrade: websocket',
    'connection: upgrade',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
  ]),
  request(
    'POST /~/own/mcp',
    [...json, 'accept: application/json, text/event-stream'],
    '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  ),
  'CONNECT notes.example:80 HTTP/1.1\r\nproxy-authorization: Basic b3duOng=\r\n\r\nGET /notes/1 HTTP/1.1\r\nhost: notes.example\r\n\r\n',
  'CONNECT notes.example:80 HTTP/1.1\r\nproxy-authorization: Basic b3duOng=\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
];
const CONTROL_REQUESTS = [
  request('POST /episodes', json, '{"seed":3,"id":"own"}'),
  request(
    'POST /episodes/own/step',
    json,
    '{"method":"POST","path":"/notes","body":{"title":"x"},"headers":{"a":"b"}}',
  ),
  request('POST /step:batch', json, '{"steps":[{"id":"own","method":"GET","path":"/notes"}]}'),
  request('POST /episodes/own/fork', json, '{"count":1}'),
  request('GET /episodes?label=a:b&limit=3', ['accept: */*']),
  request('POST /step', json, '{"action":{"method":"GET","path":"/notes"}}'),
  request('GET /ws', [
    'upgrade: websocket',
    'connection: upgrade',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
  ]),
];

/** Pieces that confuse parsers, put anywhere. */
const PIECES = [
  '\r\n',
  '\n',
  '\0',
  '..',
  '/',
  '%2f',
  '%00',
  '\\',
  ' ',
  ':',
  'transfer-encoding: chunked\r\n',
  'host: other\r\n',
  '/~/other',
  '{',
  '"',
  '\xff',
  '9'.repeat(40),
  'A'.repeat(2000),
];

/** Some bytes changed, left out or put in between; equal for equal numbers. */
function damaged(text: string, number: number): Buffer {
  const random = openStream(number, 'damage', 0);
  let bytes = Buffer.from(text, 'latin1');
  for (let times = 1 + drawBelow(random, 3); times > 0; times--) {
    const at = drawBelow(random, Math.max(1, bytes.length));
    const piece = Buffer.from(PIECES[drawBelow(random, PIECES.length)] as string, 'latin1');
    const kinds = [
      () => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]),
      () =>
        Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + drawBelow(random, 8)))]),
      () => Buffer.concat([bytes.subarray(0, at), Buffer.from([drawBelow(random, 256)]), bytes.subarray(at + 1)]),
      () => bytes.subarray(0, Math.max(1, at)),
    ];
    bytes = Buffer.from((kinds[drawBelow(random, kinds.length)] as () => Buffer)());
  }
  return bytes;
}

const ROUNDS = 30;
const STATUS_LINE = /^(?:HTTP\/1\.1 \d{3} |$)/;

describe('bytes changed at random', () => {
  it.each([
    ['agent', AGENT_REQUESTS],
    ['control', CONTROL_REQUESTS],
  ] as const)('have an answer or an end on the %s plane, and change no other episode', async (plane, requests) => {
    const server = await testServer(notesEnvironment(), { bodyBytesMax: 10_000 });
    await server.begin({ id: 'own' });
    const other = await server.begin({ id: 'other', seed: 9 });
    await send(`${other}/notes/1`);
    const before = (await server.call('GET', '/episodes/other/log')).text;
    const { port } = server[plane];
    for (let round = 0; round < ROUNDS; round++) {
      const sent = requests.map((text, index) => damaged(text, round * requests.length + index));
      const answers = await Promise.all(sent.map((bytes) => sendRaw(port, bytes)));
      for (const [index, answer] of answers.entries()) expect(answer, String(sent[index])).toMatch(STATUS_LINE);
    }
    expect((await server.call('GET', '/episodes/other/log')).text).toBe(before);
    expect((await send(`${other}/notes/1`)).status).toBe(200);
  });
});

/** A busy machine takes its time for so many connections. */
const TIMEOUT_MS = 180_000;

describe('ten thousand sockets that say nothing', () => {
  it(
    'keep no one from being answered',
    async () => {
      const child = startMynah([
        'serve',
        notesFolder(),
        '--listen',
        '127.0.0.1:0',
        '--control',
        '127.0.0.1:0',
        '--data',
        'none',
      ]);
      const [, agent = '', control = ''] = await printedLine(child, /agents on (\S+), control on (\S+)\n/);
      const filesMax = execSync('ulimit -Hn', { encoding: 'utf8', shell: '/bin/sh' }).trim();
      // Where the system allows fewer open files than that, as many as it does.
      const count = filesMax === 'unlimited' ? 10_000 : Math.min(10_000, Number(filesMax) - 1000);
      const idle: Socket[] = [];
      const ports = [agent, control].map((url) => Number(new URL(url).port)) as [number, number];
      for (let made = 0; made < count; made += 500) {
        const batch = Array.from({ length: 500 }, (_, index) => connect(ports[index % 10 === 0 ? 1 : 0], '127.0.0.1'));
        await Promise.all(batch.map((socket) => once(socket, 'connect')));
        idle.push(...batch);
      }
      const { url } = (await send(`${control}/episodes`, { method: 'POST', body: {} })).json as { url: string };
      expect((await send(`${url}/notes/1`)).status).toBe(200);
      for (const socket of idle) socket.destroy();
      expect((await send(`${url}/notes/2`)).status).toBe(200);
    },
    TIMEOUT_MS,
  );
});

/** Tries what a program can try that runs beside the server and knows its own episode only, and prints what it found. */
const AGENT = `
import { request } from 'node:http';
const { AGENT, CONTROL, MYNAH_BASE_URL } = process.env;
const ask = (url, headers = {}, method = 'GET', target) => new Promise((resolve) => {
  const { hostname, port, pathname, search } = new URL(url);
  const asked = request({ hostname, port, method, headers, path: target ?? pathname + search, agent: false }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += chunk)).on('end', () => resolve([response.statusCode, JSON.stringify(response.headers) + text]));
  });
  asked.on('error', (error) => resolve([0, error.code])).end();
});
const found = { control: [], agent: [], environment: Object.entries(process.env).filter(([name, value]) => /token/i.test(name) && value !== '') };
for (const path of ['/episodes', '/episodes/victim', '/episodes/victim/log', '/episodes/victim/world', '/tasks', '/model', '/metrics', '/state', '/t//episodes', '/t/x/episodes', '/t/undefined/episodes', '//episodes', '/healthz/../episodes', '/healthz%2f..%2fepisodes', '/./episodes', '/EPISODES', '/health?/episodes'])
  for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: 'Bearer x' }, { authorization: 'Basic OnQ=' }, { host: 'localhost' }, { 'x-forwarded-for': '127.0.0.1', 'x-original-url': '/episodes' }])
    found.control.push(await ask(CONTROL + path, headers));
for (const [method, path] of [['POST', '/episodes'], ['POST', '/episodes/victim/finish'], ['POST', '/episodes/victim/step'], ['DELETE', '/episodes/victim'], ['POST', '/reset'], ['POST', '/step'], ['POST', '/mcp']])
  found.control.push(await ask(CONTROL + path, {}, method));
const { host } = new URL(CONTROL);
for (const target of ['/episodes', '/episodes/victim', '/metrics', '/reset', '/state', '/ws', '/t/x/episodes', '/~/../episodes', '/~/victim%00/notes', '/~/VICTIM/notes', '/~/vic*/notes', '/~/~/notes', '/~/notes/1', 'http://' + host + '/episodes', 'http://localhost:' + host.split(':')[1] + '/episodes', 'https://' + host + '/episodes', 'http://[::1]:' + host.split(':')[1] + '/episodes'])
  found.agent.push(await ask(AGENT, { 'mynah-episode': 'mine' }, 'GET', target));
found.agent.push(await ask(AGENT, {}, 'GET', 'http://victim@' + host + '/episodes'));
found.agent.push(await ask(AGENT, { 'x-mynah-episode': 'victim', 'x-episode-id': 'victim' }, 'GET', '/~/mine/notes/1'));
found.own = (await ask(MYNAH_BASE_URL + '/notes/1'))[0];
console.log(JSON.stringify(found));
`;

describe('an agent with a shell on the same host', () => {
  it('reaches no reward, no other episode and no call of the control plane', async () => {
    const token = 'token-of-the-trainer';
    const probes = 'probes: [{ id: secret-probe, kind: event, on: { status: 200 }, reward: 0.125 }]';
    const server = startMynah(
      [
        'serve',
        notesFolder({ 'probes.yaml': probes }),
        '--listen',
        '127.0.0.1:0',
        '--control',
        '127.0.0.1:0',
        '--data',
        'none',
      ],
      { MYNAH_TOKEN: token },
    );
    const [, agent = '', control = ''] = await printedLine(server, /agents on (\S+), control on (\S+)\n/);
    const headers = { authorization: `Bearer ${token}` };
    const call = async (method: string, path: string, body?: object) =>
      (await send(`${control}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })).json;
    for (const id of ['mine', 'victim']) await call('POST', '/episodes', { id });
    const { certificate } = (await testAuthority()) as { certificate: string };
    const environment = childEnvironment({
      proxyUrl: agent.replace('//', '//mine:x@'),
      authority: certificate,
      folder: join(temporaryFolder(), 'trust'),
      base: process.env,
      // A shell need not use the proxy.
      extra: { NODE_OPTIONS: '', AGENT: agent, CONTROL: control, MYNAH_BASE_URL: `${agent}/~/mine` },
    });
    const child = spawn(process.execPath, ['--input-type=module', '-e', AGENT], {
      env: environment as NodeJS.ProcessEnv,
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += String(chunk)));
    await once(child, 'close');
    const found = JSON.parse(printed) as Record<'control' | 'agent', [number, string][]> & Record<string, unknown>;
    expect(found.environment).toEqual([]);
    expect(new Set(found.control.map(([status]) => status))).toEqual(new Set([401, 200]));
    // The health check is open, and says nothing else.
    const open = found.control.filter(([status]) => status === 200).map(([, text]) => text);
    for (const text of [...open, ...found.agent.map(([, each]) => each)])
      expect(text).not.toMatch(/secret-probe|0\.125|reward|victim|token-of|step_count|mynah/i);
    expect(found.own).toBe(200);
    expect(await call('GET', '/episodes/victim')).toMatchObject({ step_count: 0, terminated: false });
  });
});
