// Pass "located": what an answer without a body says by its address. `201 Created` with `Location: /orders/41` names what was
// made; read at that address, it says so of itself (`{"id": 41}`). Such an answer is given the member that names the thing, so
// that later passes see who was made; what is replied still has no body.
import { headerValue } from '../../exchange/exchange.ts';
import { decodePathText } from '../../model/route-path.ts';
import { append } from '../../std/grouping.ts';
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isReadMethod, isSuccess, type Call } from './call.ts';
import { stripSuffix, scalarText, valueAt } from '../entities/sites.ts';
import { lastName, scalarPaths } from '../entities/attribute-paths.ts';
import type { CallRoute } from '../entities/routes.ts';
import { identityRank } from '../entities/words.ts';

/** How things that are read at a path name themselves there. */
export interface Naming {
  /** Dotted path of the member. */
  readonly member: string;
  readonly isNumber: boolean;
}

/** Reads of a path in which one member must repeat the last parameter. */
const READS_MIN = 2;

/** The calls, with answers for those that have none but an address. */
export function liftLocations(calls: readonly Call[], routes: readonly CallRoute[], origin: string): readonly Call[] {
  if (!calls.some(isBare)) return calls;
  const items = namingsOf(calls, routes);
  return calls.map((call) => {
    const path = isBare(call) ? locationPath(call, origin) : undefined;
    if (path === undefined) return call;
    const segments = path.split('/').map(decodePathText);
    for (const [template, naming] of items) {
      const text = lastParameter(template.split('/'), segments);
      if (text === undefined || call.path === path) continue;
      const value = naming.isNumber ? Number(text) : text;
      if (String(value) === text) return { ...call, answer: nested(naming.member.split('.'), value), isLifted: true };
    }
    return call;
  });
}

/** A write that was done, and says no more than where. */
const isBare = (call: Call): boolean =>
  isSuccess(call) && !isReadMethod(call.method) && call.answer === undefined && (call.answerText ?? '') === '';

function locationPath(call: Call, origin: string): string | undefined {
  const location = headerValue(call.headers, 'location');
  const path = location?.startsWith(`${origin}/`) === true ? location.slice(origin.length) : location;
  return path?.startsWith('/') === true ? stripSuffix(/^[^?#]*/.exec(path)?.[0] ?? '') : undefined;
}

/** By path of the item. */
export function namingsOf(calls: readonly Call[], routes: readonly CallRoute[]): ReadonlyMap<string, Naming> {
  const reads = new Map<string, { readonly name: string; readonly answer: JsonObject }[]>();
  for (const call of calls) {
    const route = routes[call.index] as CallRoute;
    const last = route.prefixes.at(-1);
    const item = stripSuffix(route.path);
    if (call.method !== 'GET' || !isSuccess(call) || last?.prefix !== item || !isObject(call.answer)) continue;
    append(reads, item, { name: route.params[last.name] as string, answer: call.answer });
  }
  const namings = new Map<string, Naming>();
  for (const [path, shown] of reads) {
    const [first] = shown;
    if (first === undefined || new Set(shown.map(({ name }) => name)).size < READS_MIN) continue;
    const [member] = scalarPaths(first.answer)
      .map(([path]) => path)
      .filter((each) => shown.every(({ name, answer }) => scalarText(valueAt(answer, each)) === name))
      .sort((a, b) => identityRank(lastName(b)) - identityRank(lastName(a)));
    if (member !== undefined)
      namings.set(path, { member, isNumber: shown.every(({ answer }) => typeof valueAt(answer, member) === 'number') });
  }
  return namings;
}

/** Value of the last parameter where the path is one of the template's. */
function lastParameter(template: readonly string[], segments: readonly string[]): string | undefined {
  const isOne =
    template.length === segments.length &&
    template.every((part, at) => part.startsWith('{') || decodePathText(part) === segments[at]);
  return isOne ? segments.at(-1) : undefined;
}

const nested = ([name = '', ...below]: readonly string[], value: Json): JsonObject => ({
  [name]: below.length === 0 ? value : nested(below, value),
});
