// What recording costs: the same load straight to a server, through a plain pass-through proxy, and through the recorder.
// Ratios of one run on one machine; the load generator and the server take their share of it.
//
//   npm run build && npx tsx bench/recorder/throughput.ts [--seconds 5] [--clients 16] [--bytes 1000]
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createProxyServer } from 'http-proxy';
import { Pool } from 'undici';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '16' },
    bytes: { type: 'string', default: '1000' },
    role: { type: 'string' },
    target: { type: 'string' },
  },
});

if (values.role === 'server') serve();
else if (values.role === 'pass-through') passThrough(values.target ?? '');
else await compare();

/** Answers every request with JSON of the size that was asked for. */
function serve(): void {
  const items = Array.from({ length: Math.ceil(Number(values.bytes) / 60) }, (_none, id) => ({
    id,
    title: 'write the report',
    done: false,
    owner: 'ada',
  }));
  const body = JSON.stringify({ items });
  announce(createServer((_request, response) => response.setHeader('content-type', 'application/json').end(body)));
}

function passThrough(target: string): void {
  const proxy = createProxyServer({ target });
  announce(createServer((request, response) => proxy.web(request, response)));
}

function announce(server: ReturnType<typeof createServer>): void {
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mynah-bench-'));
  const children: ChildProcess[] = [];
  try {
    const server = await startRole(children, 'server');
    const proxy = await startRole(children, 'pass-through', server);
    const recorder = await startRecorder(children, server, join(folder, 'recording.mynah'));
    await Promise.all([server, proxy, recorder].map((url) => load(url, 0.5)));
    const results = new Map<string, Result>();
    for (const [name, url] of [
      ['direct', server],
      ['pass-through', proxy],
      ['mynah record', recorder],
    ] as const) {
      results.set(name, await load(url, Number(values.seconds)));
    }
    const base = results.get('pass-through') as Result;
    for (const [name, { perSecond, p50, p99 }] of results) {
      const ratio = `${(perSecond / base.perSecond).toFixed(2)} of pass-through`;
      console.log(
        `${name.padEnd(13)} ${perSecond.toFixed(0).padStart(6)} req/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${ratio}`,
      );
    }
    console.log(
      `recording: ${(statSync(join(folder, 'recording.mynah')).size / 1e6).toFixed(1)} MB before it is closed`,
    );
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function startRole(children: ChildProcess[], role: string, target = ''): Promise<string> {
  const child = fork(fileURLToPath(import.meta.url), ['--role', role, '--target', target, '--bytes', values.bytes], {
    execArgv: ['--import', 'tsx'],
  });
  children.push(child);
  const [port] = (await once(child, 'message')) as [number];
  return `http://127.0.0.1:${port}`;
}

async function startRecorder(children: ChildProcess[], reverse: string, out: string): Promise<string> {
  const program = fileURLToPath(new URL('../../bin/mynah.js', import.meta.url));
  const child = spawn(
    process.execPath,
    [program, 'record', '--reverse', reverse, '--listen', '127.0.0.1:0', '--out', out],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, MYNAH_DATA: join(out, '..', 'home') },
    },
  );
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return /on (http:\S+)/.exec(String(line))?.[1] ?? '';
}

interface Result {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

async function load(url: string, seconds: number): Promise<Result> {
  const clients = Number(values.clients);
  const pool = new Pool(url, { connections: clients });
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      const { body } = await pool.request({
        path: '/items?page=1',
        method: 'GET',
        headers: { authorization: 'Bearer abcdef0123456789' },
      });
      await body.dump();
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await pool.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) };
}
