// Both planes end to end: what an agent sees, what a trainer sees, and that neither sees the other's.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEnvironmentServer } from '../../src/server/environment-server.ts';
import { IN_MEMORY, openEpisodeStore } from '../../src/store/episode-log.ts';
import { send, testServer, type TestServer } from '../support/environment-client.ts';
import { rejectionOf } from '../support/failure.ts';
import { notesEnvironment } from '../support/notes-clone.ts';

const PROBES =
  'probes: [{ id: hidden-probe, on: { status: 201 }, reward: 1 }, { id: mine, kind: minefield, on: { status: 204 } }]';

/** A plan that meets every kind of answer; gives status, headers and body of each. */
async function drive(base: string, pause: () => Promise<unknown> = () => Promise.resolve()) {
  const plan: [string, string, unknown?][] = [
    ['GET', '/notes/1'],
    ['POST', '/notes', { title: 'milk' }],
    ['POST', '/notes', {}],
    ['GET', '/notes/3'],
    ['DELETE', '/notes/3'],
    ['GET', '/notes/3'],
    ['GET', '/nowhere'],
    ['HEAD', '/notes/1'],
  ];
  const seen: string[] = [];
  for (const [method, path, body] of plan) {
    const { status, headers, text } = await send(base + path, { method, ...(body === undefined ? {} : { body }) });
    seen.push(`${status} ${JSON.stringify(headers)} ${text}`.replaceAll(base, 'BASE'));
    await pause();
  }
  return seen;
}

const logOf = async (server: TestServer, id: string) => (await server.call('GET', `/episodes/${id}/log`)).text;

describe('an environment server', () => {
  it('counts a request on the agent plane as a step, with the same reward and the same line as a step call', async () => {
    const server = await testServer(notesEnvironment({ 'probes.yaml': PROBES }));
    const base = await server.begin({ id: 'a', seed: 5 });
    await server.begin({ id: 'b', seed: 5 });
    expect(
      (await send(`${base}/notes`, { method: 'POST', body: { title: 'x' }, headers: { 'user-agent': 'u' } })).status,
    ).toBe(201);
    const stepped = await server.call('POST', '/episodes/b/step', {
      method: 'POST',
      path: '/notes',
      headers: { 'content-type': 'application/json', 'user-agent': 'u' },
      body: { title: 'x' },
    });
    expect(stepped.json).toMatchObject({
      observation: { status: 201, body: { id: 3, title: 'x' } },
      reward: 1,
      terminated: false,
      truncated: false,
    });
    expect((await server.call('GET', '/episodes/a')).json).toMatchObject({
      step_count: 1,
      reward_total: 1,
      rewards: { 'hidden-probe': 1 },
    });
    expect(await logOf(server, 'a')).toBe(await logOf(server, 'b'));
  });

  it('gives the same bytes and the same logs for the same seed, on other ports and between the steps of others', async () => {
    const [first, second] = [await testServer(), await testServer()];
    const alone = await drive(await first.begin({ id: 'x', seed: 7 }));
    const bases = await Promise.all(['p', 'q'].map((id) => second.begin({ id, seed: 7 })));
    const together = await Promise.all(bases.map((base) => drive(base, () => new Promise(setImmediate))));
    expect(together).toEqual([alone, alone]);
    const log = await logOf(first, 'x');
    expect([await logOf(second, 'p'), await logOf(second, 'q')]).toEqual([log, log]);
    expect(log).not.toMatch(/127\.0\.0\.1|localhost/);
  });

  it('shows an agent the same bytes with and without probes, and nothing of them', async () => {
    const [plain, scored] = [await testServer(), await testServer(notesEnvironment({ 'probes.yaml': PROBES }))];
    const seen = await drive(await scored.begin({ seed: 1 }));
    expect(seen).toEqual(await drive(await plain.begin({ seed: 1 })));
    expect(seen.join('\n')).not.toMatch(/reward|probe|provenance|synthesised|mynah|clone|episode/i);
  });

  it('says of every line where its answer came from, and of the header nothing', async () => {
    const server = await testServer();
    await drive(await server.begin({ id: 'a' }));
    const [header, ...steps] = (await logOf(server, 'a'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { provenance?: string });
    expect(header).not.toHaveProperty('provenance');
    expect(steps).toHaveLength(8);
    for (const { provenance } of steps) expect(['synthesised', 'pooled', 'replayed', 'unknown']).toContain(provenance);
  });

  it('has a step in the log as soon as it is answered', async () => {
    const server = await testServer();
    const base = await server.begin({ id: 'a' });
    for (let count = 1; count <= 20; count++) {
      await send(`${base}/notes/1`);
      expect((await logOf(server, 'a')).trimEnd().split('\n')).toHaveLength(count + 1);
    }
  });

  it('opens no connection to anywhere while it serves', async () => {
    const server = await testServer();
    const { Socket } = await import('node:net');
    const connect = Socket.prototype.connect;
    const reached: unknown[] = [];
    Socket.prototype.connect = function (this: InstanceType<typeof Socket>, ...args: Parameters<typeof connect>) {
      const [target] = args.flat() as unknown as { port?: unknown }[];
      if (![String(server.agent.port), String(server.control.port)].includes(String(target?.port)))
        reached.push(target);
      return Reflect.apply(connect, this, args) as InstanceType<typeof Socket>;
    } as typeof connect;
    onTestFinished(() => {
      Socket.prototype.connect = connect;
    });
    await drive(await server.begin());
    await send(server.agentUrl, { target: 'http://elsewhere.example/' });
    expect(reached).toEqual([]);
  });

  it('ends although clients keep their connections', async () => {
    const server = await testServer();
    const { connect } = await import('node:net');
    const idle = [server.agent.port, server.control.port].map((port) => connect(port, '127.0.0.1'));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const began = performance.now();
    const closed = idle.map((socket) => once(socket, 'close'));
    await server.close();
    await Promise.all(closed);
    expect(performance.now() - began).toBeLessThan(8000);
  });
});

describe('starting an environment server', () => {
  const options = {
    environment: notesEnvironment(),
    hash: (text: string) => text,
    newId: () => 'x',
    now: () => 0,
    listen: { host: '127.0.0.1', port: 0 },
    control: { host: '127.0.0.1', port: 0 },
    onFailure: () => undefined,
  };

  it('names the option of an address that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const start = (addresses: object) =>
      rejectionOf(startEnvironmentServer({ ...options, ...addresses, store: openEpisodeStore(IN_MEMORY) }));
    const [agent, control] = [
      await start({ listen: { host: '127.0.0.1', port } }),
      await start({ control: { host: '127.0.0.1', port } }),
    ];
    expect([agent.code, control.code]).toEqual(['ERR_PORT_IN_USE', 'ERR_PORT_IN_USE']);
    expect(agent.message).toContain('--listen');
    expect(control.message).toContain('--control');
  });

  it('wants a token where other machines can reach the control plane', async () => {
    const failure = await rejectionOf(
      startEnvironmentServer({ ...options, control: { host: '0.0.0.0', port: 0 }, store: openEpisodeStore(IN_MEMORY) }),
    );
    expect(failure.code).toBe('ERR_TOKEN_REQUIRED');
  });
});
