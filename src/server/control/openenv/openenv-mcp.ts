// `POST /mcp` and `DELETE /mcp`: OpenEnv's dialect, which answers 200 whatever it says, and for clients of MCP itself what they
// expect of HTTP. A session is named in `params.session_id`, in `mcp-session-id` or, an episode of the trainer's, in `x-episode-id`.
import { MynahError } from '../../../core/std/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../core/std/json.ts';
import type { Call, Reply } from '../call.ts';
import { answerRpc, parseFailure, type RpcDoor } from './openenv-rpc.ts';

const SESSION = 'mcp-session-id';

export const OPENENV_MCP_CALLS = {
  'POST /mcp': async (call: Call): Promise<Reply> => {
    const message = bodyOf(call);
    if (message === 'malformed') return { status: 200, json: parseFailure() };
    const door = doorOf(call);
    const session = call.header(SESSION);
    if (session !== undefined && !door.sessions.knows(session, door.registry)) throw unknownSession(session);
    if (!isObject(message)) return { status: 200, json: await answerRpc(message, door) };
    if (isNotification(message)) return { status: 202 };
    if (message['method'] === 'initialize') return begin(message, call, door);
    return { status: 200, json: await answerRpc(inSession(message, session ?? call.header('x-episode-id')), door) };
  },

  'DELETE /mcp': async (call: Call): Promise<Reply> => {
    const { registry, sessions } = doorOf(call);
    const session = call.header(SESSION);
    if (session === undefined || !sessions.knows(session, registry)) throw unknownSession(session ?? '');
    await sessions.close(session, registry);
    return { status: 204 };
  },
};

/** MCP's handshake makes a session, unless it is about an episode that there is. */
async function begin(message: JsonObject, call: Call, door: RpcDoor): Promise<Reply> {
  const named = call.header('x-episode-id');
  const created = { jsonrpc: '2.0', id: message['id'] ?? null, method: 'openenv/session/create' };
  const made = named === undefined ? await answerRpc(created, door) : { result: { session_id: named } };
  if ('error' in made) return { status: 200, json: made };
  const { session_id: session } = made['result'] as { session_id: string };
  return { status: 200, json: await answerRpc(message, door), headers: { [SESSION]: session } };
}

function doorOf({ registry, sessions, headers }: Call): RpcDoor {
  return { registry, sessions, sent: headers };
}

function inSession(message: JsonObject, session: string | undefined): JsonObject {
  if (session === undefined) return message;
  const { params } = message;
  return { ...message, params: { session_id: session, ...(isObject(params) ? params : {}) } };
}

function isNotification(message: JsonObject): boolean {
  return message['id'] === undefined && String(message['method'] ?? '').startsWith('notifications/');
}

function bodyOf(call: Call): Json | undefined | 'malformed' {
  try {
    return call.body;
  } catch (error) {
    if (error instanceof MynahError) return 'malformed';
    throw error;
  }
}

function unknownSession(id: string): MynahError {
  return new MynahError('ERR_EPISODE_NOT_FOUND', `there is no session ${id}; begin with initialize`, { id });
}
