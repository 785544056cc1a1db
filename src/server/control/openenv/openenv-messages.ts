// The messages of an OpenEnv session over WebSocket, as text frames of JSON, and the errors in the shape that its clients
// know: pydantic's field errors.
import { MynahError } from '../../../core/std/errors.ts';
import { isObject, parseJson, type Json, type JsonObject } from '../../../core/std/json.ts';

export type OpenEnvMessage =
  { readonly type: 'reset' | 'step' | 'mcp'; readonly data: JsonObject } | { readonly type: 'state' | 'close' };

export interface FieldError {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: Json;
  readonly ctx?: JsonObject;
}

export type ErrorCode = 'INVALID_JSON' | 'UNKNOWN_TYPE' | 'VALIDATION_ERROR' | 'EXECUTION_ERROR' | 'CAPACITY_REACHED';

/** Where the reference says what its errors mean. */
const ERROR_PAGES = 'https://errors.pydantic.dev/2.13/v';

/** An error frame; the session goes on after it. */
export function errorFrame(code: ErrorCode, message: string, more: JsonObject = {}): JsonObject {
  return { type: 'error', data: { message, code, ...more } };
}

/** The message in a frame, or the error frame that answers it. */
export function parseMessage(text: string): { readonly message: OpenEnvMessage } | { readonly error: JsonObject } {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    return {
      error: errorFrame('INVALID_JSON', `Invalid JSON: ${error instanceof MynahError ? error.message : 'malformed'}`),
    };
  }
  const type = isObject(value) ? value['type'] : undefined;
  switch (type) {
    case 'state':
    case 'close':
      return checked(value as JsonObject, ['type'], () => ({ type }));
    case 'reset':
      // The reference takes a reset without data.
      return checked(value as JsonObject, ['type', 'data'], (data) => ({ type, data }), {}, seedErrors);
    case 'step':
      return checked(value as JsonObject, ['type', 'data'], (data) => ({ type, data }), undefined, actionErrors);
    case 'mcp':
      return checked(value as JsonObject, ['type', 'data'], (data) => ({ type, data }));
    default:
      return { error: errorFrame('UNKNOWN_TYPE', `Unknown message type: ${typeof type === 'string' ? type : ''}`) };
  }
}

/** What is wrong with the seed of a reset. */
export function seedErrors(data: JsonObject): readonly FieldError[] {
  const { seed } = data;
  if (seed === undefined || seed === null) return [];
  if (typeof seed !== 'number' || !Number.isSafeInteger(seed)) {
    return [{ type: 'int_type', loc: ['seed'], msg: 'Input should be a valid integer', input: seed }];
  }
  if (seed >= 0) return [];
  return [
    {
      type: 'greater_than_equal',
      loc: ['seed'],
      msg: 'Input should be greater than or equal to 0',
      input: seed,
      ctx: { ge: 0 },
    },
  ];
}

/** What is missing in an action: a request, an answer, or a question for tools or to one of them. */
export function actionErrors(action: JsonObject): readonly FieldError[] {
  if (Object.hasOwn(action, 'answer') || action['type'] === 'list_tools') return [];
  const wanted = action['type'] === 'call_tool' ? ['tool_name'] : ['method', 'path'];
  return wanted.filter((name) => !Object.hasOwn(action, name)).map((name) => missing(name, action));
}

export function missing(name: string, input: JsonObject): FieldError {
  return { type: 'missing', loc: [name], msg: 'Field required', input };
}

function checked(
  value: JsonObject,
  allowed: readonly string[],
  make: (data: JsonObject) => OpenEnvMessage,
  absent?: JsonObject,
  complain: (data: JsonObject) => readonly FieldError[] = () => [],
): { readonly message: OpenEnvMessage } | { readonly error: JsonObject } {
  const data = allowed.includes('data') ? (value['data'] ?? absent) : {};
  const errors: FieldError[] = [];
  if (data === undefined) errors.push(missing('data', value));
  else if (!isObject(data))
    errors.push({ type: 'dict_type', loc: ['data'], msg: 'Input should be a valid dictionary', input: data });
  else errors.push(...complain(data));
  for (const [name, input] of Object.entries(value)) {
    if (!allowed.includes(name))
      errors.push({ type: 'extra_forbidden', loc: [name], msg: 'Extra inputs are not permitted', input });
  }
  if (errors.length === 0) return { message: make(data as JsonObject) };
  const documented = errors.map((error) => ({ ...error, url: `${ERROR_PAGES}/${error.type}` }));
  return { error: errorFrame('VALIDATION_ERROR', 'Invalid message', { errors: documented as unknown as Json }) };
}
