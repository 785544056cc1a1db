// The wire of OpenEnv's reference server (0.3.1), field by field: what it was sent, and what it answered, as facts that were written
// down while it ran. The environments differ, so what stands inside an observation does too; every member around it does not.
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { send, testServer } from '../support/environment-client.ts';
import { notesEnvironment } from '../support/notes-clone.ts';

const PROBES = {
  'probes.yaml': `probes:
  - { id: made, kind: event, on: { status: 201 }, reward: 1 }
  - { id: lost, on: { status: 404 }, reward: -0.1, terminates: true }`,
};

/** A socket on which one frame answers one. */
async function socketOf(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  return socket;
}

async function asked(socket: WebSocket, frame: unknown): Promise<Record<string, unknown>> {
  socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(String(bytes)) as Record<string, unknown>;
}

const anObject = expect.any(Object) as object;
const aText = expect.any(String) as string;

/** As the reference words it; `input` is what was sent. */
const missing = (name: string, input: unknown) => ({
  type: 'missing',
  loc: [name],
  msg: 'Field required',
  input,
  url: 'https://errors.pydantic.dev/2.13/v/missing',
});

const invalid = (...errors: unknown[]) => ({
  type: 'error',
  data: { message: 'Invalid message', code: 'VALIDATION_ERROR', errors },
});

/** In the order of the transcript: a frame of the client, and the frame that answers it. */
const FRAMES: readonly (readonly [sent: unknown, answered: unknown])[] = [
  [
    { type: 'reset', data: { seed: 7, episode_id: 'ep-1', task: 't1' } },
    { type: 'observation', data: { observation: anObject, reward: null, done: false } },
  ],
  [
    { type: 'step', data: { method: 'POST', path: '/notes', body: { title: 'a' } } },
    {
      type: 'observation',
      data: { observation: expect.objectContaining({ status: 201 }) as object, reward: 1, done: false },
    },
  ],
  [
    { type: 'step', data: { method: 'GET', path: '/notes/3' } },
    {
      type: 'observation',
      data: { observation: expect.objectContaining({ status: 200 }) as object, reward: 0, done: false },
    },
  ],
  [
    { type: 'state' },
    { type: 'state', data: expect.objectContaining({ episode_id: 'ep-1', step_count: 2 }) as object },
  ],
  [
    { type: 'step', data: { method: 'GET', path: '/notes/99' } },
    {
      type: 'observation',
      data: { observation: expect.objectContaining({ status: 404 }) as object, reward: -0.1, done: true },
    },
  ],
  [{ type: 'step', data: { method: 'GET' } }, invalid(missing('path', { method: 'GET' }))],
  [
    { type: 'step', data: { method: 'NO METHOD', path: '/' } },
    { type: 'error', data: { message: aText, code: 'EXECUTION_ERROR' } },
  ],
  [{ type: 'step' }, invalid(missing('data', { type: 'step' }))],
  [
    { type: 'reset', data: {}, zzz: 1 },
    invalid({
      type: 'extra_forbidden',
      loc: ['zzz'],
      msg: 'Extra inputs are not permitted',
      input: 1,
      url: 'https://errors.pydantic.dev/2.13/v/extra_forbidden',
    }),
  ],
  [{ type: 'nope' }, { type: 'error', data: { message: 'Unknown message type: nope', code: 'UNKNOWN_TYPE' } }],
  [
    '{not json',
    { type: 'error', data: { message: expect.stringMatching(/^Invalid JSON: ./) as string, code: 'INVALID_JSON' } },
  ],
  // The reference says here that its environment has no tools; this one has.
  [
    { type: 'mcp', data: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} } },
    { type: 'mcp', data: { jsonrpc: '2.0', id: 1, result: { tools: expect.any(Array) as unknown[] } } },
  ],
];

