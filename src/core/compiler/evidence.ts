// All that the analysing passes found about one service, and the values that a call's outcome may rest on, each under
// the expression by which the runtime reads it.
import { groupBy } from '../std/grouping.ts';
import { joinKey } from '../model/entity-key.ts';
import type { Json, JsonObject } from '../std/json.ts';
import { headerValue } from '../exchange/exchange.ts';
import type { Call } from './calls/call.ts';
import { collectionOf, type EntityDraft } from './entities/entity-draft.ts';
import { type EntityTypes } from './entities/entities.ts';
import type { Cascade } from './timeline/cascades.ts';
import { memberText, quote, RESERVED_WORDS } from './explain/literal.ts';
import type { Hierarchy } from './entities/hierarchies.ts';
import { addSources, type Sources } from './explain/samples.ts';
import { CREDENTIAL_HEADER, type PrincipalDraft, type Principals } from './timeline/principals.ts';
import { related, type Relation } from './entities/relations.ts';
import { serviceCounters } from './types/service-counters.ts';
import type { CallRoute } from './entities/routes.ts';
import type { Selection } from './calls/selections.ts';
import { scalarText, stripSuffix, type Site } from './entities/sites.ts';
import { attributesBefore, isRef, type Life, type Timeline } from './timeline/timeline.ts';
import type { Askers } from './timeline/askers.ts';
import { writtenMembers } from './calls/written-members.ts';

/** The name by which rules read who asks, where that is an entity. */
export const ASKER = 'asker';

/** How a route names an entity before it acts. */
export interface BindingDraft {
  readonly name: string;
  readonly type: EntityDraft;
  readonly attributes: readonly string[];
  readonly values: readonly string[];
  /** Path prefix, for bindings from the path. */
  readonly prefix: string | undefined;
}

export interface Evidence {
  readonly origin: string;
  readonly calls: readonly Call[];
  readonly routes: readonly CallRoute[];
  readonly sites: ReadonlyMap<string, Site>;
  readonly entities: EntityTypes;
  readonly timeline: Timeline;
  readonly principals: Principals;
  /** Which entities the principals are, where they are any. */
  askers?: Askers;
  readonly relations: Relation[];
  readonly bindings: ReadonlyMap<string, readonly BindingDraft[]>;
  readonly byRoute: ReadonlyMap<string, readonly Call[]>;
  /** How requests choose the members that answers show. */
  readonly selection?: Selection;
  /** What else goes with a deletion, strongest evidence first; found by the pass "cascades". */
  readonly cascades: Cascade[];
  /** Lives that calls made unseen, by call index; found by the pass "implicit births". */
  readonly unseenBirths: Map<number, Life[]>;
  readonly hierarchies: readonly Hierarchy[];
  /** Things made with what was put below them, by call index; found by the pass "hierarchies". */
  readonly folderBirths: Map<number, Life[]>;
}

export const routeOf = (evidence: Evidence, call: Call): CallRoute => evidence.routes[call.index] as CallRoute;
export const principalOf = (evidence: Evidence, call: Call): PrincipalDraft =>
  evidence.principals.of[call.index] as PrincipalDraft;

export function groupByRoute(calls: readonly Call[], routes: readonly CallRoute[]): Map<string, Call[]> {
  return groupBy(calls, (call) => (routes[call.index] as CallRoute).id);
}

/** Bindings from the path's prefixes, then from body and query members whose values name living entities. */
export function inferBindings(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  entities: EntityTypes,
  timeline: Timeline,
): Map<string, BindingDraft[]> {
  const byRoute = groupByRoute(calls, routes);
  const lives = indexLives(timeline);
  const bindings = new Map<string, BindingDraft[]>();
  for (const [id, group] of byRoute) {
    const route = routes[(group[0] as Call).index] as CallRoute;
    const drafts = pathBindings(route, entities);
    drafts.push(...requestBindings(group, routes, entities, lives, drafts));
    bindings.set(id, drafts);
  }
  return bindings;
}

