// What a large download and a large upload cost the recorder in memory, when they are kept whole and when they are too long to
// be kept. The server and the client are in this process.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentMiB, startProgram } from './programs.ts';

const CHUNK = Buffer.from(Array.from({ length: 64 * 1024 }, (_none, at) => (at * 7919) & 0xff));

export interface LargeBodyCost {
  /** Bytes of one body that the recorder keeps. */
  readonly bodyMax: number;
  /** The most that was resident, in MiB, and megabytes a second. */
  readonly download: { readonly residentMiB: number; readonly rate: number };
  readonly upload: { readonly residentMiB: number; readonly rate: number };
}

/** Passes a body of that many bytes each way through a recorder of its own. */
export async function largeBodyCost(bytes: number, bodyMax: number): Promise<LargeBodyCost> {
  const server = createServer((asked, answer) => {
    if (asked.method === 'POST') asked.resume().once('end', () => answer.end());
    else void send(answer, bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'mynah-bench-large-'));
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recorder = await startProgram('mynah record', upstream, folder, ['--body-max', String(bodyMax)]);
  const measured = async (method: string) => {
    let residentPeak = 0;
    const timer = setInterval(() => (residentPeak = Math.max(residentPeak, residentMiB(recorder))), 50);
    const began = performance.now();
    await exchange(recorder.url, method, bytes);
    clearInterval(timer);
    return { residentMiB: residentPeak, rate: bytes / 1000 / (performance.now() - began) };
  };
  try {
    return { bodyMax, download: await measured('GET'), upload: await measured('POST') };
  } finally {
    recorder.process.kill('SIGKILL');
    server.close();
    rmSync(folder, { recursive: true });
  }
}

async function exchange(url: string, method: string, bytes: number): Promise<void> {
  const asked = request(url, { method, agent: false, headers: { 'content-type': 'application/octet-stream' } });
  const answered = once(asked, 'response');
  if (method === 'POST') await send(asked, bytes);
  else asked.end();
  const [answer] = (await answered) as [IncomingMessage];
  let received = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) received += chunk.length;
  if (method === 'GET' && received !== bytes) throw new Error(`${received} of ${bytes} bytes came`);
}

async function send(to: NodeJS.WritableStream, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes; sent += CHUNK.length) if (!to.write(CHUNK)) await once(to, 'drain');
  to.end();
}
