// Pass "echoes": answers of writes below an item that tell some of its members and not which item it is: the path says that
// (`POST /posts/7/like` answered by `{"likes": 3}`). They are given the member that names it, so that later passes see whose
// state they tell; what is replied stays as it was.
import { append, groupBy } from '../../std/grouping.ts';
import { equalJson, isObject, type Json, type JsonObject } from '../../std/json.ts';
import { scalarText, stripSuffix } from '../entities/sites.ts';
import type { CallRoute } from '../entities/routes.ts';
import { isReadMethod, isSuccess, type Call } from './call.ts';
import { namingsOf, type Naming } from './located.ts';

/** Echoes that a read at once after them must confirm, and the share of those read that it must. */
const CONFIRMED_MIN = 2;
const CONFIRMED_SHARE_MIN = 0.9;
const MEMBERS_MAX = 6;

interface Echo {
  readonly call: Call;
  readonly item: string;
  readonly naming: Naming;
  readonly told: JsonObject;
}

/** The calls, with the name of the item in answers that tell some of its members. */
export function liftEchoes(calls: readonly Call[], routes: readonly CallRoute[]): readonly Call[] {
  const namings = namingsOf(calls, routes);
  const echoes = calls.flatMap((call) => echoOf(call, routes[call.index] as CallRoute, namings) ?? []);
  if (echoes.length === 0) return calls;
  const reads = readsOf(calls, routes, namings);
  const lifted = new Map<number, Call>();
  for (const group of groupBy(echoes, ({ call }) => (routes[call.index] as CallRoute).id).values())
    if (isConfirmed(group, reads, routes))
      for (const { call, naming, item, told } of group)
        lifted.set(call.index, {
          ...call,
          answer: { [naming.member]: naming.isNumber ? Number(item) : item, ...told },
          plainAnswer: told,
        });
  return lifted.size === 0 ? calls : calls.map((call) => lifted.get(call.index) ?? call);
}

function echoOf(call: Call, route: CallRoute, namings: ReadonlyMap<string, Naming>): Echo | undefined {
  const { answer } = call;
  const last = route.prefixes.at(-1);
  if (isReadMethod(call.method) || !isSuccess(call) || !isObject(answer) || last === undefined) return undefined;
  const naming = namings.get(last.prefix);
  const item = route.params[last.name];
  if (naming === undefined || item === undefined || naming.member.includes('.')) return undefined;
  const members = Object.entries(answer);
  const isShort = members.length > 0 && members.length <= MEMBERS_MAX;
  if (!isShort || stripSuffix(route.path) === last.prefix || naming.member in answer) return undefined;
  return members.every(([, value]) => !isNested(value)) ? { call, item, naming, told: answer } : undefined;
}

const isNested = (value: Json): boolean =>
  value !== null && typeof value === 'object' && scalarText(value) === undefined;

interface Read {
  readonly index: number;
  /** What it showed; undefined for a call that may have changed something. */
  readonly shown: JsonObject | undefined;
}

/** Calls about each item, by the path that names it, in order. */
function readsOf(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  namings: ReadonlyMap<string, Naming>,
): ReadonlyMap<string, readonly Read[]> {
  const found = new Map<string, Read[]>();
  for (const call of calls) {
    const route = routes[call.index] as CallRoute;
    const last = route.prefixes.at(-1);
    if (last === undefined || !namings.has(last.prefix) || call.refused) continue;
    const isItem = call.method === 'GET' && stripSuffix(route.path) === last.prefix && isObject(call.answer);
    if (isReadMethod(call.method) && !isItem) continue;
    const key = keyOf(route);
    append(found, key, { index: call.index, shown: isItem ? (call.answer as JsonObject) : undefined });
  }
  return found;
}

const keyOf = ({ prefixes, params }: CallRoute): string =>
  [prefixes.at(-1)?.prefix, ...prefixes.map(({ name }) => params[name])].join('\n');

/** The next call about each item, where it reads it, shows what was told. */
function isConfirmed(
  echoes: readonly Echo[],
  reads: ReadonlyMap<string, readonly Read[]>,
  routes: readonly CallRoute[],
): boolean {
  let confirmed = 0;
  let read = 0;
  for (const { call, told } of echoes) {
    const next = reads.get(keyOf(routes[call.index] as CallRoute))?.find(({ index }) => index > call.index);
    if (next?.shown === undefined) continue;
    read++;
    const { shown } = next;
    if (Object.entries(told).every(([name, value]) => name in shown && equalJson(shown[name] as Json, value)))
      confirmed++;
  }
  return confirmed >= CONFIRMED_MIN && confirmed >= CONFIRMED_SHARE_MIN * read;
}
