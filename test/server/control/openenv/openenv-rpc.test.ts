import { describe, expect, it } from 'vitest';
import { answerRpc } from '../../../../src/server/control/openenv/openenv-rpc.ts';
import { testServer } from '../../../support/environment-client.ts';

describe('the JSON-RPC door', () => {
  it('answers with the id that it was asked with, and what it cannot read with none', async () => {
    const { registry } = await testServer();
    const rpc = (request: unknown) => answerRpc(request as never, registry);
    expect(await rpc({ jsonrpc: '2.0', id: 'x', method: 'nothing' })).toMatchObject({
      id: 'x',
      error: { code: -32601 },
    });
    for (const request of [undefined, null, [], { jsonrpc: '1.0', method: 'x' }, { jsonrpc: '2.0', method: 3 }]) {
      expect(await rpc(request)).toMatchObject({ id: null, error: { code: -32600 } });
    }
  });

  it('makes an episode for a session', async () => {
    const { registry } = await testServer();
    const { result } = (await answerRpc({ jsonrpc: '2.0', id: 1, method: 'openenv/session/create' }, registry)) as {
      result: { session_id: string };
    };
    expect(registry.summary(result.session_id)).toMatchObject({ step_count: 0 });
  });
});
