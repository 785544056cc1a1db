// Servers and load generators as processes of their own, each on a core of its own where the machine lets us choose.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CAN_PIN = cpus().length > 1 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0;
const [SERVER_CORE, CLIENT_CORE] = ['0', '1'];

/** Starts a node program as a server; resolves with what its first line of output says. */
export async function startServer(args, options = {}) {
  const command = [process.execPath, ...(options.nodeArgs ?? []), ...args];
  const child = spawn(...(options.cores === 'all' ? [command[0], command.slice(1)] : pinned(command)), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${args.join(' ')} ended with ${code}`))),
  ]);
  return {
    pid: child.pid,
    line,
    port: Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]),
    ...usageOf(child.pid),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Program and arguments that run a command on the servers' core, where the machine lets us choose. */
export function pinned(command) {
  const [program, ...rest] = CAN_PIN ? ['taskset', '-c', SERVER_CORE, ...command] : command;
  return [program, rest];
}

/** What a process uses, to be asked at any time. */
export function usageOf(pid) {
  return { cpuSeconds: () => cpuSecondsOf(pid), residentBytes: () => residentBytesOf(pid) };
}

/** Seconds of a core that a process has used. From Linux's /proc, in steps of 10 ms. */
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentBytesOf(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/** Runs one job of a client program; tells how much of a core the server used meanwhile. */
export async function load(server, job, program = 'load.mjs') {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(path, [], { execArgv: [], execPath: process.execPath, serialization: 'json' });
  if (CAN_PIN) spawnSync('taskset', ['-cp', CLIENT_CORE, String(child.pid)]);
  child.send({ ...job, port: server.port });
  const message = () => once(child, 'message').then(([sent]) => sent);
  const first = await message();
  if (first.error !== undefined) throw new Error(first.error);
  const before = server.cpuSeconds();
  child.send('go');
  const { result, error } = await message();
  if (error !== undefined) throw new Error(error);
  const cpu = server.cpuSeconds() - before;
  return { ...result, cpuMicros: (cpu / result.requests) * 1e6, perSecond: result.requests / result.seconds };
}