function pathBindings(route: CallRoute, entities: EntityTypes): BindingDraft[] {
  const drafts: BindingDraft[] = [];
  const prefixes = [...new Set([...route.prefixes.map((each) => each.prefix), stripSuffix(route.path)])];
  for (const prefix of prefixes) {
    for (const type of entities.types) {
      const lookup = type.lookups.find((each) => each.prefix === prefix);
      if (lookup === undefined) continue;
      const values = lookup.params.map((param, i) =>
        lookup.lead !== '' && i === lookup.params.length - 1
          ? `${quote(lookup.lead)} + ${memberText('path', param)}`
          : memberText('path', param),
      );
      drafts.push({ name: freeName(type.name, drafts), type, attributes: lookup.attributes, values, prefix });
    }
  }
  return drafts;
}

function freeName(type: string, drafts: readonly BindingDraft[]): string {
  const own = type.slice(0, 1).toLowerCase() + type.slice(1);
  // What effects make is called made, made2, side1.
  const base = /^(?:made|side)\d*$/.test(own) ? `${own}_` : own;
  const taken = (name: string): boolean =>
    RULE_NAMES.has(name) || RESERVED_WORDS.has(name) || drafts.some((draft) => draft.name === name);
  if (!taken(base)) return base;
  for (let n = 2; ; n++) if (!taken(`${base}${n}`)) return `${base}${n}`;
}

const RULE_NAMES = new Set([
  'path',
  'query',
  'body',
  'header',
  'method',
  'principal',
  'credential',
  ASKER,
  'above',
  'results',
  'whole',
  'base',
  'it',
  'list',
  'x',
  'e',
  'now',
  'request_path',
  'body_text',
  'path_known',
  'allowed',
]);

type LivesByTypeAndKey = ReadonlyMap<EntityDraft, ReadonlyMap<string, readonly Life[]>>;

function indexLives({ lives }: Timeline): LivesByTypeAndKey {
  const index = new Map<EntityDraft, Map<string, Life[]>>();
  for (const life of lives) {
    const byKey = index.get(life.type) ?? new Map<string, Life[]>();
    index.set(life.type, byKey);
    const same = byKey.get(life.key);
    if (same === undefined) byKey.set(life.key, [life]);
    else same.push(life);
  }
  return index;
}

/** Was there before the call, or had been. */
const hasBegun = (life: Life, index: number): boolean =>
  life.origin === 'seed' ? life.since <= index : life.firstSeen < index;

function requestBindings(
  group: readonly Call[],
  routes: readonly CallRoute[],
  entities: EntityTypes,
  lives: LivesByTypeAndKey,
  drafts: readonly BindingDraft[],
): BindingDraft[] {
  const found: BindingDraft[] = [];
  const fields = new Map<string, { call: Call; text: string }[]>();
  for (const call of group)
    for (const [base, value] of [
      ['body', call.body],
      ['query', call.query],
    ] as const)
      for (const [expression, member] of requestMembers(base, value)) {
        const text = scalarText(member);
        if (text === undefined) continue;
        const uses = fields.get(expression);
        if (uses === undefined) fields.set(expression, [{ call, text }]);
        else uses.push({ call, text });
      }
  for (const [expression, uses] of fields) {
    let best: { type: EntityDraft; values: readonly string[]; hits: number } | undefined;
    const accepted = uses.filter(({ call }) => !call.refused);
    const good = accepted.length > 0 ? accepted : uses;
    for (const type of entities.types) {
      const values = keyValues(type, routes[(group[0] as Call).index] as CallRoute, expression);
      if (values === undefined) continue;
      const livesOf = ({ call }: { readonly call: Call }): readonly Life[] => {
        const key = keyText(values, call, routes[call.index] as CallRoute);
        return key === undefined ? [] : (lives.get(type)?.get(key) ?? []);
      };
      const there = (use: { readonly call: Call }): boolean =>
        livesOf(use).some((life) => hasBegun(life, use.call.index));
      // A name that clients choose is of a thing that is there where it is refused, and of a new one where it is not.
      const takesNames = uses.filter((use) => use.call.refused && there(use)).length >= TAKEN_MIN;
      const hits = good.filter((use) => there(use) || (takesNames && livesOf(use).length > 0)).length;
      const telling =
        good.some(({ text }) => text.length >= 6) ||
        nameFits(expression, type) ||
        isCalledAfter(routes[(group[0] as Call).index] as CallRoute, expression, type) ||
        (expression === 'body.item' && isBelow(type, routes[(group[0] as Call).index] as CallRoute));
      if (
        telling &&
        hits >= 1 &&
        hits >= 0.6 * good.length &&
        (best === undefined || hits > best.hits || (hits === best.hits && nameFits(expression, type)))
      )
        best = { type, values, hits };
    }
    if (best === undefined) continue;
    const same = [...drafts, ...found];
    found.push({
      name: freeName(best.type.name, same),
      type: best.type,
      attributes: best.type.key,
      values: best.values,
      prefix: undefined,
    });
  }
  return found;
}

