// Pass "bulk calls": a request that carries a list, answered by a list of how each element fared, is so many small calls,
// one after the other. They stand before the call that carries them, under a route of their own, so that everything that
// is inferred of single calls is inferred of them too.
import { groupByRoute } from '../evidence.ts';
import { bodyOfElement } from '../../exchange/request-view.ts';
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from './call.ts';
import { memberText } from '../explain/literal.ts';
import type { CallRoute } from '../entities/routes.ts';
import { scalarText } from '../entities/sites.ts';
import { identityRank } from '../entities/words.ts';

/** Stands in the answer of a bulk call in place of the list of what the small calls answered. */
export const RESULTS = '\u0000results';

/** What a call that carries others knows of them. */
export interface Carried {
  /** Expression of the list. */
  readonly in: string;
  readonly results: readonly Json[];
}

const EACH = ' each';

/** The route of the small calls that the calls of a route carry. */
export const eachRouteOf = (route: string): string => `${route}${EACH}`;
export const isEachRoute = (route: string): boolean => route.endsWith(EACH);

export interface Unfolded {
  readonly calls: readonly Call[];
  readonly routes: readonly CallRoute[];
}

export function unfoldBulkCalls(calls: readonly Call[], routes: readonly CallRoute[]): Unfolded {
  const pairs = new Map<string, Pair>();
  for (const [id, group] of groupByRoute(calls, routes)) {
    const pair = findPair(group);
    if (pair !== undefined) pairs.set(id, pair);
  }
  if (pairs.size === 0) return { calls, routes };
  const unfolded: { calls: Call[]; routes: CallRoute[] } = { calls: [], routes: [] };
  for (const call of calls) {
    const route = routes[call.index] as CallRoute;
    const pair = pairs.get(route.id);
    const lists = pair === undefined ? undefined : listsOf(call, pair);
    if (pair === undefined || lists === undefined) {
      unfolded.calls.push({ ...call, index: unfolded.calls.length });
      unfolded.routes.push(route);
      continue;
    }
    lists.asked.forEach((element, i) => {
      const answer = lists.answered[i] as Json;
      unfolded.calls.push({ ...smallCall(call, element, answer, pair), index: unfolded.calls.length });
      unfolded.routes.push({ ...route, id: eachRouteOf(route.id) });
    });
    unfolded.calls.push({
      ...call,
      index: unfolded.calls.length,
      answer: withAt(call.answer as Json, pair.answered, RESULTS),
      carries: { in: pair.asked.reduce(memberText, 'body'), results: lists.answered },
    });
    unfolded.routes.push(route);
  }
  return unfolded;
}

/** Where the list stands in requests and in answers: names of members. */
interface Pair {
  readonly asked: readonly string[];
  readonly answered: readonly string[];
}

const CALLS_MIN = 3;
const ALIGNED_MIN = 0.95;
/** Share of the elements whose answers tell a value of theirs. */
const TOLD_MIN = 0.6;

function findPair(group: readonly Call[]): Pair | undefined {
  const good = group.filter((call) => !isRead(call) && isSuccess(call) && call.bodyKind === 'json');
  const first = good.find((call) => [...listPaths(call.body)].length > 0);
  if (good.length < CALLS_MIN || first === undefined) return undefined;
  for (const asked of listPaths(first.body))
    for (const answered of listPaths(first.answer))
      if (isAligned(good, { asked, answered })) return { asked, answered };
  return undefined;
}

function isAligned(calls: readonly Call[], pair: Pair): boolean {
  const asking = calls.filter((call) => listAt(call.body, pair.asked) !== undefined);
  const lists = asking.map((call) => listsOf(call, pair)).filter((each) => each !== undefined);
  if (lists.length < CALLS_MIN || lists.length < ALIGNED_MIN * asking.length) return false;
  if (calls.some((call) => namesItself(call.answer, pair.answered))) return false;
  const elements = lists.flatMap(({ asked, answered }) => asked.map((element, i) => [element, answered[i]] as const));
  // A PUT of names says which ones there shall be: a set, replaced as a whole.
  if (calls[0]?.method === 'PUT' && elements.some(([element]) => !isObject(element))) return false;
  if (elements.length === 0 || elements.filter(([a, b]) => equalJson(a, b as Json)).length > 0.3 * elements.length)
    return false;
  const told = elements.filter(([element, answer]) => tells(element, answer as Json)).length;
  return told >= TOLD_MIN * elements.length;
}

