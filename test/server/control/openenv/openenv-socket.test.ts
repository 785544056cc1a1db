// The wire of OpenEnv as its reference server speaks it, frame by frame, on the notes clone.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testServer, type TestServer } from '../../../support/environment-client.ts';
import { notesEnvironment } from '../../../support/notes-clone.ts';

const FILES = {
  'notes/errors.yaml': '[]',
  'probes.yaml':
    'probes: [{ id: hidden-probe, kind: event, on: { status: 201 }, reward: 1 }, { id: end, kind: outcome, reward: 10 }]',
  'tasks.yaml': 'tasks: [{ id: t1, goal: Go., limits: { steps: 3 } }]',
};

interface Client {
  readonly socket: WebSocket;
  /** Sends a frame and waits for the one that answers it. */
  ask(message: unknown): Promise<Record<string, never>>;
}

async function client(server: TestServer, path = '/ws'): Promise<Client> {
  const socket = new WebSocket(server.controlUrl.replace('http', 'ws') + path);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return {
    socket,
    ask: async (message) => {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      const [bytes] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(String(bytes)) as Record<string, never>;
    },
  };
}

const step = (data: object) => ({ type: 'step', data });
const create = step({ method: 'POST', path: '/notes', body: { title: 'a' } });

describe('an OpenEnv session', () => {
  it('resets, steps and tells its state in the frames of the reference', async () => {
    const { ask } = await client(await testServer(notesEnvironment(FILES)));
    expect(
      await ask({ type: 'reset', data: { seed: 7, episode_id: 'ep-1', task: 't1', column: 'of a data set' } }),
    ).toEqual({
      type: 'observation',
      data: {
        observation: {
          status: 0,
          headers: {},
          body: { goal: 'Go.' },
          metadata: { terminated: false, truncated: false, step: 0 },
        },
        reward: null,
        done: false,
      },
    });
    const stepped = await ask(create);
    expect(stepped).toMatchObject({
      type: 'observation',
      data: { observation: { status: 201, body: { id: 3 }, metadata: { step: 1 } }, reward: 1, done: false },
    });
    expect(Object.keys(stepped['data'] as unknown as object)).toEqual(['observation', 'reward', 'done']);
    expect(JSON.stringify(stepped)).not.toContain('hidden-probe');
    expect(await ask({ type: 'state' })).toMatchObject({
      type: 'state',
      data: {
        episode_id: 'ep-1',
        step_count: 1,
        reward_total: 1,
        rewards: { 'hidden-probe': 1 },
        url: expect.stringContaining('/~/') as string,
      },
    });
  });

  it('is done when its episode is, with the reward of the end; another reset begins anew', async () => {
    const { ask } = await client(await testServer(notesEnvironment(FILES)));
    await ask({ type: 'reset', data: { task: 't1' } });
    await ask(create);
    await ask(create);
    expect(await ask(create)).toMatchObject({
      data: { reward: 11, done: true, observation: { metadata: { truncated: true, truncation_reason: 'step-limit' } } },
    });
    expect(await ask(create)).toMatchObject({ type: 'error', data: { code: 'EXECUTION_ERROR' } });
    expect(await ask({ type: 'reset' })).toMatchObject({ data: { reward: null, done: false } });
    expect(await ask(step({ answer: 'finished' }))).toMatchObject({ data: { reward: 10, done: true } });
  });

  it('is done at a transition that the model does not know', async () => {
    const { ask } = await client(await testServer(notesEnvironment(FILES)));
    await ask({ type: 'reset', data: { seed: 1 } });
    expect(await ask(step({ method: 'GET', path: '/nowhere' }))).toMatchObject({
      data: { done: true, observation: { status: 501, metadata: { truncation_reason: 'unknown-transition' } } },
    });
  });

  it.each([
    [
      step({ method: 'GET' }),
      {
        message: 'Invalid message',
        code: 'VALIDATION_ERROR',
        errors: [{ type: 'missing', loc: ['path'], msg: 'Field required', input: { method: 'GET' } }],
      },
    ],
    [
      { type: 'step' },
      {
        message: 'Invalid message',
        code: 'VALIDATION_ERROR',
        errors: [{ type: 'missing', loc: ['data'], msg: 'Field required', input: { type: 'step' } }],
      },
    ],
    [
      { type: 'reset', data: {}, zzz: 1 },
      {
        message: 'Invalid message',
        code: 'VALIDATION_ERROR',
        errors: [{ type: 'extra_forbidden', loc: ['zzz'], msg: 'Extra inputs are not permitted', input: 1 }],
      },
    ],
    [
      { type: 'reset', data: { seed: -1 } },
      { code: 'VALIDATION_ERROR', errors: [{ type: 'greater_than_equal', loc: ['seed'], input: -1, ctx: { ge: 0 } }] },
    ],
    [{ type: 'nope' }, { message: 'Unknown message type: nope', code: 'UNKNOWN_TYPE' }],
    ['{not json', { message: expect.stringMatching(/^Invalid JSON: /) as string, code: 'INVALID_JSON' }],
    ['3', { code: 'UNKNOWN_TYPE' }],
    [step({ method: 'BOOM BOOM', path: '/' }), { code: 'EXECUTION_ERROR' }],
    [step({ type: 'nothing', method: 'x', path: '/' }), { code: 'EXECUTION_ERROR' }],
  ])('answers %j with an error, and goes on', async (message, data) => {
    const { ask } = await client(await testServer());
    expect(await ask(message)).toMatchObject({ type: 'error', data });
    expect(await ask(create)).toMatchObject({ type: 'observation', data: { observation: { status: 201 } } });
  });

  it('calls tools by JSON-RPC in its own episode', async () => {
    const { ask } = await client(await testServer());
    await ask(create);
    const params = { name: 'post_notes', arguments: { body: { title: 'x' } } };
    expect(await ask({ type: 'mcp', data: { jsonrpc: '2.0', id: 1, method: 'tools/call', params } })).toMatchObject({
      type: 'mcp',
      data: { jsonrpc: '2.0', id: 1, result: { isError: false, data: { body: { id: 4 } } } },
    });
  });

  it('is told when there are as many episodes as there may be', async () => {
    const { ask } = await client(await testServer(notesEnvironment(), { limits: { episodesMax: 0 } }));
    expect(await ask({ type: 'reset', data: {} })).toMatchObject({
      data: { code: 'CAPACITY_REACHED', active_sessions: 0, max_sessions: 0 },
    });
    expect(
      await ask({ type: 'mcp', data: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } } }),
    ).toMatchObject({
      data: { error: { code: -32000, data: { active_sessions: 0, max_sessions: 0 } } },
    });
  });

  it('closes without an answer', async () => {
    const { socket } = await client(await testServer());
    socket.send('{"type":"close"}');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1000);
  });

  it('answers messages that come at once in their order', async () => {
    const { socket } = await client(await testServer());
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) socket.send(JSON.stringify(create));
    for (let i = 0; i < 5; i++) {
      const [bytes] = (await once(socket, 'message')) as [Buffer];
      ids.push(
        (JSON.parse(String(bytes)) as { data: { observation: { body: { id: number } } } }).data.observation.body.id,
      );
    }
    expect(ids).toEqual([3, 4, 5, 6, 7]);
  });

  it('is its own world beside every other, and stays in the log when its socket closes', async () => {
    const server = await testServer();
    const clients = await Promise.all(Array.from({ length: 20 }, () => client(server)));
    for (const { ask } of clients)
      expect(await ask(create)).toMatchObject({ data: { observation: { body: { id: 3 } } } });
    await Promise.all(
      clients.map(async ({ socket }) => {
        socket.close();
        await once(socket, 'close');
      }),
    );
    const { episodes } = (await server.call('GET', '/episodes')).json as { episodes: { step_count: number }[] };
    expect(episodes.map(({ step_count }) => step_count)).toEqual(Array<number>(20).fill(1));
  });

  it('is refused over the limit with the frame that clients know', async () => {
    const server = await testServer(notesEnvironment(), { sessionsMax: 1 });
    await client(server);
    const socket = new WebSocket(`${server.controlUrl.replace('http', 'ws')}/ws`);
    const closed = once(socket, 'close') as Promise<[number]>;
    const [bytes] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(bytes))).toEqual({
      type: 'error',
      data: {
        message: 'Server at capacity: 1/1 sessions active. Cannot accept new connections.',
        code: 'CAPACITY_REACHED',
        active_sessions: 1,
        max_sessions: 1,
      },
    });
    expect((await closed)[0]).toBe(1000);
  });

  it('wants the token, and stands at /ws only', async () => {
    const server = await testServer(notesEnvironment(), { token: 's3cret' });
    await (await client(server, '/t/s3cret/ws')).ask(create);
    for (const [path, status] of [
      ['/ws', '401'],
      ['/t/s3cret/other', '404'],
    ] as const) {
      const socket = new WebSocket(server.controlUrl.replace('http', 'ws') + path);
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toContain(status);
    }
  });
});