/** So many refusals of names that are taken tell that the member is the name. */
const TAKEN_MIN = 3;

/** The route's path stands below the collection of the type. */
const isBelow = (type: EntityDraft, { path }: CallRoute): boolean =>
  [...type.prefixes].some((prefix) => path.startsWith(`${collectionOf(prefix)}/`));

/** What a type's key is made of where the expression is its last part: the parts before it are parameters of the route's path. */
function keyValues(type: EntityDraft, route: CallRoute, expression: string): readonly string[] | undefined {
  if (type.field === '' || type.key.at(-1)?.startsWith('$') !== false) return undefined;
  const scope = type.key.slice(0, -1);
  if (!scope.every((attribute) => attribute.startsWith('$') && attribute.slice(1) in route.params)) return undefined;
  return [...scope.map((attribute) => memberText('path', attribute.slice(1))), expression];
}

/** The operation names the type (`note.get`, `{ note(id: $id) }`), and its argument is an id, or the field that names things. */
const isCalledAfter = ({ operation }: CallRoute, expression: string, type: EntityDraft): boolean =>
  operation !== undefined &&
  (/\W_?id$/i.test(expression) || expression.endsWith(`.${type.field}`)) &&
  operation.value.toLowerCase().includes(type.name.toLowerCase());

/** `post_id` and `parent_post_id` for Post, `status_id` for OrderStatus: judged by the last name alone, not by what it stands in. */
function nameFits(expression: string, type: EntityDraft): boolean {
  const names = expression.split(/[.[\]"]+/).filter((name) => name !== '');
  const last = /^_?id$/i.test(names.at(-1) as string) ? names.slice(-2) : names.slice(-1);
  const plain = last
    .join('')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  const stem = plain.replace(/ids?$/, '');
  const wanted = type.name.toLowerCase();
  return plain.includes(wanted) || (stem.length >= 4 && wanted.endsWith(stem));
}

/** Scalars of a request, two levels deep, by expression. */
function* requestMembers(base: string, value: Json | undefined): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, member] of Object.entries(value as JsonObject)) {
    yield [memberText(base, name), member];
    if (typeof member === 'object' && member !== null && !Array.isArray(member))
      for (const [inner, innerMember] of Object.entries(member as JsonObject))
        yield [memberText(memberText(base, name), inner), innerMember];
  }
}

/** What the whole path of a route names. */
export function subjectOf(
  { bindings }: Evidence,
  { id, path }: { readonly id: string; readonly path: string },
): BindingDraft | undefined {
  return (bindings.get(id) ?? []).find(({ prefix }) => prefix === stripSuffix(path));
}

/** The living entity that a binding names before the call. */
export function boundLife(evidence: Evidence, call: Call, binding: BindingDraft): Life | undefined {
  if (binding === evidence.askers?.binding) return askerOf(evidence, call);
  if (binding.prefix !== undefined)
    return (evidence.timeline.bound[call.index] as ReadonlyMap<string, Life>).get(binding.prefix);
  const key = keyText(binding.values, call, routeOf(evidence, call));
  if (key === undefined) return undefined;
  return livesByKey(evidence, binding.type.name, key).find((life) => life.isAliveAt(call.index));
}

export function askerOf({ askers }: Evidence, call: Call): Life | undefined {
  const life = askers?.of[call.index];
  return life?.isAliveAt(call.index) === true ? life : undefined;
}

