// The programs that are compared, each in a process of its own: the server that is asked, and what stands in front of it.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly name: ProgramName;
  /** Where it is asked. */
  readonly url: string;
  readonly process: ChildProcess;
}

export type ProgramName = 'server' | 'pass-through' | 'mynah record' | 'mitmdump';

/** Starts a program in front of `upstream`; what it records goes into the folder; options are the recorder's. */
export async function startProgram(
  name: ProgramName,
  upstream: string,
  folder: string,
  options: readonly string[] = [],
): Promise<Program> {
  switch (name) {
    case 'server':
    case 'pass-through':
      return startRole(name, upstream);
    case 'mynah record':
      return startMynahRecord(upstream, folder, options);
    case 'mitmdump':
      return startMitmdump(upstream, folder);
  }
}

async function startRole(name: 'server' | 'pass-through', upstream: string): Promise<Program> {
  const child = fork(fileURLToPath(new URL('./role.ts', import.meta.url)), [name, upstream], {
    execArgv: ['--import', 'tsx'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return { name, url: `http://127.0.0.1:${port}`, process: child };
}

async function startMynahRecord(upstream: string, folder: string, options: readonly string[]): Promise<Program> {
  const program = fileURLToPath(new URL('../../bin/mynah.js', import.meta.url));
  const out = join(folder, 'recording.mynah');
  const child = spawn(
    process.execPath,
    [program, 'record', '--reverse', upstream, '--listen', '127.0.0.1:0', '--out', out, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MYNAH_DATA: join(folder, 'home') } },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { name: 'mynah record', url: /on (http:\S+)/.exec(String(line))?.[1] ?? '', process: child };
}

async function startMitmdump(upstream: string, folder: string): Promise<Program> {
  const port = await freePort();
  const settings = ['--listen-host', '127.0.0.1', '--listen-port', `${port}`, '--set', `confdir=${folder}/mitmproxy`];
  const recording = ['--mode', `reverse:${upstream}`, '-w', join(folder, 'flows')];
  const child = spawn('mitmdump', ['--quiet', ...recording, ...settings], { stdio: ['ignore', 'inherit', 'inherit'] });
  await once(child, 'spawn');
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(`${url}/items/1`).then(
      (answer) => answer.ok,
      () => false,
    );
  // It says nothing when it listens.
  while (!(await isUp())) await wait(100);
  return { name: 'mitmdump', url, process: child };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resident memory of a program in MiB. */
export function residentMiB({ process: { pid } }: Program): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Seconds of computing that a program has used, all its threads together. */
export function cpuSeconds({ process: { pid } }: Program): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** What Linux counts processor time in, on every machine that it runs on. */
const TICKS_PER_SECOND = 100;
