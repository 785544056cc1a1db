import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import {
  captureRules,
  clientCertificates,
  positiveNumber,
  readPemFiles,
  recordedRules,
  redactionRules,
  reverseUpstreams,
  sessionName,
  trafficPatterns,
  upstreamMap,
  upstreamOrigin,
  viaProxy,
  writeGuard,
  type RecordOptions,
} from '../../src/cli/record-options.ts';
import { readRecordedWrites, readRecording } from '../../src/store/recording-store.ts';
import { failureOf } from '../support/failure.ts';
import { printedLine, runMynah, startMynah } from '../support/mynah-command.ts';
import { ask, startUpstream, temporaryFolder } from '../support/recorder.ts';

const NO_OPTIONS: RecordOptions = {
  out: 'r.mynah',
  fresh: false,
  rewrite: true,
  tls: false,
  via: true,
  follow: false,
  bodyMax: 1,
  requestBodyMax: 1,
  clientTimeout: 60,
  upstreamTimeout: 1,
};

const isInstalled = (command: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
};

/** An upstream that says who asked for what, and stands in for https://api.example.com. */
async function startApi() {
  let origin = '';
  origin = await startUpstream((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, host: request.headers.host, self: `${origin}${request.url}` }));
  });
  return { origin, option: `api.example.com=${origin}` };
}

