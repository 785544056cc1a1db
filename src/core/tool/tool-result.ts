// What a call of a tool gives, in the members that clients of MCP and of OpenEnv look for.
import { printJson, type Json, type JsonObject } from '../std/json.ts';

/** @param observation status, headers and body, as `step` gives them */
export function toolResult(observation: JsonObject): JsonObject {
  const { status, body } = observation;
  const isError = typeof status === 'number' && status >= 400;
  return {
    content: [{ type: 'text', text: textOf(status ?? 0, body ?? null, isError) }],
    structuredContent: observation,
    isError,
  };
}

/** The call could not be made; nothing has happened. */
export function toolFailure(message: string): JsonObject {
  return { content: [{ type: 'text', text: message }], isError: true };
}

/** The body; where that alone does not tell how it went, with the status. */
function textOf(status: Json, body: Json, isError: boolean): string {
  const text = body === null ? '' : typeof body === 'string' ? body : printJson(body);
  if (text === '') return `HTTP ${printJson(status)}`;
  return isError ? `HTTP ${printJson(status)}\n${text}` : text;
}
