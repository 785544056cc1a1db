// Pass "operations": one path that takes many kinds of calls, told apart by the body: GraphQL (`query`) and JSON-RPC
// (`method`), whose answers say by their members that something was refused, and actions (`Action=ListUsers`) that are
// answered each in a kind of XML document of its own. Each operation is inferred as a route of its own; in the model they
// are rules of one route.
import { groupByRoute } from '../evidence.ts';
import type { Binding, Route, Rule } from '../../model/clone-model.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isSuccess, type Call } from './call.ts';
import { memberText, quote } from '../explain/literal.ts';
import type { CallRoute } from '../entities/routes.ts';

/** Which of a path's operations a call asks for. */
export interface Operation {
  /** Id of the route of the path. */
  readonly routeId: string;
  /** Member of the body that tells, and what it says. */
  readonly member: string;
  readonly value: string;
  /** Short name. */
  readonly label: string;
  /** Member of the body that holds the arguments; undefined where they stand beside the one that tells. */
  readonly input: string | undefined;
}

interface Protocol {
  readonly member: string;
  readonly input: string | undefined;
  speaks(body: JsonObject): boolean;
  label(value: string): string;
  isRead(value: string): boolean;
  /** The answer says no, whatever its status. */
  refuses(answer: JsonObject): boolean;
}

