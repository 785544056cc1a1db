// The JSON-RPC door of OpenEnv: `POST /mcp`, messages of a socket at `/mcp`, and `mcp` messages of a session at `/ws`. Its dialect
// has tools without a handshake and sessions by id; whoever begins with MCP's own handshake finds MCP here too.
import { MynahError } from '../../../core/std/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../core/std/json.ts';
import { callTool, listedTools } from '../../agent/tool-caller.ts';
import type { EpisodeRegistry } from '../episode-registry.ts';
import type { OpenEnvSessions } from './openenv-sessions.ts';

export interface RpcDoor {
  readonly registry: EpisodeRegistry;
  readonly sessions: OpenEnvSessions;
  /** Headers of the caller, among them perhaps a credential. */
  readonly sent: JsonObject;
  /** The episode that the call's connection is about; one is begun where there is none yet. */
  readonly own?: (() => Promise<string>) | undefined;
}

/** Codes of JSON-RPC, and of the reference server for what goes wrong in it. */
const CODES = {
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  server: -32000,
  parse: -32700,
} as const;

/** Answers one request; failures are answers too. */
export async function answerRpc(request: Json | undefined, door: RpcDoor): Promise<JsonObject> {
  if (!isObject(request) || request['jsonrpc'] !== '2.0' || typeof request['method'] !== 'string')
    return failure(null, 'request', 'Invalid request: jsonrpc must be "2.0" and method a text');
  const { method, params = {} } = request;
  const id = request['id'] ?? null;
  if (!isObject(params)) return failure(id, 'params', 'Params must be an object');
  try {
    return await answerMethod(method, id, params, door);
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    return error.code === 'ERR_LIMIT_EPISODES'
      ? failure(id, 'server', error.message, capacityOf(error))
      : failure(id, 'internal', error.message);
  }
}

/** A text that is no JSON. */
export function parseFailure(): JsonObject {
  return failure(null, 'parse', 'Parse error');
}

/** What a socket is told that is turned away. */
export function serverFailure(message: string, data: JsonObject): JsonObject {
  return failure(null, 'server', message, data);
}

/** For an error frame and for the data of an error: how many episodes there are and may be. */
export function capacityOf({ details }: MynahError): JsonObject {
  return { active_sessions: Number(details['underWay']), max_sessions: Number(details['limit']) };
}

async function answerMethod(method: string, id: Json, params: JsonObject, door: RpcDoor): Promise<JsonObject> {
  switch (method) {
    case 'openenv/session/create':
      return createSession(id, door);
    case 'openenv/session/close':
      return closeSession(id, params, door);
    case 'initialize':
      return success(id, await handshake(params, door.registry));
    case 'ping':
      return success(id, {});
    case 'tools/list':
      return unknownSession(id, params, door) ?? success(id, { tools: listedTools(door.registry) });
    case 'tools/call':
      return unknownSession(id, params, door) ?? callInEpisode(id, params, door);
    default:
      return failure(id, 'method', `Method not found: ${method}`);
  }
}

async function createSession(id: Json, { registry, sessions, own }: RpcDoor): Promise<JsonObject> {
  if (own !== undefined) return success(id, { session_id: await own() });
  if (sessions.isFull) {
    const data = { active_sessions: sessions.count, max_sessions: sessions.max };
    return failure(id, 'server', sessions.fullText, data);
  }
  return success(id, { session_id: await sessions.open(registry) });
}

async function closeSession(id: Json, { session_id: session }: JsonObject, door: RpcDoor): Promise<JsonObject> {
  if (typeof session !== 'string' || session === '')
    return failure(id, 'params', "Invalid params - 'session_id' is required");
  if (door.own !== undefined && session === (await door.own()))
    return failure(id, 'request', 'Cannot close active WebSocket-managed session via MCP method');
  const unknown = unknownSession(id, { session_id: session }, door);
  if (unknown !== undefined) return unknown;
  await door.sessions.close(session, door.registry);
  return success(id, { session_id: session, closed: true });
}

function unknownSession(id: Json, { session_id: session }: JsonObject, door: RpcDoor): JsonObject | undefined {
  if (session === undefined || session === null || door.own !== undefined) return undefined;
  if (typeof session === 'string' && door.sessions.knows(session, door.registry)) return undefined;
  return failure(id, 'params', `Unknown session_id: ${String(session)}`);
}

/** Without a session the call has an episode of its own, to which nobody can come back. */
async function callInEpisode(id: Json, params: JsonObject, { registry, own, sent }: RpcDoor): Promise<JsonObject> {
  const { name, arguments: given, session_id: session } = params;
  if (typeof name !== 'string' || name === '') return failure(id, 'params', "Missing 'name' in params");
  const named = own === undefined ? session : await own();
  const episode = typeof named === 'string' ? named : (await registry.create()).id;
  try {
    const answered = await callTool(registry, episode, name, given ?? undefined, sent);
    if ('result' in answered)
      return success(id, { ...answered.result, data: answered.result['structuredContent'] ?? null });
    return answered.refusal === 'no-tool'
      ? failure(id, 'params', `Tool not found: ${name}`)
      : failure(id, 'internal', `the episode does not answer: ${answered.refusal}`);
  } finally {
    if (typeof named !== 'string') registry.remove(episode);
  }
}

/** The version that the client asks for where the SDK knows it, else the newest that it knows. */
async function handshake({ protocolVersion: asked }: JsonObject, registry: EpisodeRegistry): Promise<JsonObject> {
  const { SUPPORTED_PROTOCOL_VERSIONS, LATEST_PROTOCOL_VERSION } = await import('@modelcontextprotocol/sdk/types.js');
  const isKnown = typeof asked === 'string' && SUPPORTED_PROTOCOL_VERSIONS.includes(asked);
  return {
    protocolVersion: isKnown ? asked : LATEST_PROTOCOL_VERSION,
    capabilities: { tools: {} },
    serverInfo: { name: registry.services.map(({ name }) => name).join(', '), version: '1.0.0' },
  };
}

function success(id: Json, result: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, result };
}

function failure(id: Json, code: keyof typeof CODES, message: string, data: JsonObject | null = null): JsonObject {
  return { jsonrpc: '2.0', id, error: { code: CODES[code], message, data } };
}
