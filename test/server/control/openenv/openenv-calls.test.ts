import { describe, expect, it } from 'vitest';
import { send, testServer } from '../../../support/environment-client.ts';
import { notesEnvironment } from '../../../support/notes-clone.ts';

const create = { action: { method: 'POST', path: '/notes', body: { title: 'a' } }, timeout_s: 3 };

describe('OpenEnv over HTTP', () => {
  it('shares nothing between calls, and leaves nothing behind', async () => {
    const server = await testServer();
    expect((await server.call('POST', '/reset')).json).toMatchObject({
      observation: { status: 0 },
      reward: null,
      done: false,
    });
    for (let i = 0; i < 2; i++)
      expect((await server.call('POST', '/step', create)).json).toMatchObject({
        observation: { status: 201, body: { id: 3 } },
        reward: 0,
        done: false,
      });
    expect((await server.call('GET', '/state')).json).toEqual({ episode_id: null, step_count: 0 });
    expect((await server.call('GET', '/episodes')).json).toEqual({ episodes: [] });
  });

  it('is about one episode where its id is named, by header or in the body', async () => {
    const server = await testServer();
    await server.call('POST', '/reset', { episode_id: 'mine', seed: 4 });
    expect((await server.call('POST', '/step', { ...create, episode_id: 'mine' })).json).toMatchObject({
      observation: { body: { id: 3 } },
    });
    const headers = { 'x-episode-id': 'mine' };
    expect((await send(`${server.controlUrl}/step`, { method: 'POST', headers, body: create })).json).toMatchObject({
      observation: { body: { id: 4 } },
    });
    expect((await send(`${server.controlUrl}/state`, { headers })).json).toMatchObject({
      episode_id: 'mine',
      step_count: 2,
      seed: 4,
    });
    await server.call('POST', '/reset', { episode_id: 'mine' });
    expect((await server.call('GET', '/episodes/mine')).json).toMatchObject({ step_count: 0, seed: 0 });
    expect((await server.call('POST', '/step', { ...create, episode_id: 'nobody' })).status).toBe(404);
  });

  it.each([
    [
      '/reset',
      { seed: -1 },
      {
        type: 'greater_than_equal',
        loc: ['body', 'seed'],
        msg: 'Input should be greater than or equal to 0',
        input: -1,
        ctx: { ge: 0 },
      },
    ],
    [
      '/reset',
      { seed: 'x' },
      { type: 'int_type', loc: ['body', 'seed'], msg: 'Input should be a valid integer', input: 'x' },
    ],
    [
      '/reset',
      [1],
      {
        type: 'model_attributes_type',
        loc: ['body'],
        msg: 'Input should be a valid dictionary or object to extract fields from',
        input: [1],
      },
    ],
    ['/step', {}, { type: 'missing', loc: ['body', 'action'], msg: 'Field required', input: {} }],
  ])('refuses %s %j with 422', async (path, body, detail) => {
    const { status, json } = await (await testServer()).call('POST', path, body);
    expect([status, json]).toEqual([422, { detail: [detail] }]);
  });

  it('says what it is, as its validator wants it', async () => {
    const { call } = await testServer(notesEnvironment());
    expect((await call('GET', '/health')).json).toEqual({ status: 'healthy' });
    expect((await call('GET', '/metadata')).json).toMatchObject({
      name: 'notes',
      description: 'A deterministic clone of notes',
      readme_content: null,
    });
    const schema = (await call('GET', '/schema')).json as Record<string, object>;
    expect(Object.keys(schema)).toEqual(['action', 'observation', 'state']);
    const { info, paths } = (await call('GET', '/openapi.json')).json as { info: { version: string }; paths: object };
    expect(typeof info.version).toBe('string');
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/reset', '/step', '/state']));
  });

  it('answers JSON-RPC with 200 whatever it is asked', async () => {
    const { call } = await testServer();
    const rpc = async (body: unknown) => {
      const { status, json } = await call('POST', '/mcp', body);
      expect(status).toBe(200);
      return json as { error?: { code: number }; result?: object };
    };
    expect((await rpc({})).error?.code).toBe(-32600);
    expect((await rpc({ jsonrpc: '2.0', id: 5, method: 'tools/list' })).result).toMatchObject({
      tools: [{}, {}, {}, {}],
    });
    expect((await rpc({ jsonrpc: '2.0', id: 5, method: 'nothing' })).error).toEqual({
      code: -32601,
      message: 'Method not found: nothing',
      data: null,
    });
    expect((await rpc({ jsonrpc: '2.0', id: 6, method: 'openenv/session/create' })).result).toEqual({
      session_id: 'episode-1',
    });
    expect(
      (await rpc({ jsonrpc: '2.0', id: 7, method: 'openenv/session/close', params: { session_id: 'episode-1' } }))
        .result,
    ).toEqual({ session_id: 'episode-1', closed: true });
    expect((await rpc({ jsonrpc: '2.0', id: 7, method: 'openenv/session/close' })).error?.code).toBe(-32602);
  });
});
