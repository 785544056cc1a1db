// The JSON Schema of a tool's arguments. They are nested (`path`, `query`, `body`, `headers`), because parameters of APIs have any
// name, and some names mean something to those who call tools.
import type { AskedShape } from '../model/asked-shapes.ts';
import type { Route } from '../model/clone-model.ts';
import { routeExpressions } from '../model/expression-sites.ts';
import { routeParameters } from '../model/route-path.ts';
import type { JsonObject } from '../std/json.ts';
import { objectSchema, valueSchema, type FieldShapes } from './field-schema.ts';

const HEADERS: JsonObject = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Further headers of the request.',
};

/** Typed by what the route was asked; where nothing was recorded, its rules tell the names. */
export function argumentsSchema(route: Route, asked: AskedShape | undefined): JsonObject {
  const parameters = routeParameters(route.path);
  const { query, body, needsBody } = asked === undefined ? namedByRules(route) : recorded(asked);
  const required = [...(parameters.length > 0 ? ['path'] : []), ...(needsBody ? ['body'] : [])];
  return {
    type: 'object',
    properties: {
      ...(parameters.length > 0 ? { path: pathSchema(parameters, asked?.path ?? {}) } : {}),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body }),
      headers: HEADERS,
    },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

interface Parts {
  readonly query: JsonObject | undefined;
  readonly body: JsonObject | undefined;
  readonly needsBody: boolean;
}

function recorded({ query, body, bodies }: AskedShape): Parts {
  const isSent = body[''] !== undefined;
  const schema = isSent ? valueSchema(body, '', (bodies.json ?? 0) > 0 ? 'json' : 'text') : undefined;
  const text = (bodies.text ?? 0) > 0 ? { type: 'string' } : undefined;
  return {
    query: Object.keys(query).length === 0 ? undefined : optional(objectSchema(query, '', 'text')),
    body: schema ?? text,
    needsBody: (bodies.none ?? 0) === 0 && (isSent || text !== undefined),
  };
}

/** What every recorded request had in its query, other requests can do without. */
function optional({ required: _required, ...schema }: JsonObject): JsonObject {
  return schema;
}

function pathSchema(parameters: readonly string[], fields: FieldShapes): JsonObject {
  const properties = parameters.map((name) => {
    const schema = valueSchema(fields, name, 'text');
    return [name, schema['type'] === undefined ? { type: 'string' } : schema] as const;
  });
  const members = { properties: Object.fromEntries(properties), required: [...parameters] };
  return { type: 'object', ...members, additionalProperties: false };
}

function namedByRules(route: Route): Parts {
  const [query, body] = [new Set<string>(), new Set<string>()];
  for (const { text } of routeExpressions(route)) {
    for (const [, part, name = ''] of text.matchAll(/\b(query|body)\.([A-Za-z_]\w*)/g))
      (part === 'query' ? query : body).add(name);
  }
  for (const { query: list } of [...(route.guards ?? []), ...route.cases]) {
    if (list === undefined) continue;
    const { filters = [], page, sort } = list;
    const names = [...filters.map(({ param }) => param), page?.at, page?.size, sort?.by, sort?.direction];
    for (const name of names) if (name !== undefined) (route.method === 'GET' ? query : body).add(name);
  }
  return { query: untyped(query), body: untyped(body), needsBody: false };
}

function untyped(names: ReadonlySet<string>): JsonObject | undefined {
  if (names.size === 0) return undefined;
  return { type: 'object', properties: Object.fromEntries([...names].map((name) => [name, {}])) };
}
