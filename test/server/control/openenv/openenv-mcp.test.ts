import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { send, testServer } from '../../../support/environment-client.ts';

const create = { name: 'post_notes', arguments: { body: { title: 'x' } } };

describe('/mcp of the control plane', () => {
  it('gives the official client of MCP a session, which is an episode', async () => {
    const server = await testServer();
    const client = new Client({ name: 'a trainer', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(`${server.controlUrl}/mcp`));
    await client.connect(transport as never);
    onTestFinished(() => client.close());
    expect((await client.listTools()).tools).toHaveLength(4);
    for (const id of [3, 4])
      expect(await client.callTool(create)).toMatchObject({ structuredContent: { body: { id } }, isError: false });
    const session = transport.sessionId as string;
    expect((await server.call('GET', `/episodes/${session}`)).json).toMatchObject({ step_count: 2, finished: false });
    await transport.terminateSession();
    expect((await server.call('GET', `/episodes/${session}`)).json).toMatchObject({ finished: true });
    expect(
      await send(`${server.controlUrl}/mcp`, { method: 'POST', headers: { 'mcp-session-id': session }, body: {} }),
    ).toMatchObject({
      status: 404,
    });
  });

  it('takes over an episode of the trainer that is named', async () => {
    const server = await testServer();
    await server.begin({ id: 'mine' });
    const headers = { 'x-episode-id': 'mine' };
    const call = (body: unknown) => send(`${server.controlUrl}/mcp`, { method: 'POST', headers, body });
    const greeting = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } };
    expect(await call(greeting)).toMatchObject({
      headers: { 'mcp-session-id': 'mine' },
      json: { result: { protocolVersion: '2025-06-18', capabilities: { tools: {} } } },
    });
    await call({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: create });
    expect((await server.call('GET', '/episodes/mine')).json).toMatchObject({ step_count: 1 });
  });

  it('answers 200 whatever it says to clients of OpenEnv, and takes notifications', async () => {
    const server = await testServer();
    const post = (body: unknown) => server.call('POST', '/mcp', body);
    expect(await post('{not json')).toMatchObject({ status: 200, json: { error: { code: -32700 } } });
    expect(await post({})).toMatchObject({ status: 200, json: { id: null, error: { code: -32600 } } });
    expect(await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).toMatchObject({
      status: 202,
      text: '',
    });
    expect(await send(`${server.controlUrl}/mcp`)).toMatchObject({ status: 405 });
    expect(await send(`${server.controlUrl}/mcp`, { method: 'DELETE' })).toMatchObject({ status: 404 });
  });
});
