// A request as rules see it: path, query and body as JSON values. The compiler learns over exactly what the runtime
// evaluates, so both use this one reading.
import { parseForm } from './form.ts';
import { readPlainXml } from './xml-layout.ts';
import { parseXml } from '../std/xml.ts';
import { headerValue, type Body, type Header, type HttpRequest } from './exchange.ts';
import { isObject, tryParseJson, type Json, type JsonObject } from '../std/json.ts';

export type BodyKind = 'none' | 'json' | 'form' | 'xml' | 'text' | 'binary';

export interface RequestView {
  readonly method: string;
  /** Path as sent, without query. */
  readonly path: string;
  readonly query: JsonObject;
  readonly body: Json | undefined;
  readonly bodyKind: BodyKind;
  /** The body as it was sent, where it is text. */
  readonly text: string | undefined;
  readonly header: JsonObject;
}

/**
 * Reads a request: query and form values are strings (lists where a name repeats, objects for `a[b]=c`); a query value that
 * is a JSON object is that object.
 */
export function viewRequest(request: HttpRequest): RequestView {
  const mark = request.target.indexOf('?');
  const path = mark < 0 ? request.target : request.target.slice(0, mark);
  const query = mark < 0 ? {} : withObjects(parseForm(request.target.slice(mark + 1)));
  const { body, kind } = viewRequestBody(request);
  return {
    method: request.method,
    path,
    query,
    body,
    bodyKind: kind,
    text: textOf(request),
    header: viewHeaders(request.headers),
  };
}

const textOf = ({ body }: HttpRequest): string | undefined =>
  body !== undefined && 'text' in body ? body.text : undefined;

/** As `viewBody`, and XML as a value. */
function viewRequestBody({ body: sent, headers }: HttpRequest): { body: Json | undefined; kind: BodyKind } {
  const viewed = viewBody(sent, headers);
  if (viewed.kind !== 'text' || typeof viewed.body !== 'string' || !isXml(headers)) return viewed;
  const document = parseXml(viewed.body);
  return document === undefined ? viewed : { body: readPlainXml(document), kind: 'xml' };
}

/** Says so by its content type; pages are none. */
export const isXml = (headers: readonly Header[]): boolean =>
  /^\s*(?:application|text)\/(?:[\w.-]+\+)?xml\b/i.test(
    (headerValue(headers, 'content-type') ?? '').replace(/xhtml/i, ''),
  );

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

/** Filters and the like are sent as JSON too: `filter={"where":{"kind":"b"}}` says what `filter[where][kind]=b` says. */
function withObjects(query: JsonObject): JsonObject {
  const objects = Object.entries(query).flatMap(([name, value]) => {
    const object = typeof value === 'string' && /^\s*\{[^]*\}\s*$/.test(value) ? tryParseJson(value) : undefined;
    return isObject(object) ? [[name, object] as const] : [];
  });
  return objects.length === 0 ? query : { ...query, ...Object.fromEntries(objects) };
}

/**
 * What a request asks of a list, by parameter: the query, and for other methods than GET and HEAD the members of the body
 * too, where services ask for lists by POST. What stands in objects goes by the whole name that brackets give it.
 */
export function listParameters(request: Pick<RequestView, 'method' | 'query' | 'body'>): JsonObject {
  const { method, query, body } = request;
  return flattened(method === 'GET' || method === 'HEAD' || !isObject(body) ? query : { ...body, ...query });
}

/** An element of a list of requests as the body of a request of its own: what is no object is its member `item`. */
export function bodyOfElement(element: Json): JsonObject {
  return isObject(element) ? element : { item: element };
}

/** Members of objects by the names that they are sent under: `filter[state]`. */
export const flattened = (object: JsonObject): JsonObject =>
  Object.values(object).some(isObject) ? Object.fromEntries(flatMembers(object)) : object;

function* flatMembers(object: JsonObject): Generator<[string, Json]> {
  for (const [name, value] of Object.entries(object)) {
    if (!isObject(value) || Object.keys(value).length === 0) yield [name, value];
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
