// A request as rules see it: path, query and body as JSON values. The compiler learns over exactly what the runtime
// evaluates, so both use this one reading.
import { parseForm } from './form.ts';
import { headerValue, type Body, type Header, type HttpRequest } from './exchange.ts';
import { isObject, tryParseJson, type Json, type JsonObject } from '../std/json.ts';

export type BodyKind = 'none' | 'json' | 'form' | 'text' | 'binary';

export interface RequestView {
  readonly method: string;
  /** Path as sent, without query. */
  readonly path: string;
  readonly query: JsonObject;
  readonly body: Json | undefined;
  readonly bodyKind: BodyKind;
  readonly header: JsonObject;
}

/** Reads a request: query and form values are strings (lists where a name repeats, objects for `a[b]=c`). */
export function viewRequest(request: HttpRequest): RequestView {
  const mark = request.target.indexOf('?');
  const path = mark < 0 ? request.target : request.target.slice(0, mark);
  const query = mark < 0 ? {} : parseForm(request.target.slice(mark + 1));
  const { body, kind } = viewBody(request.body, request.headers);
  return { method: request.method, path, query, body, bodyKind: kind, header: viewHeaders(request.headers) };
}

/** By the list; one that comes again is not read again. */
const viewedHeaders = new WeakMap<readonly Header[], JsonObject>();

function viewHeaders(headers: readonly Header[]): JsonObject {
  const known = viewedHeaders.get(headers);
  if (known !== undefined) return known;
  const view: Record<string, Json> = {};
  for (const [name, value] of headers) view[name] ??= value;
  viewedHeaders.set(headers, view);
  return view;
}

/**
 * What a request asks of a list, by parameter: the query, and for other methods than GET and HEAD the members of the body
 * too, where services ask for lists by POST. Parameters in brackets go by their whole name.
 */
export function listParameters(request: Pick<RequestView, 'method' | 'query' | 'body'>): JsonObject {
  const { method, query, body } = request;
  const asked = Object.values(query).some(isObject) ? Object.fromEntries(flatMembers(query)) : query;
  if (method === 'GET' || method === 'HEAD' || !isObject(body)) return asked;
  return { ...body, ...asked };
}

/** Members of objects by the names that they are sent under: `filter[state]`. */
function* flatMembers(query: JsonObject): Generator<[string, Json]> {
  for (const [name, value] of Object.entries(query)) {
    if (!isObject(value)) yield [name, value];
    else
      for (const [inner, member] of flatMembers(value))
        yield [`${name}[${inner.replace('[', '][').replace(/\]$/, '')}]`, member];
  }
}

/** Reads a body by its content type, and by its own look where the type is missing or wrong. */
export function viewBody(
  body: Body | undefined,
  headers: readonly Header[],
): { body: Json | undefined; kind: BodyKind } {
  if (body === undefined) return { body: undefined, kind: 'none' };
  if ('base64' in body) return { body: undefined, kind: 'binary' };
  if (body.text === '') return { body: undefined, kind: 'none' };
  const type = headerValue(headers, 'content-type')?.toLowerCase() ?? '';
  if (type.includes('x-www-form-urlencoded')) return { body: parseForm(body.text), kind: 'form' };
  if (type === '' || type.includes('json') || type.startsWith('text/')) {
    const json = tryParseJson(body.text);
    if (json !== undefined && (type.includes('json') || typeof json === 'object')) return { body: json, kind: 'json' };
  }
  return { body: body.text, kind: 'text' };
}
