import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCallRouter } from '../../../src/server/workers/call-router.ts';
import { ownerOf } from '../../../src/server/workers/ownership.ts';
import { send } from '../../support/environment-client.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Two workers that say what they were asked; `answer` says what else. */
async function router(answer: (index: number, path: string, body: string) => string): Promise<string> {
  const workers = [0, 1].map((index) =>
    createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.once('end', () => response.end(answer(index, request.url ?? '', body)));
    }),
  );
  const ports = await Promise.all(workers.map(listening));
  const pool = { count: 2, portOf: (index: number) => Promise.resolve(ports[index] as number) };
  const failed = (error: unknown): void => {
    throw error;
  };
  return `http://127.0.0.1:${await listening(createCallRouter(pool, failed))}`;
}

const ids = ['a', 'b', 'c', 'd', 'e'];

describe('the router of calls', () => {
  it('passes a call on to the owner of the episode that its path or body names', async () => {
    const url = await router((index, path) => JSON.stringify({ index, path }));
    for (const id of ids) {
      const index = ownerOf(id, 2);
      expect((await send(`${url}/episodes/${id}/log`)).json).toEqual({ index, path: `/episodes/${id}/log` });
      expect((await send(`${url}/t/secret/episodes/${id}`)).json).toMatchObject({ index });
      expect((await send(`${url}/episodes`, { method: 'POST', body: { id } })).json).toMatchObject({ index });
      const from = { from: { episode: id } };
      expect((await send(`${url}/episodes`, { method: 'POST', body: from })).json).toMatchObject({ index });
      expect((await send(`${url}/step`, { method: 'POST', body: { episode_id: id } })).json).toMatchObject({ index });
      const call = { method: 'POST', body: { params: { session_id: id } } };
      expect((await send(`${url}/mcp`, call)).json).toMatchObject({ index });
      const headers = { 'mcp-session-id': id };
      expect((await send(`${url}/mcp`, { method: 'POST', headers, body: {} })).json).toMatchObject({ index });
    }
  });

  it('spreads episodes whose id nobody chose', async () => {
    const url = await router((index) => JSON.stringify({ index }));
    const asked = [1, 2].map(() => send(`${url}/episodes`, { method: 'POST', body: {} }));
    expect((await Promise.all(asked)).map(({ json }) => (json as { index: number }).index).sort()).toEqual([0, 1]);
  });

  it('divides a call for many and puts the answers in the order of its elements', async () => {
    const url = await router((index, _path, body) => {
      const { steps } = JSON.parse(body) as { steps: { id: string }[] };
      return JSON.stringify({ steps: steps.map(({ id }) => ({ id, index })) });
    });
    const { json } = await send(`${url}/step:batch`, { method: 'POST', body: { steps: ids.map((id) => ({ id })) } });
    expect(json).toEqual({ steps: ids.map((id) => ({ id, index: ownerOf(id, 2) })) });
  });

  it('lists the newest of all workers, and adds up what they count', async () => {
    const url = await router((index, path) =>
      path.startsWith('/metrics')
        ? `# HELP x\nmynah_x{a="b"} ${index + 1}\n`
        : JSON.stringify({ episodes: [index, index + 5].map((at) => ({ id: `e${at}`, created_at: at })) }),
    );
    const { json } = await send(`${url}/episodes?limit=3`);
    expect((json as { episodes: { id: string }[] }).episodes.map(({ id }) => id)).toEqual(['e6', 'e5', 'e1']);
    expect((await send(`${url}/metrics`)).text).toBe('# HELP x\nmynah_x{a="b"} 3\n');
  });

  it('says what to do when the worker is gone', async () => {
    const pool = { count: 1, portOf: () => Promise.resolve(1) };
    const port = await listening(createCallRouter(pool, () => undefined));
    const { status, json } = await send(`http://127.0.0.1:${port}/episodes/a`);
    expect([status, json]).toMatchObject([
      503,
      { code: 'ERR_WORKER_DIED', detail: expect.stringContaining('ask again') as string },
    ]);
  });
});
