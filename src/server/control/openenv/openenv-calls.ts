// OpenEnv over HTTP. Calls share nothing, as in the reference server; with `x-episode-id` (or `episode_id` in the body) they
// are about one episode of the control plane, so that a client without WebSocket can have a session too.
import { MynahError } from '../../../core/std/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../core/std/json.ts';
import { checkedEpisodeId } from '../call-body.ts';
import type { Answer, Call, Reply } from '../call.ts';
import { openApiOf, openEnvMetadata, OPENENV_SCHEMAS } from './openenv-documents.ts';
import { OPENENV_MCP_CALLS } from './openenv-mcp.ts';
import { actionErrors, missing, seedErrors, type FieldError } from './openenv-messages.ts';

import { OpenEnvSession, type OpenEnvResult } from './openenv-session.ts';

export const OPENENV_CALLS: Readonly<Record<string, Answer>> = {
  'POST /reset': async (call) => {
    const body = bodyOf(call);
    if (body === undefined) return refused([JSON_INVALID]);
    const errors = isObject(body) ? seedErrors(body) : [notAnObject(body)];
    if (errors.length > 0) return refused(errors);
    const id = episodeOf(call);
    return inSession(call, id, async (session) => session.reset(body as JsonObject, id));
  },

  'POST /step': async (call) => {
    const body = bodyOf(call);
    if (body === undefined) return refused([JSON_INVALID]);
    if (!isObject(body)) return refused([notAnObject(body)]);
    const { action } = body;
    if (action === undefined) return refused([missing('action', body)]);
    const errors = isObject(action) ? actionErrors(action) : [notAnObject(action)];
    if (errors.length > 0) return refused(errors.map((error) => ({ ...error, loc: ['action', ...error.loc] })));
    const id = episodeOf(call);
    return inSession(call, id, (session) => {
      if (id !== undefined) session.join(id);
      return session.step(action);
    });
  },

  'GET /state': (call) => {
    const id = episodeOf(call);
    const session = new OpenEnvSession(call.registry, call.agentRoot);
    if (id !== undefined) session.join(id);
    return { status: 200, json: session.state() };
  },

  'GET /metadata': ({ registry }) => ({ status: 200, json: openEnvMetadata(registry.environment) }),
  'GET /schema': () => ({ status: 200, json: OPENENV_SCHEMAS }),
  'GET /health': () => ({ status: 200, json: { status: 'healthy' } }),
  'GET /openapi.json': () => ({ status: 200, json: openApiOf(Object.keys(OPENENV_CALLS)) }),
  ...OPENENV_MCP_CALLS,
};

/** Without an id nobody can come back to the episode, so it is forgotten. */
async function inSession(
  call: Call,
  id: string | undefined,
  use: (session: OpenEnvSession) => Promise<OpenEnvResult>,
): Promise<Reply> {
  const session = new OpenEnvSession(call.registry, call.agentRoot);
  try {
    return { status: 200, json: (await use(session)) as unknown as Json };
  } finally {
    if (id === undefined) session.forget();
  }
}

/** @throws {MynahError} ERR_CALL_INVALID */
function episodeOf({ header, body }: Call): string | undefined {
  const named = header('x-episode-id') ?? (isObject(body) ? body['episode_id'] : undefined);
  return named === undefined || named === null ? undefined : checkedEpisodeId(named);
}

/** An empty object where there is no body, undefined where it is no JSON. */
function bodyOf(call: Call): Json | undefined {
  try {
    return call.body ?? {};
  } catch (error) {
    if (error instanceof MynahError) return undefined;
    throw error;
  }
}

const JSON_INVALID: FieldError = { type: 'json_invalid', loc: [], msg: 'JSON decode error', input: {} };

function notAnObject(input: Json): FieldError {
  return {
    type: 'model_attributes_type',
    loc: [],
    msg: 'Input should be a valid dictionary or object to extract fields from',
    input,
  };
}

function refused(errors: readonly FieldError[]): Reply {
  return {
    status: 422,
    json: { detail: errors.map((error) => ({ ...error, loc: ['body', ...error.loc] })) as unknown as Json },
  };
}