/** The key that the values of a binding make; undefined where one of them is missing. */
function keyText(values: readonly string[], call: Call, route: CallRoute): string | undefined {
  const parts = values.map((expression) => scalarText(readExpression(call, route, expression)));
  return parts.every((part) => part !== undefined) ? joinKey(parts) : undefined;
}

const keyIndexes = new WeakMap<Timeline, Map<string, Life[]>>();

export function livesByKey(evidence: Evidence, type: string, key: string): readonly Life[] {
  let index = keyIndexes.get(evidence.timeline);
  if (index === undefined) {
    index = new Map();
    for (const life of evidence.timeline.lives) {
      const id = `${life.type.name}\u0000${life.key}`;
      const same = index.get(id);
      if (same === undefined) index.set(id, [life]);
      else same.push(life);
    }
    keyIndexes.set(evidence.timeline, index);
  }
  return index.get(`${type}\u0000${key}`) ?? [];
}

function readExpression(call: Call, route: CallRoute, expression: string): Json | undefined {
  const names = [...expression.matchAll(/\.([A-Za-z_]\w*)|\["((?:[^"\\]|\\.)*)"\]/g)].map(
    (match) => match[1] ?? (JSON.parse(`"${match[2] as string}"`) as string),
  );
  const bases: readonly [string, Json | undefined][] = [
    ['body', call.body],
    ['query', call.query],
    ['path', route.params],
  ];
  let at = bases.find(([base]) => expression.startsWith(base))?.[1];
  for (const name of names)
    at = typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as JsonObject)[name] : undefined;
  return at;
}

/**
 * What a rule of the call's route can read: the request, the principal, the bound entities as they were before, and the
 * counters of the service as the call left them.
 */
export function requestSources(evidence: Evidence, call: Call): Sources {
  const sources: Sources = new Map();
  const route = routeOf(evidence, call);
  if (call.body !== undefined) addSources(sources, 'body', call.body, 2.5);
  const written = writtenMembers(call.body);
  if (written !== undefined && written.expression !== 'body')
    addSources(sources, written.expression, written.members, 2.5);
  if (call.whole !== undefined) addSources(sources, 'whole', call.whole, 3);
  if (call.isOfStored === true) sources.set('body_text', { value: call.sentText, cost: 2 });
  for (const name of tellingRequestHeaders(evidence, route.id))
    sources.set(memberText('header', name), { value: headerValue(call.requestHeaders, name), cost: 4 });
  for (const [name, value] of Object.entries(call.query)) addSources(sources, memberText('query', name), value, 3);
  addEndsOfPaths(sources);
  for (const [name, value] of Object.entries(route.params)) sources.set(memberText('path', name), { value, cost: 3.5 });
  const principal = principalOf(evidence, call);
  sources.set('principal.id', { value: principal.id, cost: 1 });
  for (const [name, value] of Object.entries(principal.attributes))
    sources.set(memberText('principal', name), { value, cost: 3.5 });
  for (const binding of evidence.bindings.get(route.id) ?? []) {
    const life = boundLife(evidence, call, binding);
    addEntitySources(evidence, sources, binding.name, life, call.index, 4);
  }
  if (evidence.askers?.routes.has(route.id) === true) addAsker(evidence, sources, call);
  for (const { name, after } of serviceCounters(evidence))
    sources.set(`counter(${quote(name)})`, { value: after[call.index], cost: 2.5 });
  return sources;
}

const headersByRoute = new WeakMap<Evidence, Map<string, readonly string[]>>();

/** Headers that calls of a route do not all send alike, without those of the connection and those that say who asks. */
export function tellingRequestHeaders(evidence: Evidence, routeId: string): readonly string[] {
  const known = headersByRoute.get(evidence) ?? new Map<string, readonly string[]>();
  headersByRoute.set(evidence, known);
  const before = known.get(routeId);
  if (before !== undefined) return before;
  const calls = evidence.byRoute.get(routeId) ?? [];
  const names = new Set(calls.flatMap(({ requestHeaders }) => requestHeaders.map(([name]) => name)));
  const telling = [...names].filter(
    (name) =>
      !UNTOLD_HEADERS.test(name) &&
      !CREDENTIAL_HEADER.test(name) &&
      calls.some(
        (call) => headerValue(call.requestHeaders, name) !== headerValue(calls[0]?.requestHeaders ?? [], name),
      ),
  );
  known.set(routeId, telling);
  return telling;
}

