import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { Agent, createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { listenerOrigin, type ListenAddress } from '../../../src/proxy/listener.ts';
import { ownerOf } from '../../../src/server/workers/ownership.ts';
import { startWorkerServer } from '../../../src/server/workers/worker-server.ts';
import { send } from '../../support/environment-client.ts';
import { notesFolder } from '../../support/notes-clone.ts';

const program = fileURLToPath(new URL('../../../src/cli/serve-worker.ts', import.meta.url));
const loopback = { host: '127.0.0.1', port: 0 };

async function serve(workers = 2) {
  const clone = notesFolder();
  const options = { listen: '127.0.0.1:0', control: '127.0.0.1:0', seed: 0, onUnknown: 'truncate', workers };
  const failures: unknown[] = [];
  const env = { ...process.env, MYNAH_DATA: mkdtempSync(join(tmpdir(), 'mynah-home-')) };
  const server = await startWorkerServer({
    listen: loopback,
    control: loopback,
    workers,
    spawn: () => fork(program, [clone, JSON.stringify(options)], { execArgv: ['--import', 'tsx'], env }),
    onFailure: (error) => failures.push(error),
  });
  onTestFinished(() => server.close());
  const [agent, control] = [listenerOrigin(server.agent), listenerOrigin(server.control)];
  const call = async (method: string, path: string, body?: unknown) =>
    send(control + path, { method, ...(body === undefined ? {} : { body }) });
  return { server, agent, control, call, failures };
}

const create = { method: 'POST', path: '/notes', body: { title: 'x' } };

/** A GET on a kept connection. */
function get(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += String(chunk)));
      response.once('end', () => resolve(`${response.statusCode} ${text}`));
    });
    request.once('error', reject);
    request.end();
  });
}

describe('a server with several workers', () => {
  it('answers as one: on one address, for every episode, on any connection', async () => {
    const { agent, control, call } = await serve();
    const ids = ['a', 'b', 'c', 'd'];
    expect(new Set(ids.map((id) => ownerOf(id, 2))).size).toBe(2);
    const made = await call('POST', '/episodes:batch', { episodes: ids.map((id, seed) => ({ id, seed })) });
    expect((made.json as { episodes: object[] }).episodes).toMatchObject(
      ids.map((id, seed) => ({ id, url: `${agent}/~/${id}`, info: { seed } })),
    );
    for (const id of ids) {
      expect((await send(`${agent}/~/${id}/notes`, create)).status).toBe(201);
      expect((await call('POST', `/episodes/${id}/step`, create)).json).toMatchObject({ info: { step: 2 } });
    }
    // One connection for episodes of both workers.
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => kept.destroy());
    for (const id of ids) expect(await get(kept, `${agent}/~/${id}/notes/4`)).toMatch(/^200 .*"title":"x"/);
    const forked = await call('POST', '/episodes/a/fork', { count: 2 });
    const forks = (forked.json as { episodes: { id: string }[] }).episodes.map(({ id }) => id);
    for (const id of forks) expect((await call('GET', `/episodes/${id}`)).json).toMatchObject({ step_count: 3 });
    const listed = (await call('GET', '/episodes?limit=10')).json as { episodes: { id: string }[] };
    expect(listed.episodes.map(({ id }) => id).sort()).toEqual([...ids, ...forks].sort());
    const socket = new WebSocket(`${control.replace('http', 'ws')}/ws`);
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'reset', data: { seed: 3 } }));
    const [frame] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(frame))).toMatchObject({ type: 'observation' });
  });

  it('leads calls of tools to the worker of their episode, whoever made the session', async () => {
    const { agent, control, call } = await serve();
    for (const [index, session] of [{ id: 'a' }, { id: 'b' }, { id: 'c' }, undefined, undefined, undefined].entries()) {
      if (session !== undefined) await call('POST', '/episodes', session);
      const client = new Client({ name: `client ${index}`, version: '1' });
      const url = session === undefined ? `${control}/mcp` : `${agent}/~/${session.id}/mcp`;
      const transport = new StreamableHTTPClientTransport(new URL(url));
      await client.connect(transport as never);
      onTestFinished(() => client.close());
      for (const id of [3, 4])
        expect(await client.callTool({ name: 'post_notes', arguments: { body: { title: 'x' } } })).toMatchObject({
          structuredContent: { body: { id } },
        });
      const episode = session?.id ?? (transport.sessionId as string);
      expect((await call('GET', `/episodes/${episode}`)).json).toMatchObject({ step_count: 2 });
    }
  });

  it('replaces a worker that dies; its episodes go on from their logs', async () => {
    const { server, agent, call, failures } = await serve();
    await call('POST', '/episodes', { id: 'a', seed: 1 });
    const url = `${agent}/~/a/notes`;
    for (let count = 0; count < 3; count++) await send(url, create);
    const before = (await call('GET', '/episodes/a/log')).text;
    const owner = ownerOf('a', 2);
    const died = server.pool.pids[owner] as number;
    process.kill(died, 'SIGKILL');
    // The connection of the dead is closed; a new one waits for the new worker.
    for (let answered = 0; answered !== 201;) answered = (await send(url, create).catch(() => ({ status: 0 }))).status;
    const log = await call('GET', '/episodes/a/log');
    expect([log.status, log.text.startsWith(before)]).toEqual([200, true]);
    expect(log.text.trimEnd().split('\n')).toHaveLength(5);
    expect(server.pool.pids[owner]).not.toBe(died);
    expect(failures.map(String).join()).toContain('ended with SIGKILL; starting another');
  });

  it('ends where one address is taken, and says which', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const start = (addresses: Partial<Record<'listen' | 'control', ListenAddress>>) =>
      startWorkerServer({
        listen: loopback,
        control: loopback,
        workers: 2,
        spawn: () => {
          throw new Error('no worker is needed');
        },
        onFailure: () => undefined,
        ...addresses,
      });
    const address = { host: '127.0.0.1', port };
    await expect(start({ control: address })).rejects.toThrow('--control');
    await expect(start({ listen: address })).rejects.toThrow('--listen');
    const listening = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap');
    await expect.poll(listening).toEqual(['TCPServerWrap']);
  });
});
