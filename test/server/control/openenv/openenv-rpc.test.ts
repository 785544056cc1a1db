import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../src/core/std/json.ts';
import { answerRpc, type RpcDoor } from '../../../../src/server/control/openenv/openenv-rpc.ts';
import { OpenEnvSessions } from '../../../../src/server/control/openenv/openenv-sessions.ts';
import { testServer } from '../../../support/environment-client.ts';

async function door(sessionsMax = 10, more: Partial<RpcDoor> = {}) {
  const { registry } = await testServer();
  const sessions = new OpenEnvSessions(sessionsMax);
  const rpc = (request: unknown) => answerRpc(request as Json, { registry, sessions, sent: {}, ...more });
  const ask = async (method: string, params?: unknown) =>
    (await rpc({ jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) })) as {
      result: JsonObject & { session_id: string };
      error: JsonObject;
    };
  return { registry, sessions, rpc, ask };
}

const create = { name: 'post_notes', arguments: { body: { title: 'x' } } };

describe('the JSON-RPC door', () => {
  it('answers with the id that it was asked with, and what it cannot read with none', async () => {
    const { rpc } = await door();
    expect(await rpc({ jsonrpc: '2.0', id: 'x', method: 'nothing' })).toMatchObject({
      id: 'x',
      error: { code: -32601 },
    });
    for (const request of [undefined, null, [], { jsonrpc: '1.0', method: 'x' }, { jsonrpc: '2.0', method: 3 }]) {
      expect(await rpc(request)).toMatchObject({ id: null, error: { code: -32600, data: null } });
    }
    expect(await rpc({ jsonrpc: '2.0', id: 2, method: 'tools/list', params: [] })).toMatchObject({
      error: { code: -32602 },
    });
  });

  it('makes an episode for a session, in which calls follow one another until it is closed', async () => {
    const { registry, ask } = await door();
    const { session_id } = (await ask('openenv/session/create')).result;
    for (const id of [3, 4]) {
      const { result } = await ask('tools/call', { ...create, session_id });
      expect(result).toMatchObject({ isError: false, data: { status: 201, body: { id } } });
    }
    expect(registry.summary(session_id)).toMatchObject({ step_count: 2, finished: false });
    expect((await ask('openenv/session/close', { session_id })).result).toEqual({ session_id, closed: true });
    expect(registry.summary(session_id)).toMatchObject({ finished: true });
    for (const method of ['tools/call', 'tools/list', 'openenv/session/close'])
      expect((await ask(method, { ...create, session_id })).error).toMatchObject({
        code: -32602,
        message: `Unknown session_id: ${session_id}`,
      });
  });

  it('has tools for whoever has no session; what is called then leaves nothing behind', async () => {
    const { registry, ask } = await door();
    expect((await ask('tools/list')).result['tools']).toHaveLength(4);
    for (let i = 0; i < 2; i++)
      expect((await ask('tools/call', create)).result).toMatchObject({ data: { body: { id: 3 } } });
    expect(registry.list(10, {})).toEqual([]);
  });

  it('says what is wrong with a call', async () => {
    const { ask } = await door();
    expect((await ask('tools/call', { name: 'nope' })).error).toMatchObject({
      code: -32602,
      message: 'Tool not found: nope',
    });
    expect((await ask('tools/call', {})).error).toMatchObject({ code: -32602, message: "Missing 'name' in params" });
    expect((await ask('openenv/session/close', {})).error).toMatchObject({ code: -32602 });
    expect((await ask('tools/call', { name: 'get_notes_by_id' })).result).toMatchObject({ isError: true });
  });

  it('is full when there are as many sessions as there may be, and not after one is closed', async () => {
    const { ask } = await door(1);
    const { session_id } = (await ask('openenv/session/create')).result;
    expect((await ask('openenv/session/create')).error).toEqual({
      code: -32000,
      message: 'Server at capacity: 1/1 sessions active. Cannot accept new connections.',
      data: { active_sessions: 1, max_sessions: 1 },
    });
    await ask('openenv/session/close', { session_id });
    expect((await ask('openenv/session/create')).result.session_id).not.toBe(session_id);
  });

  it('is about the session of its socket, which it cannot close', async () => {
    const { ask } = await door(1, { own: () => Promise.resolve('mine') });
    expect((await ask('openenv/session/create')).result).toEqual({ session_id: 'mine' });
    expect((await ask('openenv/session/close', { session_id: 'mine' })).error).toMatchObject({ code: -32600 });
  });
});