const UNTOLD_HEADERS =
  /^(host|user-agent|connection|keep-alive|content-length|transfer-encoding|date|origin|referer|accept-encoding|accept-language|traceparent|tracestate|baggage|sec-.*|.*request-id|x-forwarded-.*|mynah-.*)$/;

/** Of who asks, where answers are not about that: the entity, and what it may do and not. */
function addAsker(evidence: Evidence, sources: Sources, call: Call): void {
  const life = askerOf(evidence, call);
  if (life === undefined || sources.has(`ref(${ASKER})`)) return;
  sources.set(`ref(${ASKER})`, { value: { $ref: life.type.name, key: life.key }, cost: 4 });
  for (const [name, value] of Object.entries(attributesBefore(life, call.index)))
    if (typeof value === 'boolean') sources.set(memberText(ASKER, name), { value, cost: 4 });
}

/** The last part of what reads like a path (`refs/heads/topic`) names something by itself. */
function addEndsOfPaths(sources: Sources): void {
  for (const [expression, { value, cost }] of [...sources])
    if (typeof value === 'string' && value.length < 120 && /^[\w.-]+(\/[\w.-]+)+$/.test(value))
      sources.set(`last(split(${expression}, "/"))`, {
        value: value.slice(value.lastIndexOf('/') + 1),
        cost: cost + 2,
      });
}

/** An entity as a source: itself as a ref, its attributes, and those of entities that it refers to. */
export function addEntitySources(
  evidence: Evidence,
  sources: Sources,
  name: string,
  life: Life | undefined,
  index: number,
  cost: number,
): void {
  if (life === undefined) return;
  addAttributeSources(evidence, sources, name, attributesBefore(life, index), index, cost);
  sources.set(`ref(${name})`, { value: { $ref: life.type.name, key: life.key }, cost: cost - 1 });
  sources.set(memberText(name, '$key'), { value: life.key, cost: cost + 1 });
  addCompanions(evidence, sources, name, life, index, cost + 2);
}

/** What was made unseen along with an entity: the first of each kind, and its attributes. */
function addCompanions(
  evidence: Evidence,
  sources: Sources,
  name: string,
  life: Life,
  index: number,
  cost: number,
): void {
  for (const relation of evidence.relations) {
    if (relation.parent !== life.type || relation.pairs[0]?.parent !== '$key' || relation.by !== 'scope') continue;
    const companion = evidence.timeline.lives.find(
      (each) =>
        each.type === relation.child &&
        each.firstSeen === life.firstSeen &&
        each.firstSeen < index &&
        (each.diedAt === undefined || each.diedAt >= index) &&
        related(relation, each, life, index + 1),
    );
    if (companion === undefined) continue;
    const text = `first(rows(${quote(relation.child.name)}).filter(c, ${memberText('c', relation.pairs[0].child)} == ${memberText(name, '$key')}))`;
    sources.set(`ref(${text})`, { value: { $ref: companion.type.name, key: companion.key }, cost });
    for (const [attribute, value] of Object.entries(attributesBefore(companion, index + 1)))
      if (scalarText(value) !== undefined && !attribute.startsWith('$'))
        sources.set(memberText(text, attribute), { value, cost: cost + 1 });
  }
}

export function addAttributeSources(
  evidence: Evidence,
  sources: Sources,
  name: string,
  attributes: JsonObject,
  index: number,
  cost: number,
): void {
  for (const [attribute, value] of Object.entries(attributes)) {
    addSources(sources, memberText(name, attribute), value, cost, 2);
    if (!isRef(value)) continue;
    const target = livesByKey(evidence, value.$ref, value.key).at(-1);
    if (target === undefined) continue;
    for (const [inner, innerValue] of Object.entries(attributesBefore(target, index)))
      if (scalarText(innerValue) !== undefined)
        sources.set(memberText(`deref(${memberText(name, attribute)})`, inner), { value: innerValue, cost: cost + 2 });
  }
}
