// Calls of tools as requests of an agent: one call is one step, as if the agent had sent the request itself.
import { requestOfAction } from '../../core/episode/action.ts';
import { observationOf } from '../../core/episode/observation.ts';
import type { Service } from '../../core/model/clone-model.ts';
import { MynahError } from '../../core/std/errors.ts';
import { printJson, type Json, type JsonObject } from '../../core/std/json.ts';
import { actionOfTool } from '../../core/tool/tool-call.ts';
import { toolFailure, toolResult } from '../../core/tool/tool-result.ts';
import type { Tool } from '../../core/tool/tool.ts';
import type { ClonedAnswer, ClonedApi } from './cloned-api.ts';

/** What came of a call: a result, or why the episode did not answer. */
export type ToolAnswer =
  { readonly result: JsonObject } | { readonly refusal: Exclude<ClonedAnswer['kind'], 'answer'> | 'no-tool' };

/**
 * Calls a tool in an episode. Arguments that the tool does not take are a result that says so, because whoever chose them can
 * choose better ones; nothing has happened then.
 *
 * @param sent headers of the caller; a credential among them takes the place of the first recorded one
 */
export async function callTool(
  api: ClonedApi,
  episode: string,
  name: string,
  given: Json | undefined,
  sent: JsonObject,
): Promise<ToolAnswer> {
  const tool = api.tools().get(name);
  if (tool === undefined) return { refusal: 'no-tool' };
  try {
    const action = actionOfTool(tool, given, headersFor(tool, api.services, sent));
    const answered = await api.answer(episode, requestOfAction(action, api.services));
    return answered.kind === 'answer'
      ? { result: toolResult(observationOf(answered.response)) }
      : { refusal: answered.kind };
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    return { result: toolFailure(error.message) };
  }
}

/** Who calls: by a credential of their own, else the first whose credential was recorded; and their trace. */
export function headersFor(tool: Tool, services: readonly Service[], sent: JsonObject): JsonObject {
  const principals = services.find(({ name }) => name === tool.service)?.principals ?? [];
  const credentials = principals.flatMap(({ credential }) => credential ?? []);
  const own = ['traceparent', ...credentials.map(({ header }) => header)].flatMap((name) => {
    const value = sent[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const [first] = credentials;
  return { ...(first === undefined ? {} : { [first.header]: first.value }), ...Object.fromEntries(own) };
}

/** Tools as MCP lists them. */
export function listedTools(api: ClonedApi): readonly JsonObject[] {
  return [...api.tools().values()].map(({ name, description, inputSchema, route }) => ({
    name,
    description,
    inputSchema,
    ...(route === undefined ? {} : { annotations: hintsOf(route.method) }),
  }));
}

function hintsOf(method: string): JsonObject {
  if (method === 'GET') return { readOnlyHint: true };
  return {
    readOnlyHint: false,
    destructiveHint: method === 'DELETE',
    idempotentHint: method === 'PUT' || method === 'DELETE',
  };
}

/** A value that others print: its numbers as JavaScript has them. */
export function plainJson(value: JsonObject): Record<string, unknown> {
  return JSON.parse(printJson(value)) as Record<string, unknown>;
}