describe("OpenEnv's reference transcript", () => {
  it('holds for every frame of a session', async () => {
    const server = await testServer(notesEnvironment(PROBES));
    const socket = await socketOf(`${server.controlUrl}/ws`);
    await once(socket, 'open');
    for (const [sent, answered] of FRAMES) expect(await asked(socket, sent)).toEqual(answered);
    socket.send(JSON.stringify({ type: 'close' }));
    expect((await once(socket, 'close'))[0]).toBe(1000);
  });

  it('holds for one session too many', async () => {
    const server = await testServer(notesEnvironment(), { sessionsMax: 2 });
    for (let i = 0; i < 2; i++) await once(await socketOf(`${server.controlUrl}/ws`), 'open');
    const third = await socketOf(`${server.controlUrl}/ws`);
    const closed = once(third, 'close');
    const [bytes] = (await once(third, 'message')) as [Buffer];
    expect(JSON.parse(String(bytes))).toEqual({
      type: 'error',
      data: {
        message: 'Server at capacity: 2/2 sessions active. Cannot accept new connections.',
        code: 'CAPACITY_REACHED',
        active_sessions: 2,
        max_sessions: 2,
      },
    });
    expect((await closed)[0]).toBe(1000);
  });

  it('holds for tools as actions', async () => {
    const server = await testServer(notesEnvironment(PROBES));
    const socket = await socketOf(`${server.controlUrl}/ws`);
    await once(socket, 'open');
    const step = async (data: unknown) =>
      (await asked(socket, { type: 'step', data }))['data'] as Record<string, unknown>;
    expect(await step({ type: 'list_tools', metadata: {} })).toMatchObject({
      observation: { tools: [{ name: 'get_notes', description: aText, input_schema: anObject }, {}, {}, {}] },
      reward: null,
      done: false,
    });
    const call = { type: 'call_tool', tool_name: 'post_notes', arguments: { body: { title: 'x' } } };
    const { observation, ...rest } = await step(call);
    expect(rest).toEqual({ reward: 1, done: false });
    expect(observation).toEqual({
      tool_name: 'post_notes',
      result: expect.objectContaining({
        isError: false,
        data: expect.objectContaining({ status: 201 }) as object,
      }) as object,
      error: null,
      metadata: { terminated: false, truncated: false, step: 1 },
    });
    const failed = async (data: object) =>
      ((await step({ type: 'call_tool', ...data })) as { observation: { error: { error_type: string } } }).observation
        .error;
    expect(await failed({ tool_name: 'nope' })).toEqual({ error_type: 'tool_not_found', message: aText });
    expect(await failed({ tool_name: 'post_notes', arguments: { name: 1 } })).toMatchObject({
      error_type: 'invalid_args',
    });
    expect(await asked(socket, { type: 'step', data: { type: 'call_tool' } })).toEqual(
      invalid(missing('tool_name', { type: 'call_tool' })),
    );
    expect(await asked(socket, { type: 'state' })).toMatchObject({ data: { step_count: 1 } });
  });

  it('holds for JSON-RPC over a socket of its own', async () => {
    const server = await testServer();
    const socket = await socketOf(`${server.controlUrl}/mcp`);
    await once(socket, 'open');
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'post_notes', arguments: { body: { title: 'x' } } },
    };
    for (const id of [3, 4])
      expect(await asked(socket, call)).toMatchObject({ jsonrpc: '2.0', id: 1, result: { data: { body: { id } } } });
    expect(await asked(socket, '{not json')).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await asked(socket, {})).toMatchObject({ id: null, error: { code: -32600 } });
    const { result } = await asked(socket, { jsonrpc: '2.0', id: 2, method: 'openenv/session/create' });
    const close = { jsonrpc: '2.0', id: 3, method: 'openenv/session/close', params: result };
    expect(await asked(socket, close)).toMatchObject({ error: { code: -32600 } });
  });

  it('holds for every call over HTTP', async () => {
    const server = await testServer(notesEnvironment(PROBES));
    const call = async (method: string, path: string, body?: unknown) => {
      const { status, text } = await server.call(method, path, body);
      return [status, JSON.parse(text)] as const;
    };
    const begun = [200, { observation: anObject, reward: null, done: false }];
    expect(await call('GET', '/health')).toEqual([200, { status: 'healthy' }]);
    expect(await call('GET', '/metadata')).toEqual([
      200,
      { name: aText, description: aText, readme_content: null, version: aText, author: null, documentation_url: null },
    ]);
    expect(await call('GET', '/state')).toEqual([200, { episode_id: null, step_count: 0 }]);
    expect(await call('POST', '/reset', {})).toEqual(begun);
    expect(await call('POST', '/reset', { seed: 3 })).toEqual(begun);
    expect(await call('POST', '/reset')).toEqual(begun);
    expect(await call('POST', '/reset', { seed: -1 })).toEqual([
      422,
      {
        detail: [
          {
            type: 'greater_than_equal',
            loc: ['body', 'seed'],
            msg: 'Input should be greater than or equal to 0',
            input: -1,
            ctx: { ge: 0 },
          },
        ],
      },
    ]);
    const action = { method: 'POST', path: '/notes', body: { title: 'a' } };
    expect(await call('POST', '/step', { action, timeout_s: 3 })).toEqual([
      200,
      { observation: anObject, reward: 1, done: false },
    ]);
    // The reference fails inside and answers 500; what is missing can be said.
    expect(await call('POST', '/step', { action: { method: 'GET' } })).toEqual([
      422,
      {
        detail: [{ type: 'missing', loc: ['body', 'action', 'path'], msg: 'Field required', input: { method: 'GET' } }],
      },
    ]);
    expect(await call('POST', '/step', {})).toEqual([
      422,
      { detail: [{ type: 'missing', loc: ['body', 'action'], msg: 'Field required', input: {} }] },
    ]);
    expect(await call('POST', '/step', '{not json')).toMatchObject([422, { detail: [{ type: 'json_invalid' }] }]);
    expect(await call('POST', '/mcp', {})).toEqual([
      200,
      {
        jsonrpc: '2.0',
        id: null,
        error: { code: -32600, message: expect.stringMatching(/^Invalid request: /) as string, data: null },
      },
    ]);
    expect(await call('POST', '/mcp', { jsonrpc: '2.0', id: 6, method: 'openenv/session/create' })).toEqual([
      200,
      { jsonrpc: '2.0', id: 6, result: { session_id: aText } },
    ]);
    expect(await call('GET', '/')).toMatchObject([404, { detail: aText }]);
    const { json: schema } = await send(`${server.controlUrl}/schema`);
    expect(schema).toMatchObject({
      action: {
        type: 'object',
        title: 'HttpAction',
        required: ['method', 'path'],
        properties: { metadata: {}, method: {}, path: {}, body: {} },
      },
      observation: { type: 'object', properties: { done: {}, reward: {}, metadata: {} } },
      state: { type: 'object', properties: { episode_id: {}, step_count: {} } },
    });
    const { json: openApi } = await send(`${server.controlUrl}/openapi.json`);
    expect(openApi).toMatchObject({ info: { title: 'OpenEnv Environment HTTP API', version: aText } });
    for (const path of ['/reset', '/step', '/state', '/metadata', '/health', '/schema', '/mcp'])
      expect(Object.keys((openApi as { paths: object }).paths)).toContain(path);
  });
});
