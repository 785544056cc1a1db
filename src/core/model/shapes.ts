// Counts of what answers look like, per route, status and field: what drift compares with fresh counts. One unit of evidence
// is a distinct question (session, target and request body): neither the rows of a list nor a repeated question count twice.
import type { Exchange, HttpResponse } from '../exchange/exchange.ts';
import { viewBody, viewRequest } from '../exchange/request-view.ts';
import { isArray, isObject, memberOf, printJson, type Json } from '../std/json.ts';
import type { AskedShape } from './asked-shapes.ts';
import { kindOf, type Kind } from './body-profile.ts';
import { countFields } from './shape-counts.ts';
import type { TextFormat } from './text-format.ts';

export const SHAPES_FORMAT_VERSION = 1;

/** A member of an object, an element of an array, or the body itself. All counts but `sessions` are in units of evidence. */
export interface FieldShape {
  /** Units in which the object that holds it occurred; for elements and the body itself, those in which it did itself. */
  readonly of: number;
  /** Units in which some such object had it. */
  readonly some: number;
  /** Units in which every such object had it. */
  readonly every: number;
  /** Sessions in which it occurred. */
  readonly sessions: number;
  readonly kinds: Readonly<Partial<Record<Kind, number>>>;
  /** Units in which all its strings had that format. */
  readonly formats?: Readonly<Partial<Record<TextFormat, number>>>;
  /** Units by string, while there are few distinct ones. */
  readonly values?: Readonly<Record<string, number>>;
  /** Its keys are themselves values (ids, dates, names), not fields. */
  readonly isMap?: boolean;
}

/** The answers of one route with one status. */
export interface AnswerShape {
  readonly status: number;
  /** What the body itself says about success, where it does (`"ok": false`): such answers differ as statuses do. */
  readonly outcome?: boolean;
  /** Units of evidence. */
  readonly count: number;
  readonly sessions: number;
  /** By path: `items[].id`; the body itself has the path ''. Empty when no answer had a JSON body. */
  readonly fields: Readonly<Record<string, FieldShape>>;
}

export interface RouteShape {
  readonly service: string;
  readonly route: string;
  readonly answers: readonly AnswerShape[];
  /** What it was asked; absent where no request was taken. */
  readonly asked?: AskedShape;
}

export interface Shapes {
  readonly formatVersion: typeof SHAPES_FORMAT_VERSION;
  /** In order of service and route. */
  readonly routes: readonly RouteShape[];
  /** Kinds of values that requests sent, by key: fields of these names can change with what a client sends. */
  readonly sent: Readonly<Record<string, readonly Kind[]>>;
}

/** An exchange and the route that it asked. */
export interface RoutedExchange {
  readonly service: string;
  readonly route: string;
  /** Parameters of its path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly exchange: Exchange;
}

/** Bodies of the answers to one question; none when they are not JSON. */
export interface Answered {
  readonly session: string;
  readonly bodies: Json[];
}

interface AnswerGroup {
  readonly status: number;
  readonly outcome: boolean | undefined;
  readonly questions: Map<string, Answered>;
}

interface RouteGroup {
  readonly service: string;
  readonly route: string;
  readonly answers: Map<string, AnswerGroup>;
}

/** Counts the answers of a recording. Exchanges without an answer, or with a body that was cut, count for nothing. */
export function collectShapes(routed: readonly RoutedExchange[]): Shapes {
  const routes = new Map<string, RouteGroup>();
  const sent = new Map<string, Set<Kind>>();
  for (const { service, route, exchange } of routed) {
    if (exchange.response === undefined || exchange.truncated !== undefined) continue;
    addSentKinds(sent, viewRequest(exchange.request).body);
    const group = entryOf(routes, printJson([service, route]), () => ({ service, route, answers: new Map() }));
    addAnswer(group, exchange, exchange.response);
  }
  return {
    formatVersion: SHAPES_FORMAT_VERSION,
    routes: [...routes.values()]
      .map(routeShape)
      .sort((a, b) => compare(a.service, b.service) || compare(a.route, b.route)),
    sent: Object.fromEntries(
      [...sent].sort(([a], [b]) => compare(a, b)).map(([key, kinds]) => [key, [...kinds].sort(compare)]),
    ),
  };
}

function addAnswer({ answers }: RouteGroup, { session, request }: Exchange, response: HttpResponse): void {
  const { body, kind } = viewBody(response.body, response.headers);
  const json = kind === 'json' ? body : undefined;
  const { status } = response;
  const outcome = outcomeOf(json);
  const group = entryOf(answers, `${status} ${outcome ?? ''}`, () => ({ status, outcome, questions: new Map() }));
  const question = printJson([session, request.target, request.body === undefined ? null : { ...request.body }]);
  const answered = entryOf(group.questions, question, () => ({ session, bodies: [] }));
  if (json !== undefined) answered.bodies.push(json);
}

/** APIs that answer 200 to everything say in the body whether it went well. */
function outcomeOf(body: Json | undefined): boolean | undefined {
  const outcome = memberOf(body, 'ok') ?? memberOf(body, 'success');
  return typeof outcome === 'boolean' ? outcome : undefined;
}

function routeShape({ service, route, answers }: RouteGroup): RouteShape {
  const groups = [...answers.values()].sort(
    (a, b) => a.status - b.status || Number(a.outcome ?? 2) - Number(b.outcome ?? 2),
  );
  return {
    service,
    route,
    answers: groups.map(({ status, outcome, questions }) => {
      const answered = [...questions.values()];
      const sessions = new Set(answered.map(({ session }) => session)).size;
      const counts = { count: answered.length, sessions, fields: countFields(answered) };
      return outcome === undefined ? { status, ...counts } : { status, outcome, ...counts };
    }),
  };
}

function addSentKinds(sent: Map<string, Set<Kind>>, value: Json | undefined): void {
  if (isArray(value)) for (const element of value) addSentKinds(sent, element);
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      entryOf(sent, key, () => new Set()).add(kindOf(member));
      addSentKinds(sent, member);
    }
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