const DOCUMENT = /^\s*(query|mutation|subscription|fragment|\{)/;
const GRAPHQL_MEMBERS = new Set(['query', 'variables', 'operationName', 'extensions']);

const PROTOCOLS: readonly Protocol[] = [
  {
    member: 'method',
    input: 'params',
    speaks: ({ jsonrpc, method }) => typeof jsonrpc === 'string' && typeof method === 'string',
    label: (value) => value,
    isRead: () => false,
    refuses: ({ error }) => isObject(error),
  },
  {
    member: 'query',
    input: 'variables',
    speaks: (body) =>
      typeof body['query'] === 'string' &&
      DOCUMENT.test(body['query']) &&
      Object.keys(body).every((name) => GRAPHQL_MEMBERS.has(name)),
    label: (value) => /^\s*\w+\s+(\w+)/.exec(value)?.[1] ?? /\{\s*(\w+)/.exec(value)?.[1] ?? 'query',
    isRead: (value) => !/^\s*mutation\b|\}\s*mutation\b/.test(value),
    refuses: ({ errors, data }) =>
      isArray(errors) && errors.length > 0 && (!isObject(data) || Object.values(data).every((each) => each === null)),
  },
];

/** Share of a path's calls that must speak the protocol, and of those, how many different ones there may be. */
const SPEAKING_MIN = 0.9;
const OPERATIONS_MAX_SHARE = 0.5;
const VALUE_LENGTH_MAX = 3_500;

export function splitOperations(
  calls: readonly Call[],
  routes: readonly CallRoute[],
): { readonly calls: readonly Call[]; readonly routes: readonly CallRoute[] } {
  const posts = calls.filter(({ method }) => method === 'POST');
  const groups = groupByRoute(posts, routes);
  const found = new Map<number, { readonly operation: Operation; readonly call: Call }>();
  for (const [routeId, group] of groups) {
    const protocol =
      PROTOCOLS.find(
        ({ speaks }) =>
          group.filter(({ body }) => isObject(body) && speaks(body)).length >= SPEAKING_MIN * group.length,
      ) ?? actionsOf(group);
    if (protocol === undefined) continue;
    const said = group.filter(({ body }) => isObject(body) && protocol.speaks(body));
    const values = [...new Set(said.map(({ body }) => valueIn(body, protocol.member)))];
    if (values.length > Math.max(2, OPERATIONS_MAX_SHARE * said.length)) continue;
    if (values.some((value) => value.length > VALUE_LENGTH_MAX)) continue;
    const labels = labelsOf(values, protocol);
    for (const call of said) {
      const value = valueIn(call.body, protocol.member);
      const { member, input } = protocol;
      const operation = { routeId, member, value, label: labels.get(value) ?? '', input };
      const refused = call.refused || (isObject(call.answer) && protocol.refuses(call.answer));
      found.set(call.index, { operation, call: { ...call, refused, isQuery: protocol.isRead(value) } });
    }
  }
  if (found.size === 0) return { calls, routes };
  return {
    calls: calls.map((call) => found.get(call.index)?.call ?? call),
    routes: routes.map((route, index) => {
      const operation = found.get(index)?.operation;
      return operation === undefined ? route : { ...route, id: `${route.id} ${operation.label}`, operation };
    }),
  };
}

/** Values that read like the name of an action (`ListUsers`, `queue.purge`). */
const ACTION = /^[A-Za-z][\w.:-]{2,59}$/;
/** Share of the good answers in XML whose kind of document belongs to one action alone. */
const OWN_DOCUMENTS_MIN = 0.9;

/** Where a member of all bodies says which kind of document answers, it names actions (`Action=ListUsers`). */
function actionsOf(group: readonly Call[]): Protocol | undefined {
  const good = group.filter((call) => call.xml !== undefined && isSuccess(call));
  if (good.length < 2) return undefined;
  const speaking = new Map<string, number>();
  for (const { body } of group)
    for (const name of isObject(body) ? Object.keys(body) : [])
      if (ACTION.test(valueIn(body, name))) speaking.set(name, (speaking.get(name) ?? 0) + 1);
  const usual = [...speaking].filter(([, count]) => count >= SPEAKING_MIN * group.length).map(([name]) => name);
  const member = usual.find((name) => {
    const actions = new Map<string, Set<string>>();
    for (const { body, xml } of good)
      actions.set(xml?.name ?? '', (actions.get(xml?.name ?? '') ?? new Set()).add(valueIn(body, name)));
    const own = good.filter(({ xml }) => actions.get(xml?.name ?? '')?.size === 1);
    return actions.size >= 2 && own.length >= OWN_DOCUMENTS_MIN * good.length;
  });
  return member === undefined
    ? undefined
    : {
        member,
        input: undefined,
        speaks: (body) => ACTION.test(valueIn(body, member)),
        label: (value) => value,
        isRead: () => false,
        refuses: () => false,
      };
}

const valueIn = (body: Json | undefined, member: string): string =>
  isObject(body) && typeof body[member] === 'string' ? body[member] : '';

/** A name without blanks for each value, each another one. */
function labelsOf(values: readonly string[], { label }: Protocol): Map<string, string> {
  const used = new Set<string>();
  const labels = new Map<string, string>();
  for (const value of values) {
    const base = label(value).replace(/\s+/g, '-');
    let name = base;
    for (let number = 2; used.has(name); number++) name = `${base}-${number}`;
    used.add(name);
    labels.set(value, name);
  }
  return labels;
}

/** The arguments of a call: a member of its body where the path takes operations, the body itself elsewhere. */
export const argumentsOf = ({ body }: Call, { operation }: CallRoute): Json | undefined =>
  operation?.input === undefined || !isObject(body) ? body : body[operation.input];

/** One route for each path: the rules of its operations, each where the body asks for it. */
export function joinOperations(callRoutes: readonly CallRoute[], routes: readonly Route[]): Route[] {
  const operations = new Map<string, Operation>();
  for (const { id, operation } of callRoutes) if (operation !== undefined) operations.set(id, operation);
  if (operations.size === 0) return [...routes];
  const joined = new Map<string, Route>();
  const plain = routes.filter(({ id }) => !operations.has(id));
  for (const route of routes) {
    const operation = operations.get(route.id);
    if (operation === undefined) continue;
    const before = joined.get(operation.routeId) ?? { ...route, id: operation.routeId, guards: [], cases: [] };
    joined.set(operation.routeId, {
      ...before,
      bindings: distinct([...(before.bindings ?? []), ...(route.bindings ?? [])]),
      cases: [...before.cases, ...[...(route.guards ?? []), ...route.cases].map((rule) => askedFor(operation, rule))],
    });
  }
  const others = plain.map((route) => {
    const own = joined.get(route.id);
    if (own === undefined) return route;
    joined.delete(route.id);
    const bindings = distinct([...(own.bindings ?? []), ...(route.bindings ?? [])]);
    return { ...own, bindings, cases: [...own.cases, ...(route.guards ?? []), ...route.cases] };
  });
  return [...others, ...joined.values()]
    .map(({ bindings = [], guards = [], ...route }) => ({
      ...route,
      ...(bindings.length > 0 ? { bindings } : {}),
      ...(guards.length > 0 ? { guards } : {}),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function askedFor({ member, value }: Operation, rule: Rule): Rule {
  const asked = `${memberText('body', member)} == ${quote(value)}`;
  return { ...rule, when: rule.when === undefined ? asked : `${asked} && (${rule.when})` };
}

function distinct(bindings: readonly Binding[]): Binding[] {
  const known = new Map(bindings.map((binding) => [binding.name, binding]));
  return [...known.values()];
}
