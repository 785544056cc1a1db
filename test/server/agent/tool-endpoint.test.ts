import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { send, testServer } from '../../support/environment-client.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

/** The official client, as it comes. */
async function mcpClient(url: string, headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'an agent', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as never);
  onTestFinished(() => client.close());
  return client;
}

const ACCEPT = { accept: 'application/json, text/event-stream' };
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

describe("an episode's tools over MCP", () => {
  it('are listed and called by the official client', async () => {
    const server = await testServer();
    const created = await server.call('POST', '/episodes', { id: 'a' });
    const client = await mcpClient(created.json.mcp_url as string);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['get_notes', 'post_notes', 'delete_notes_by_id', 'get_notes_by_id']);
    expect(tools[0]).toMatchObject({ annotations: { readOnlyHint: true }, inputSchema: { type: 'object' } });
    const made = await client.callTool({ name: 'post_notes', arguments: { body: { title: 'bread' } } });
    expect(made).toMatchObject({ isError: false, structuredContent: { status: 201, body: { id: 3, title: 'bread' } } });
    expect(await client.callTool({ name: 'get_notes_by_id', arguments: { path: { id: 3 } } })).toMatchObject({
      content: [{ type: 'text', text: expect.stringContaining('"title":"bread"') as string }],
    });
    expect(client.getServerVersion()).toEqual({ name: 'notes', version: '1.0.0' });
  });

  it('make the steps that plain requests make', async () => {
    const server = await testServer(
      notesEnvironment({ 'probes.yaml': 'probes: [{ id: made, on: { status: 201 }, reward: 1 }]' }),
    );
    const [plain, tools] = [await server.begin({ id: 'plain' }), await server.begin({ id: 'tools' })];
    await send(`${plain}/notes`, {
      method: 'POST',
      headers: { authorization: 'Bearer pseudonym-1' },
      body: { title: 'x' },
    });
    const client = await mcpClient(`${tools}/mcp`);
    await client.callTool({ name: 'post_notes', arguments: { body: { title: 'x' } } });
    const lines = await Promise.all(
      ['plain', 'tools'].map(async (id) => (await server.call('GET', `/episodes/${id}/log`)).text.split('\n')),
    );
    const [a, b] = lines.map((all) => JSON.parse(all[1] ?? '') as { request: { headers: string[][] }; reward: number });
    const sorted = (headers: string[][] = []) => headers.filter(([name]) => name !== 'accept').sort();
    expect(sorted(b?.request.headers)).toEqual(sorted(a?.request.headers));
    expect({ ...b, request: { ...b?.request, headers: [] } }).toEqual({
      ...a,
      request: { ...a?.request, headers: [] },
    });
    expect(b?.reward).toBe(1);
  });

  it('act for whoever the client says it is', async () => {
    const server = await testServer();
    const client = await mcpClient(`${await server.begin({ id: 'a' })}/mcp`, { authorization: 'Bearer other' });
    await client.callTool({ name: 'get_notes', arguments: {} });
    const [, line = ''] = (await server.call('GET', '/episodes/a/log')).text.split('\n');
    expect(line).not.toContain('pseudonym-1');
    expect(line).toContain('authorization');
  });

  it('answer bad arguments with a result that says so, and take no step', async () => {
    const server = await testServer();
    const client = await mcpClient(`${await server.begin({ id: 'a' })}/mcp`);
    expect(await client.callTool({ name: 'get_notes_by_id', arguments: {} })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('path.id must be') as string }],
    });
    expect((await server.call('GET', '/episodes/a')).json).toMatchObject({ step_count: 0 });
    await expect(client.callTool({ name: 'nope', arguments: {} })).rejects.toMatchObject({ code: -32602 });
  });

  it('say when there is no such episode, or when it is over', async () => {
    const server = await testServer();
    const stranger = await mcpClient(`${server.agentUrl}/~/nobody/mcp`);
    await expect(stranger.callTool({ name: 'get_notes', arguments: {} })).rejects.toThrow('Not Found');
    const client = await mcpClient(`${await server.begin({ id: 'a' })}/mcp`);
    await server.call('POST', '/episodes/a/finish', {});
    await expect(client.callTool({ name: 'get_notes', arguments: {} })).rejects.toThrow('Gone');
  });

  it('answer calls that are no MCP, each clearly', async () => {
    const server = await testServer();
    const url = `${await server.begin()}/mcp`;
    const post = (body: unknown, headers: Record<string, string> = ACCEPT) =>
      send(url, { method: 'POST', headers, body });
    expect(await post('{not json')).toMatchObject({ status: 400, json: { error: { code: -32700 } } });
    expect(await post({ jsonrpc: '1.0', id: 1, method: 'tools/list' })).toMatchObject({ status: 400 });
    expect(await post(LIST, {})).toMatchObject({ status: 406 });
    expect(await post(LIST, { ...ACCEPT, 'mcp-protocol-version': '1999-01-01' })).toMatchObject({ status: 400 });
    expect(await post({ ...LIST, method: 'nope' })).toMatchObject({ status: 200, json: { error: { code: -32601 } } });
    expect(await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).toMatchObject({
      status: 202,
      text: '',
    });
    expect(await send(url)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await send(url, { method: 'DELETE' })).toMatchObject({ status: 405 });
    expect(await post(LIST)).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
  });

  it('turn pages of other sites away, and names that were made to lead here', async () => {
    const server = await testServer();
    const url = `${await server.begin()}/mcp`;
    const from = (headers: Record<string, string>) =>
      send(url, { method: 'POST', headers: { ...ACCEPT, ...headers }, body: LIST });
    expect(await from({ origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await from({ host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await from({ origin: server.agentUrl })).toMatchObject({ status: 200 });
  });

  it('leave a path of the API that is called the same where its name leads', async () => {
    const server = await testServer();
    const url = await server.begin();
    expect(await send(`${url}/notes/mcp`)).toMatchObject({ status: 404 });
    expect(await send(`${url}/mcp/x`)).toMatchObject({ status: 404 });
  });

  it('are limited in the length of a call', async () => {
    const server = await testServer(notesEnvironment(), { bodyBytesMax: 200 });
    const url = `${await server.begin()}/mcp`;
    const body = { ...LIST, params: { filler: 'x'.repeat(300) } };
    expect(await send(url, { method: 'POST', headers: ACCEPT, body })).toMatchObject({ status: 413 });
  });
});
