// `/~/EPISODE/mcp`: the tools of an episode over MCP's streamable HTTP. The path alone says which episode, so there are no
// sessions: every request is answered by itself, in JSON. The protocol is the SDK's; it is loaded when somebody asks.
import type { IncomingMessage } from 'node:http';
import type { HttpResponse } from '../../core/exchange/exchange.ts';
import { MynahError } from '../../core/std/errors.ts';
import { parseJson, type Json, type JsonObject } from '../../core/std/json.ts';
import type { ClonedApi } from './cloned-api.ts';
import { callTool, listedTools, plainJson } from './tool-caller.ts';

const REFUSALS = {
  'no-tool': 'there is no such tool',
  'no-episode': 'Not Found',
  finished: 'Gone',
  unavailable: 'Service Unavailable',
} as const;

/** Codes of JSON-RPC. */
const PARSE_ERROR = -32700;
const INVALID_PARAMS = -32602;
const SERVER_ERROR = -32000;

/** @param bytes the body, read within the limit of the plane */
export async function answerToolRequest(
  request: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>,
  bytes: Buffer,
  episode: string,
  api: ClonedApi,
): Promise<HttpResponse> {
  if (isFromElsewhere(request)) return rpcError(403, SERVER_ERROR, 'Forbidden');
  // No stream of the server's own messages, and no session that could end.
  if (request.method !== 'POST') return rpcError(405, SERVER_ERROR, 'Method Not Allowed', [['allow', 'POST']]);
  // Counts of requests that cannot be read are for the operator to know of, not for the agent.
  api.tools();
  const message = parsed(bytes);
  if (message === undefined) return rpcError(400, PARSE_ERROR, 'Parse error');
  const { WebStandardStreamableHTTPServerTransport: Transport } =
    await import('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js');
  const transport = new Transport({ enableJsonResponse: true });
  const server = await toolServer(episode, api, headersOf(request));
  await server.connect(transport);
  try {
    const { status, headers, text } = await exchange(transport, request, message);
    return { status, headers, ...(text === '' ? {} : { body: { text } }) };
  } finally {
    await server.close();
  }
}

async function exchange(
  transport: { handleRequest(request: Request, options: { parsedBody: unknown }): Promise<Response> },
  { headers }: Pick<IncomingMessage, 'headers'>,
  message: Json,
): Promise<{ readonly status: number; readonly headers: HttpResponse['headers']; readonly text: string }> {
  const names = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id'];
  const sent = names.flatMap((name): [string, string][] => {
    const value = headers[name];
    return value === undefined ? [] : [[name, String(value)]];
  });
  const asked = new Request('http://mcp/', { method: 'POST', headers: sent });
  const response = await transport.handleRequest(asked, { parsedBody: message });
  const text = await response.text();
  const type = response.headers.get('content-type');
  return { status: response.status, headers: type === null ? [] : [['content-type', type]], text };
}

async function toolServer(episode: string, api: ClonedApi, sent: JsonObject) {
  const { Server } = await import('@modelcontextprotocol/sdk/server/index.js');
  const { CallToolRequestSchema, ListToolsRequestSchema, McpError } =
    await import('@modelcontextprotocol/sdk/types.js');
  const name = api.services.map((service) => service.name).join(', ');
  const server = new Server({ name, version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: listedTools(api).map(plainJson) as never }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const answered = await callTool(api, episode, params.name, params.arguments as Json | undefined, sent);
    if ('result' in answered) return plainJson(answered.result);
    const { refusal } = answered;
    throw new McpError(refusal === 'no-tool' ? INVALID_PARAMS : SERVER_ERROR, REFUSALS[refusal]);
  });
  return server;
}

function headersOf({ headers }: Pick<IncomingMessage, 'headers'>): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** A page of another site, or of a name that was made to lead here: MCP asks servers to turn both away. */
function isFromElsewhere({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { host = '', origin } = headers;
  const isLocal = /^(::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '');
  if (isLocal && !/^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host)) return true;
  return origin !== undefined && origin.replace(/^https?:\/\//, '') !== host;
}

function parsed(bytes: Buffer): Json | undefined {
  try {
    return parseJson(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof MynahError) return undefined;
    throw error;
  }
}

function rpcError(status: number, code: number, message: string, more: HttpResponse['headers'] = []): HttpResponse {
  const text = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });
  return { status, headers: [['content-type', 'application/json'], ...more], body: { text } };
}
