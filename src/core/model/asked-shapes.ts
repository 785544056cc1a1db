// Counts of what the requests of a route look like: its path parameters, query and body. What tools are typed by. Requests
// that the service refused do not count, because they show what it does not take.
import { viewBody, viewRequest, type BodyKind } from '../exchange/request-view.ts';
import { isObject, memberOf, printJson, type Json } from '../std/json.ts';
import { countFields } from './shape-counts.ts';
import type { Answered, FieldShape, RoutedExchange, Shapes } from './shapes.ts';

/** All counts are in units of evidence, as those of answers are. */
export interface AskedShape {
  readonly count: number;
  /** Requests by what their body was. */
  readonly bodies: Readonly<Partial<Record<BodyKind, number>>>;
  /** By parameter of the route's path. */
  readonly path: Readonly<Record<string, FieldShape>>;
  /** By path of a parameter: `page`, `filter.state`. */
  readonly query: Readonly<Record<string, FieldShape>>;
  /** By path of a member; the body itself has the path ''. Empty when no request had a body of JSON or a form. */
  readonly body: Readonly<Record<string, FieldShape>>;
}

interface Asked {
  readonly bodies: Map<BodyKind, number>;
  readonly parts: Record<'path' | 'query' | 'body', Answered[]>;
  readonly known: Set<string>;
}

/** The shapes with what each of their routes was asked. */
export function withAskedShapes(shapes: Shapes, routed: readonly RoutedExchange[]): Shapes {
  const asked = new Map<string, Asked>();
  for (const one of routed) {
    if (one.exchange.truncated === undefined && wasTaken(one)) addRequest(asked, one);
  }
  return {
    ...shapes,
    routes: shapes.routes.map((route) => {
      const requests = asked.get(printJson([route.service, route.route]));
      return requests === undefined ? route : { ...route, asked: askedShape(requests) };
    }),
  };
}

function wasTaken({ exchange: { response } }: RoutedExchange): boolean {
  if (response === undefined || response.status >= 400) return false;
  const { body } = viewBody(response.body, response.headers);
  return memberOf(body, 'ok') !== false && memberOf(body, 'success') !== false;
}

function addRequest(asked: Map<string, Asked>, { service, route, params, exchange }: RoutedExchange): void {
  const name = printJson([service, route]);
  const fresh: Asked = { bodies: new Map(), parts: { path: [], query: [], body: [] }, known: new Set() };
  const requests = asked.get(name) ?? fresh;
  asked.set(name, requests);
  const { session, request } = exchange;
  const question = printJson([session, request.target, request.body === undefined ? null : { ...request.body }]);
  if (requests.known.has(question)) return;
  requests.known.add(question);
  const { query, body, bodyKind } = viewRequest(request);
  requests.bodies.set(bodyKind, (requests.bodies.get(bodyKind) ?? 0) + 1);
  const add = (part: keyof Asked['parts'], value: Json) => requests.parts[part].push({ session, bodies: [value] });
  add('path', params ?? {});
  add('query', query);
  if (body !== undefined && (bodyKind === 'json' || bodyKind === 'form')) add('body', body);
}

function askedShape({ bodies, parts: { path, query, body }, known }: Asked): AskedShape {
  return {
    count: known.size,
    bodies: Object.fromEntries([...bodies].sort(([a], [b]) => (a < b ? -1 : 1))),
    path: membersOf(path),
    query: membersOf(query),
    body: countFields(body),
  };
}

/** Without the object itself, which is always there. */
function membersOf(objects: readonly Answered[]): Readonly<Record<string, FieldShape>> {
  if (!objects.some(({ bodies }) => bodies.some((value) => isObject(value) && Object.keys(value).length > 0)))
    return {};
  return Object.fromEntries(Object.entries(countFields(objects)).filter(([path]) => path !== ''));
}