describe('mynah record --reverse', () => {
  it('says where it listens, records, and ends at once on a signal although a client keeps its connection', async () => {
    const { origin } = await startApi();
    const path = join(temporaryFolder(), 'recording.mynah');
    const recorder = startMynah([
      'record',
      '--reverse',
      origin,
      '--listen',
      '127.0.0.1:0',
      '--out',
      path,
      '--session',
      'mine',
      '--fresh',
    ]);
    const [line, address = ''] = await printedLine(recorder, /^recording .* on (http:\S+) .*\n/);
    expect(line).toBe(`recording ${origin} on ${address} into ${path}\n`);
    expect(JSON.parse((await ask(`${address}/x`)).text)).toMatchObject({ self: `${address}/x` });
    const idle = connect(Number(new URL(address).port), '127.0.0.1');
    idle.write('GET /y HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const started = performance.now();
    recorder.kill('SIGINT');
    expect(await once(recorder, 'exit')).toEqual([0, null]);
    expect(performance.now() - started).toBeLessThan(10_000);
    const { sessions, exchanges } = readRecording(path);
    expect(sessions).toEqual([{ name: 'mine', start: 'fresh' }]);
    expect(exchanges.map(({ request }) => request.target)).toEqual(['/x', '/y']);
  });

  it('stands in front of several servers at once, with TLS and links between them, a budget, and a line for each exchange', async () => {
    const api = await startApi();
    const pages = await startUpstream((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<a href="${api.origin}/linked">`);
    });
    const folder = temporaryFolder();
    const path = join(folder, 'recording.mynah');
    const recorder = startMynah(
      // prettier-ignore
      ['record', '--reverse', `127.0.0.1:0=${api.origin}`, '--reverse', `127.0.0.1:0=${pages}`, '--tls', '--budget', '2', '--follow', '--out', path],
      { MYNAH_DATA: folder },
    );
    const [, first = '', second = ''] = await printedLine(
      recorder,
      /^recording \S+ on (https:\S+), \S+ on (https:\S+) into/,
    );
    const dispatcher = new Agent({ connect: { ca: readFileSync(join(folder, 'ca.pem'), 'utf8') } });
    const get = (url: string) => request(url, { dispatcher });
    const line = printedLine(recorder, /\d 200 POST .*\/written \(.*\n/);
    expect(await (await get(second)).body.text()).toBe(`<a href="${first}/linked">`);
    await (await request(`${first}/written`, { dispatcher, method: 'POST', body: '{}' })).body.dump();
    expect((await line)[0]).toContain(`200 POST   ${api.origin}/written (2 B up, `);
    const spent = await get(first);
    expect([spent.statusCode, await spent.body.text()]).toEqual([429, expect.stringContaining('ERR_BUDGET_SPENT')]);
    await dispatcher.destroy();
    recorder.kill('SIGINT');
    await once(recorder, 'exit');
    expect(readRecording(path).exchanges.map(({ origin }) => origin)).toEqual([pages, api.origin]);
    expect(readRecordedWrites(path)).toMatchObject([{ method: 'POST', origin: api.origin, target: '/written' }]);
  });

  it('tells a command where it is, and passes its code on', async () => {
    const { origin } = await startApi();
    const path = join(temporaryFolder(), 'recording.mynah');
    const program = 'const r = await fetch(process.env.MYNAH_BASE_URL + "/z"); console.log(r.status); process.exit(7)';
    const result = await runMynah([
      'record',
      '--reverse',
      origin,
      '--out',
      path,
      '--',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ]);
    expect([result.code, result.stdout]).toEqual([7, '200\n']);
    expect(result.stderr).toContain('recorded 1 exchange into');
    expect(readRecording(path).exchanges).toMatchObject([{ origin, request: { target: '/z' } }]);
  });
});

describe('mynah record -- COMMAND', () => {
  it('records what an unmodified Node program does: fetch, https with an agent of its own, and plain http', async () => {
    const { origin, option } = await startApi();
    const folder = temporaryFolder();
    const [path, program] = [join(folder, 'recording.mynah'), join(folder, 'program.mjs')];
    writeFileSync(
      program,
      `import http from 'node:http';
       import https from 'node:https';
       const get = (client, url, options) => new Promise((done, fail) => client.get(url, options, (r) => { let s = ''; r.on('data', (d) => (s += d)).on('end', () => done(JSON.parse(s).path)); }).on('error', fail));
       const shown = [
         (await (await fetch('https://api.example.com/fetch', { headers: { authorization: 'Bearer sk_live_0123456789abcdefXYZ' } })).json()).path,
         await get(https, 'https://api.example.com/https', { agent: new https.Agent({ keepAlive: true }) }),
         await get(https, 'https://api.example.com/default', {}),
         await get(http, '${origin}/plain', {}),
       ];
       console.log(shown.join());
       process.exit(3);`,
    );
    const result = await runMynah(['record', '--upstream', option, '--out', path, '--', process.execPath, program]);
    expect(result.stderr).not.toMatch(/warning/);
    expect([result.code, result.stdout]).toEqual([3, '/fetch,/https,/default,/plain\n']);
    const { exchanges } = readRecording(path);
    expect(exchanges.map((each) => `${each.origin}${each.request.target}`)).toEqual([
      'https://api.example.com/fetch',
      'https://api.example.com/https',
      'https://api.example.com/default',
      `${origin}/plain`,
    ]);
    expect(JSON.stringify(exchanges)).not.toContain('0123456789abcdefXYZ');
    expect(JSON.stringify(exchanges[0]?.response?.body)).toContain('https://api.example.com/fetch');
  });

  it.runIf(isInstalled('curl') && isInstalled('python3'))('records what curl and Python do', async () => {
    const { option } = await startApi();
    const path = join(temporaryFolder(), 'recording.mynah');
    const python = 'import urllib.request; print(urllib.request.urlopen("https://api.example.com/python").status)';
    const script = `curl -sSf https://api.example.com/curl -o /dev/null && python3 -c '${python}'`;
    const result = await runMynah(['record', '--upstream', option, '--out', path, '--', 'sh', '-c', script]);
    expect([result.code, result.stdout]).toEqual([0, '200\n']);
    expect(readRecording(path).exchanges.map(({ request }) => request.target)).toEqual(['/curl', '/python']);
  });

  it('says so when there is no such command, and leaves nothing running', async () => {
    const path = join(temporaryFolder(), 'recording.mynah');
    const result = await runMynah(['record', '--out', path, '--', 'no-such-command-anywhere']);
    expect([result.code, result.stderr]).toEqual([
      2,
      expect.stringContaining('mynah: ERR_COMMAND_NOT_FOUND: cannot run "no-such-command-anywhere"'),
    ]);
  });
});

describe('mynah record that cannot begin', () => {
  it.each([
    ['a URL with a path', () => upstreamOrigin('--reverse', 'http://127.0.0.1:1/path')],
    ['a URL without a scheme', () => upstreamOrigin('--reverse', 'localhost:3000')],
    ['a second server without an address', () => reverseUpstreams(['http://a.test', 'http://b.test'])],
    ['a certificate without a file', () => clientCertificates(['api.test'])],
    ['a certificate that is none', () => clientCertificates(['api.test=package.json'])],
    ['a proxy of another kind', () => viaProxy('socks5://a.test', {})],
    ['a path of a host that is not opened', () => captureRules({ ...NO_OPTIONS, passThrough: ['a.test/x'] })],
    ['no URL after a host', () => upstreamMap(['api.example.com'])],
    ['a pattern with a space', () => trafficPatterns('--include', ['a b'])],
    ['a method without a place', () => writeGuard({ ...NO_OPTIONS, readOnly: ['a'], allow: ['POST'] })],
    ['an unknown kind of contact', () => redactionRules({ keep: ['names'] })],
    ['a limit below zero', () => positiveNumber('-1')],
    ['an empty session', () => sessionName('')],
  ])('because of %s', (_what, use) => {
    const failure = failureOf(use);
    expect([failure.code, failure.exit]).toEqual(['ERR_USAGE', 2]);
  });

  it('because a file of certificates is not there', () => {
    expect(failureOf(() => readPemFiles(['/nowhere.pem'])).message).toContain('/nowhere.pem');
  });

  it('because the address is none: one line, and nothing on standard output', async () => {
    const result = await runMynah(['record', '--out', join(temporaryFolder(), 'r.mynah'), '--listen', 'nowhere']);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(/^mynah: ERR_USAGE: "nowhere" is not an address/);
  });

  it('because the recording is damaged or its folder cannot be written', async () => {
    const folder = temporaryFolder();
    const damaged = join(folder, 'damaged.mynah');
    writeFileSync(damaged, 'this is not a recording, and long enough to be looked at');
    mkdirSync(join(folder, 'taken.mynah'));
    const results = await Promise.all(
      [damaged, join(folder, 'taken.mynah')].map((out) =>
        runMynah(['record', '--reverse', 'http://127.0.0.1:9', '--out', out]),
      ),
    );
    expect(results.map(({ code, stderr }) => [code, /mynah: (\w+):/.exec(stderr)?.[1]])).toEqual([
      [2, 'ERR_RECORDING_DAMAGED'],
      [2, 'ERR_FILE_UNWRITABLE'],
    ]);
  });
});

describe('the options of mynah record', () => {
  it('say which writes may pass, as one word or two', () => {
    const pattern = { host: 'a.test', path: '/search' };
    for (const allow of [
      ['POST a.test/search', 'put b.test'],
      ['POST', 'a.test/search', 'put', 'b.test'],
    ]) {
      expect(writeGuard({ ...NO_OPTIONS, readOnly: ['a.test'], allow })).toEqual({
        readOnly: [{ host: 'a.test' }],
        allow: [
          { method: 'POST', pattern },
          { method: 'PUT', pattern: { host: 'b.test' } },
        ],
      });
    }
  });

  it('are kept in the recording as far as they say what it holds', () => {
    const options = { ...NO_OPTIONS, include: ['a.test/v1/*'], plainName: ['pin'], keep: ['email'], bodyMax: 7 };
    expect(recordedRules(options)).toMatchObject({
      redaction: { email: false, phone: true, card: true, secretNames: [], plainNames: ['pin'] },
      include: ['a.test/v1/*'],
      exclude: [],
      bodyMax: 7,
    });
  });

  it('say where the traffic of a host goes, and what is a secret', () => {
    expect([...upstreamMap(['API.test:8443=http://127.0.0.1:3000/'])]).toEqual([
      ['api.test:8443', 'http://127.0.0.1:3000'],
    ]);
    expect(redactionRules({ keep: ['email'], secretName: ['badge'] })).toMatchObject({
      email: false,
      phone: true,
      secretNames: ['badge'],
    });
  });
});
