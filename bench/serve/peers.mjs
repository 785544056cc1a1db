// Programs that people use to stand in for an API, each at its own reads: answers of the same sizes, on the same core, in the
// same run. `mitmdump` and `java` come from the system; WireMock and json-server from npm, into the folder of the run.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { load, pinned, usageOf } from './processes.mjs';

const CONNECTIONS = 32;
const PACKAGES = ['wiremock@3.13.2', 'json-server@0.17.4'];

/**
 * @param answers `{ path, status, body }` of GET requests
 * @param packages folder in which the npm packages are or may be put
 * @returns rows `{ name, requests, cpuMicros, perSecond }`, or `{ name, missing }` where a program is not there
 */
export async function measurePeers(answers, folder, packages = folder) {
  const bin = join(packages, 'node_modules');
  install(packages, bin);
  const requests = answers.map(({ path }) => ({ method: 'GET', path, headers: { accept: '*/*' } }));
  const peers = [
    ['mitmdump, server replay', 20, () => mitmdump(answers, folder)],
    ['WireMock', 100, () => wireMock(answers, folder, bin)],
    ['json-server', 40, () => jsonServer(answers, folder, bin)],
  ];
  const rows = [];
  for (const [name, rounds, start] of peers) {
    try {
      rows.push({ name, ...(await measure(await start(), requests, rounds)) });
    } catch (error) {
      rows.push({ name, missing: String(error.message ?? error) });
    }
  }
  return rows;
}

function install(packages, bin) {
  const present = PACKAGES.map((each) => each.split('@')[0]).every((name) => ls(bin).includes(name));
  if (!present) spawnSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', packages, ...PACKAGES]);
}

/** The second of two rounds: programs warm up in the first. */
async function measure({ server, paths }, requests, rounds) {
  const own = requests.map((one, at) => ({ ...one, path: paths?.[at] ?? one.path }));
  const conversations = Array.from({ length: CONNECTIONS }, () => Array.from({ length: rounds }, () => own).flat());
  const job = { connections: CONNECTIONS, requests: conversations };
  try {
    await load(server, job);
    const { requests: count, cpuMicros, perSecond, statuses } = await load(server, job);
    const wrong = Object.keys(statuses).filter((status) => !/^(200|404)$/.test(status));
    if (wrong.length > 0) throw new Error(`answered ${wrong.join(', ')}`);
    return { requests: count, cpuMicros, perSecond };
  } finally {
    await server.stop();
  }
}

/** Its recording is made by itself, of a server that gives the answers. */
async function mitmdump(answers, folder) {
  const byPath = new Map(answers.map((answer) => [answer.path, answer]));
  const source = createServer((request, response) => {
    const { status = 404, body = '' } = byPath.get(request.url) ?? {};
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(body);
  });
  source.listen(0, '127.0.0.1');
  await once(source, 'listening');
  const flows = join(folder, 'flows');
  const mode = `reverse:http://127.0.0.1:${source.address().port}`;
  const recorder = await program('mitmdump', ['-q', '--mode', mode, '-w', flows], '-p');
  for (const { path } of answers) await (await fetch(`http://127.0.0.1:${recorder.port}${path}`)).arrayBuffer();
  await recorder.stop();
  source.close();
  const replay = ['--server-replay', flows, '--set', 'server_replay_nopop=true', '--set', 'connection_strategy=lazy'];
  return { server: await program('mitmdump', ['-q', '--mode', mode, ...replay], '-p') };
}

async function wireMock(answers, folder, bin) {
  const root = join(folder, 'wiremock');
  mkdirSync(join(root, 'mappings'), { recursive: true });
  const mappings = answers.map(({ path, status, body }) => ({
    request: { method: 'GET', url: path },
    response: { status, body, headers: { 'content-type': 'application/json' } },
  }));
  writeFileSync(join(root, 'mappings', 'all.json'), JSON.stringify({ mappings }));
  const build = join(bin, 'wiremock', 'build');
  const jar = ls(build).find((name) => name.endsWith('.jar'));
  if (jar === undefined) throw new Error('the npm package wiremock is not there');
  const options = ['--root-dir', root, '--disable-banner', '--no-request-journal', '--use-chunked-encoding', 'never'];
  return { server: await program('java', ['-jar', join(build, jar), ...options], '--port') };
}

/** Reads of records and of lists of them, with those bodies. */
async function jsonServer(answers, folder, bin) {
  const file = join(folder, 'db.json');
  const items = answers.map(({ body }, at) => ({ id: at + 1, value: JSON.parse(body) }));
  writeFileSync(file, JSON.stringify({ items }));
  const args = [join(bin, 'json-server', 'lib', 'cli', 'bin.js'), '--quiet', '--host', '127.0.0.1', file];
  return {
    server: await program(process.execPath, args, '--port'),
    paths: items.map(({ id }) => `/items/${id}`),
  };
}

function ls(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Starts a server on a free port of the loopback interface; resolves when it accepts connections. */
async function program(command, args, portOption) {
  const port = await freePort();
  const host =
    command === 'mitmdump' ? ['--listen-host', '127.0.0.1'] : command === 'java' ? ['--bind-address', '127.0.0.1'] : [];
  const child = spawn(...pinned([command, ...args, ...host, portOption, String(port)]), { stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${command} does not run here`);
    if (await accepts(port)) return { port, stop, ...usageOf(child.pid) };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error(`${command} did not listen within a minute`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
