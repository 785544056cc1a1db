// The JSON-RPC door of OpenEnv (`POST /mcp`, and `mcp` messages of a session). The routes are not served as tools yet, which is
// what it says; sessions can be made and closed.
import { isObject, type Json, type JsonObject } from '../../../core/std/json.ts';
import type { EpisodeRegistry } from '../episode-registry.ts';

/** Answers one JSON-RPC request; failures are answers too. */
export async function answerRpc(request: Json | undefined, registry: EpisodeRegistry): Promise<JsonObject> {
  if (!isObject(request) || request['jsonrpc'] !== '2.0' || typeof request['method'] !== 'string') {
    return failure(null, -32600, 'Invalid request: jsonrpc must be "2.0" and method a text');
  }
  const { method, params } = request;
  const id = request['id'] ?? null;
  switch (method) {
    case 'openenv/session/create':
      return { jsonrpc: '2.0', id, result: { session_id: (await registry.create()).id } };
    case 'openenv/session/close': {
      const session = isObject(params) ? params['session_id'] : undefined;
      if (typeof session !== 'string') return failure(id, -32602, 'Invalid params: session_id is required');
      registry.release(session);
      return { jsonrpc: '2.0', id, result: { session_id: session, closed: true } };
    }
    case 'tools/list':
    case 'tools/call':
      return failure(id, -32603, 'Environment does not support MCP');
    default:
      return failure(id, -32601, `Method not found: ${method}`);
  }
}

function failure(id: Json, code: number, message: string): JsonObject {
  return { jsonrpc: '2.0', id, error: { code, message, data: null } };
}
