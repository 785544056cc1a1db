// The questions that are asked of every program: how much it passes in a time, what it adds to one answer, and when the first
// event of a stream arrives.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon');
/** A credential is on every request of real clients; that it must not be recorded is part of the work. */
const HEADERS = { authorization: 'Bearer abcdef0123456789abcdef0123456789', accept: 'application/json' };

/** Asks over `clients` kept connections for so many seconds. The load comes from a process of its own. */
export async function throughput(
  url: string,
  path: string,
  clients: number,
  seconds: number,
): Promise<{ readonly answered: number; readonly perSecond: number }> {
  const { '2xx': answered, duration } = await cannon(url, path, ['-c', String(clients), '-d', String(seconds)]);
  return { answered: Number(answered), perSecond: Number(answered) / Number(duration) };
}

/** Asks so many times. */
export async function askTimes(url: string, path: string, clients: number, times: number): Promise<void> {
  await cannon(url, path, ['-c', String(clients), '-a', String(times)]);
}

async function cannon(url: string, path: string, amount: readonly string[]): Promise<Record<string, number>> {
  const headers = Object.entries(HEADERS).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
  const args = [AUTOCANNON, '--json', '--no-progress', ...amount, ...headers, `${url}${path}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 });
  const result = JSON.parse(stdout) as Record<string, number>;
  if (result['errors'] || result['timeouts'] || result['non2xx']) throw new Error(`${url}${path}: ${stdout}`);
  return result;
}

/**
 * Milliseconds of `times` answers of each URL, sorted; one request at a time, the URLs taking turns so that all meet the same
 * machine.
 */
export async function latencies(
  urls: readonly string[],
  path: string,
  times: number,
): Promise<readonly (readonly number[])[]> {
  const clients = urls.map((url) => ({
    url,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
    taken: [] as number[],
  }));
  const warmUp = Math.ceil(times / 10);
  for (let turn = -warmUp; turn < times; turn++) {
    for (const { url, agent, taken } of clients) {
      const began = performance.now();
      await readWhole(url + path, agent);
      if (turn >= 0) taken.push(performance.now() - began);
    }
  }
  for (const { agent } of clients) agent.destroy();
  return clients.map(({ taken }) => taken.sort((a, b) => a - b));
}

async function readWhole(url: string, agent: Agent): Promise<void> {
  const asked = request(url, { agent, headers: HEADERS }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

/** Milliseconds from the moment the server writes an event to the moment the client has it; the middle of several. */
export async function firstEventDelay(url: string, times = 21): Promise<number> {
  const delays: number[] = [];
  for (let time = 0; time < times; time++) {
    const asked = request(`${url}/events`, { agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const [chunk] = (await once(response, 'data')) as [Buffer];
    delays.push(performance.timeOrigin + performance.now() - Number(/data: ([\d.]+)/.exec(String(chunk))?.[1]));
    asked.destroy();
  }
  return middle(delays);
}

export function middle(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