/** An answer around the list that has an identity of its own is one thing with parts. */
function namesItself(answer: Json | undefined, path: readonly string[]): boolean {
  let at = answer;
  for (const name of path) {
    if (!isObject(at)) return false;
    if (Object.entries(at).some(([other, value]) => other !== name && identityRank(other) >= 2 && scalarText(value)))
      return true;
    at = at[name];
  }
  return false;
}

/** A value of the element that says something stands in its answer too. */
function tells(element: Json, answer: Json): boolean {
  const own = new Set(scalarsOf(element));
  return [...scalarsOf(answer)].some((text) => own.has(text));
}

function* scalarsOf(value: Json, depth = 3): Iterable<string> {
  const text = scalarText(value);
  if (text !== undefined) yield text;
  else if (depth > 0 && isArray(value)) for (const each of value) yield* scalarsOf(each, depth - 1);
  else if (depth > 0 && isObject(value)) for (const each of Object.values(value)) yield* scalarsOf(each, depth - 1);
}

/** Paths of lists: the value itself, its members, theirs. */
function* listPaths(value: Json | undefined, depth = 2): Iterable<readonly string[]> {
  if (isArray(value)) yield [];
  else if (depth > 0 && isObject(value))
    for (const [name, member] of Object.entries(value))
      for (const path of listPaths(member, depth - 1)) yield [name, ...path];
}

function listAt(value: Json | undefined, path: readonly string[]): readonly Json[] | undefined {
  let at = value;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  return isArray(at) ? at : undefined;
}

function listsOf(call: Call, pair: Pair): { asked: readonly Json[]; answered: readonly Json[] } | undefined {
  if (!isSuccess(call)) return undefined;
  const asked = listAt(call.body, pair.asked);
  const answered = listAt(call.answer, pair.answered);
  return asked === undefined || answered === undefined || asked.length !== answered.length
    ? undefined
    : { asked, answered };
}

function withAt(value: Json, path: readonly string[], put: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined || !isObject(value)) return put;
  return { ...value, [name]: withAt(value[name] as Json, rest, put) };
}

function smallCall(call: Call, element: Json, answer: Json, pair: Pair): Call {
  const whole = pair.asked.length === 0 ? undefined : withAt(call.body as Json, pair.asked, RESULTS);
  return {
    ...call,
    body: bodyOfElement(element),
    answer,
    headers: [],
    refused: isRefusal(element, answer),
    ...(whole === undefined ? {} : { whole: withoutMarks(whole) }),
  };
}

const withoutMarks = (whole: Json): JsonObject =>
  Object.fromEntries(Object.entries(isObject(whole) ? whole : {}).filter(([, value]) => value !== RESULTS));

const NO = /not.?found|missing|error|fail|conflict|invalid|denied|forbidden|unknown|reject|exist/i;

/**
 * The answer of one element says no: by a status, a flag, an error, a word that the element did not say itself, or
 * because there is nothing in it but what the element said, and `false`.
 */
function isRefusal(element: Json, answer: Json): boolean {
  if (!isObject(answer)) return false;
  const said = new Set(scalarsOf(element));
  const news = Object.values(answer).filter((value) => !said.has(scalarText(value) ?? ''));
  if (news.length === 1 && news[0] === false) return true;
  return Object.entries(answer).some(([name, value]) => {
    if (/^(errors?|problem|failure)$/i.test(name)) return value !== null && value !== false && !isEmpty(value);
    if (/^(status|code|statusCode)$/i.test(name) && typeof value === 'number') return value >= 400 && value < 600;
    if (/^(ok|success|succeeded|found|exists)$/i.test(name)) return value === false;
    return (
      /^(status|result|outcome|state)$/i.test(name) && typeof value === 'string' && !said.has(value) && NO.test(value)
    );
  });
}

const isEmpty = (value: Json): boolean => isArray(value) && value.length === 0;
