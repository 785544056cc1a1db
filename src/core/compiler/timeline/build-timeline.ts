// Pass "timeline": what the recording lets us believe about every entity, call by call. An answer shows an entity's
// attributes at that moment; a deletion ends it; a thing first seen in a read was there before (seed), one first seen in
// the answer of a write that keeps showing new things was made by it. Identity is (type, scope, key), never the bare
// value, and a key that comes back after a deletion is another life.
import { headerValue } from '../../exchange/exchange.ts';
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isRead, isReadMethod, isSuccess, isWholeDocument, type Call } from '../calls/call.ts';
import { typeOfNode, type EntityTypes } from '../entities/entities.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { completeAcknowledged } from './acknowledged.ts';
import { keyOf, namesOf, scopeOf, type Surrounding } from '../entities/entity-scope.ts';
import { wasMadeAfter } from './implicit.ts';
import type { Projection } from '../entities/projections.ts';
import { falseEnds, type SeemingEnd } from './false-ends.ts';
import { inferNameLists, type NameLists } from '../entities/name-lists.ts';
import { inferOmissions } from './omissions.ts';
import { inferExpansions, withListings, withoutExpansions, type Expansion } from './expansions.ts';
import type { Hierarchy } from '../entities/hierarchies.ts';
import type { CallRoute } from '../entities/routes.ts';
import { isRef, Life, type Sighting, type Timeline } from './timeline.ts';
import { scalarText, siteId, stripSuffix, valueAt, type Site } from '../entities/sites.ts';

export function buildTimeline(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  sites: ReadonlyMap<string, Site>,
  entities: EntityTypes,
  hierarchies: readonly Hierarchy[] = [],
): Timeline {
  const expansions = withListings(inferExpansions(sites), entities, sites, hierarchies);
  const first = new Tracker(calls, routes, sites, entities, expansions, undefined, undefined).run();
  const creationSites = new Set<string>();
  const strictSites = new Set<string>();
  for (const [site, { fresh, total }] of first.novelty) {
    const method = site.slice(0, site.indexOf(' '));
    if (isReadMethod(method) || fresh < 0.3 * total || fresh === 0) continue;
    creationSites.add(site);
    if (method === 'POST' && entities.direct.has(site) && !site.endsWith('[]') && fresh >= 0.6 * total)
      strictSites.add(site);
  }
  const oldSites = new Set([...first.novelty].filter(([, { old, total }]) => old >= 0.5 * total).map(([site]) => site));
  const kept = falseEnds(calls, routes, first.lives, first.ends);
  const tracker = new Tracker(
    calls,
    routes,
    sites,
    entities,
    expansions,
    creationSites,
    strictSites,
    oldSites,
    kept,
  ).run();
  completeAcknowledged(calls, tracker.sightings, tracker.bound);
  tracker.rebind();
  return {
    lives: tracker.lives,
    sightings: tracker.sightings,
    bound: tracker.bound,
    creationSites,
    answers: tracker.answers,
    expansions: tracker.expansions,
    nameLists: tracker.nameLists,
    omissions: tracker.omissions,
    rebind: () => tracker.rebind(),
    alive: (type, before) => tracker.lives.filter((life) => life.type === type && life.isAliveAt(before)),
  };
}

/** Makes what its path names, where nothing is there: a PUT, or what was "Created" at no other address (RFC 9110, 15.3.2). */
const makesAtPath = ({ method, status, headers }: Call): boolean =>
  method === 'PUT' || (status === 201 && headerValue(headers, 'location') === undefined);

class Tracker {
  readonly lives: Life[] = [];
  readonly sightings: Sighting[][] = [];
  readonly bound: Map<string, Life>[] = [];
  readonly answers: (Json | undefined)[] = [];
  readonly ends: SeemingEnd[] = [];
  readonly novelty = new Map<string, { fresh: number; total: number; old: number }>();
  readonly nameLists: NameLists;
  readonly expansions: ReadonlyMap<string, readonly Expansion[]>;
  readonly omissions: ReadonlyMap<string, ReadonlySet<string>>;
  private since = 0;
  /** The entity in which others are being met. */
  private around: Surrounding | undefined;
  private readonly byKey = new Map<string, Life>();
  /** When lives of a name ended last. */
  private readonly ended = new Map<string, number>();
  private readonly byLookup = new Map<string, Life>();
  private readonly calls: readonly Call[];
  private readonly routes: readonly CallRoute[];
  private readonly sites: ReadonlyMap<string, Site>;
  private readonly entities: EntityTypes;
  private readonly creationSites: ReadonlySet<string> | undefined;
  /** Sites that show how things were before the call. */
  private readonly oldSites: ReadonlySet<string> | undefined;
  /** Sites that show a new thing each time: one with a known key is another life. */
  private readonly strictSites: ReadonlySet<string> | undefined;
  /** Paths at which things are made: their parameters are the scope of what is made and listed there. */
  private readonly scopePaths: ReadonlySet<string> | undefined;
  /** Calls that seem to end something, and do not. */
  private readonly falseEnds: ReadonlySet<number> | undefined;
  private readonly typesByPrefix = new Map<string, EntityDraft>();
  /** Routes that say that something is not there. */
  private readonly missing: ReadonlySet<string>;

  constructor(
    calls: readonly Call[],
    routes: readonly CallRoute[],
    sites: ReadonlyMap<string, Site>,
    entities: EntityTypes,
    expansions: ReadonlyMap<string, readonly Expansion[]>,
    creationSites: ReadonlySet<string> | undefined,
    strictSites: ReadonlySet<string> | undefined,
    oldSites?: ReadonlySet<string>,
    falseEnds?: ReadonlySet<number>,
  ) {
    this.falseEnds = falseEnds;
    this.oldSites = oldSites;
    this.strictSites = strictSites;
    this.expansions = expansions;
    this.nameLists = inferNameLists(calls, routes, entities);
    this.omissions = inferOmissions(sites, entities);
    this.scopePaths =
      creationSites === undefined
        ? undefined
        : new Set([...creationSites].map((site) => stripSuffix(site.split(' ')[1] as string)));
    this.calls = calls;
    this.routes = routes;
    this.sites = sites;
    this.entities = entities;
    this.missing = new Set(calls.filter(({ status }) => status === 404).map(({ index }) => routes[index]?.id ?? ''));
    this.creationSites = creationSites;
    for (const type of entities.types) for (const lookup of type.lookups) this.typesByPrefix.set(lookup.prefix, type);
  }

  run(): this {
    for (const call of this.calls) {
      if (call.index > 0 && call.epoch !== this.calls[call.index - 1]?.epoch) this.reset(call.index);
      const route = this.routes[call.index] as CallRoute;
      const bound = this.bind(route);
      this.bound.push(bound);
      this.sightings.push([]);
      if (isSuccess(call) && call.answer !== undefined) this.answers.push(this.sight(call, route, call.answer, '$'));
      else this.answers.push(call.answer);
      this.sightPresence(call, route);
      this.notice(call, route, bound);
    }
    return this;
  }

  /** The original was reset before the call: nothing goes on. */
  private reset(index: number): void {
    this.since = index;
    for (const life of this.lives) {
      if (life.diedAt !== undefined) continue;
      life.diedAt = index - 1;
      life.wasReset = true;
    }
    this.byKey.clear();
    this.byLookup.clear();
    this.ended.clear();
  }

  /** Entities that the path's prefixes name, alive before the call. */
  private bind(route: CallRoute): Map<string, Life> {
    const bound = new Map<string, Life>();
    for (const [prefix, , texts] of this.namedBy(route)) {
      const life = texts.map((text) => this.byLookup.get(text)).find((each) => each !== undefined);
      if (life !== undefined && life.diedAt === undefined) bound.set(prefix, life);
    }
    return bound;
  }

  /** Prefixes of the path that name an entity, with the lookup texts it may be known by. */
  private *namedBy(route: CallRoute): Generator<[string, EntityDraft, string[]]> {
    for (const prefix of new Set([...route.prefixes.map((each) => each.prefix), stripSuffix(route.path)])) {
      const type = this.typesByPrefix.get(prefix);
      const lookup = type?.lookups.find((each) => each.prefix === prefix);
      if (type === undefined || lookup === undefined) continue;
      const values = lookup.params.map((param) => route.params[param] ?? '');
      yield [
        prefix,
        type,
        [
          lookupText(type, lookup.attributes, values),
          lookupText(type, lookup.attributes, [...values.slice(0, -1), `${lookup.lead}${values.at(-1)}`]),
        ],
      ];
    }
  }

  /** Binds once more, knowing all lives: what was only seen later was there before when it is a seed. */
  rebind(): void {
    const byLookup = new Map<string, Life[]>();
    for (const life of this.lives)
      for (const lookup of life.type.lookups) {
        const texts = new Set(
          life.versions.map((version) => this.lookupOf(life.type, lookup.attributes, version.attributes)),
        );
        for (const text of texts) if (text !== undefined) byLookup.set(text, [...(byLookup.get(text) ?? []), life]);
      }
    this.bound.forEach((bound, index) => {
      const route = this.routes[index] as CallRoute;
      for (const [prefix, , texts] of this.namedBy(route)) {
        const lives = texts.flatMap((text) => byLookup.get(text) ?? []);
        const life = lives.find((each) => each.isAliveAt(index));
        if (life === undefined) bound.delete(prefix);
        else bound.set(prefix, life);
      }
    });
  }

  /** Deletions, and things that turn out to be gone. */
  private notice(call: Call, route: CallRoute, bound: Map<string, Life>): void {
    const path = stripSuffix(route.path);
    const subject = bound.get(path);
    if (subject === undefined || this.falseEnds?.has(call.index) === true) return;
    const isDeleted = call.method === 'DELETE' && isSuccess(call);
    if (!isDeleted && call.status !== 404 && call.status !== 410) return;
    this.ends.push({ life: subject, at: call.index });
    this.end(subject, call.index);
  }

  private end(life: Life, at: number): void {
    life.diedAt = at;
    this.ended.set(`${life.type.name}\u0000${life.key}`, at);
    for (const lookup of life.type.lookups) this.forget(life, lookup.attributes);
    if (this.byKey.get(`${life.type.name}\u0000${life.key}`) === life)
      this.byKey.delete(`${life.type.name}\u0000${life.key}`);
  }

  private forget(life: Life, attributes: readonly string[]): void {
    const text = this.lookupOf(life.type, attributes, life.versions.at(-1)?.attributes ?? {});
    if (text !== undefined && this.byLookup.get(text) === life) this.byLookup.delete(text);
  }

  /** A thing that has only its name is there when its own path answers well. */
  private sightPresence(call: Call, route: CallRoute): void {
    const type = this.typesByPrefix.get(stripSuffix(route.path));
    if (type === undefined || !isSuccess(call) || call.method === 'DELETE') return;
    const site = siteId(route, call.status, '#');
    if (type.sites.size === 0) this.meet(call, route, type, site, '#', {}, {});
    else if (
      isAcknowledgement(call) &&
      makesAtPath(call) &&
      this.bound[call.index]?.has(stripSuffix(route.path)) !== true
    ) {
      const named = this.nameIn(route, type);
      if (named !== undefined) this.meet(call, route, type, site, '#', named, named);
    }
  }

  /** The name of a thing as its own path tells it. */
  private nameIn(route: CallRoute, type: EntityDraft): JsonObject | undefined {
    const lookup = type.lookups.find(({ prefix }) => prefix === stripSuffix(route.path));
    const name = route.params[lookup?.params.at(-1) ?? ''];
    if (lookup === undefined || lookup.lead !== '' || name === undefined) return undefined;
    return type.field !== '' && lookup.attributes.at(-1) === type.field ? { [type.field]: name } : undefined;
  }

  /** A list of names with refs in their place; names of nothing stay what they are. */
  private sightNames(call: Call, route: CallRoute, type: EntityDraft, names: readonly Json[], pattern: string): Json {
    const site = siteId(route, call.status, `${pattern}[]`);
    return names.map((name) => {
      const raw = { [type.field]: name };
      const known = this.find(type, raw, this.scopeOf(type, route, site, raw));
      const life = this.meet(call, route, type, site, `${pattern}[]`, raw, known === undefined ? raw : {});
      return life === undefined ? name : { $ref: type.name, key: life.key };
    });
  }

  /** The answer with refs in place of the entities in it; notes each as a sighting. */
  private sight(call: Call, route: CallRoute, value: Json, pattern: string): Json {
    const named = isArray(value) ? this.nameLists.get(siteId(route, call.status, pattern)) : undefined;
    if (named !== undefined && isArray(value)) return this.sightNames(call, route, named, value, pattern);
    if (isArray(value)) return value.map((element) => this.sight(call, route, element, `${pattern}[]`));
    if (!isObject(value)) return value;
    const site = siteId(route, call.status, pattern);
    const type = typeOfNode(this.entities, site, value);
    const outer = this.around;
    if (type !== undefined) this.around = { type, names: namesOf(type, value, this.scopeOf(type, route, site, value)) };
    const members: Record<string, Json> = {};
    for (const [name, member] of Object.entries(value))
      members[name] = this.sight(call, route, member, `${pattern}.${name}`);
    this.around = outer;
    const projection = type === undefined ? this.entities.projections.get(site) : undefined;
    if (projection !== undefined) return this.sightProjection(call, route, projection, site, pattern, value, members);
    if (type === undefined) return members;
    const life = this.meet(call, route, type, site, pattern, value, members);
    if (life === undefined) return members;
    const last = this.sightings[call.index]?.at(-1);
    return { $ref: type.name, key: life.key, ...(last?.life === life && last.isOld ? { old: true } : {}) };
  }

  private sightProjection(
    call: Call,
    route: CallRoute,
    { type, members: paths }: Projection,
    site: string,
    pattern: string,
    value: JsonObject,
    members: JsonObject,
  ): Json {
    const shown: Record<string, Json> = {};
    for (const [attribute, path] of paths) {
      const at = valueAt(value, path);
      if (at !== undefined) shown[attribute] = at;
    }
    const life = this.meet(call, route, type, site, pattern, shown, shown, members);
    return life === undefined ? members : { $ref: type.name, key: life.key };
  }

  private meet(
    call: Call,
    route: CallRoute,
    type: EntityDraft,
    site: string,
    pattern: string,
    raw: JsonObject,
    all: JsonObject,
    projected?: JsonObject,
  ): Life | undefined {
    const expansions = this.expansions.get(site);
    const object = projected ?? all;
    const own = withoutExpansions(object, expansions);
    const members = projected === undefined ? own : all;
    const expanded =
      expansions === undefined ? {} : Object.fromEntries(Object.entries(object).filter(([name]) => !(name in own)));
    const scope = this.scopeOf(type, route, site, raw);
    let known = this.find(type, raw, scope);
    if (known !== undefined && this.strictSites?.has(site) === true) {
      this.end(known, call.index);
      known = undefined;
    }
    const key = known?.key ?? keyOf(type, raw, scope);
    if (key === undefined) return undefined;
    const isNew = known === undefined;
    const tally = this.novelty.get(site) ?? { fresh: 0, total: 0, old: 0 };
    this.novelty.set(site, tally);
    tally.total++;
    if (isNew && !isRead(call) && !this.isSubject(call, route, site, raw[type.field])) tally.fresh++;
    const life = known ?? this.begin(call, type, key, site, raw);
    const before = life.versions.at(-1)?.attributes;
    const fields = projected === undefined ? this.sites.get(site)?.fields : undefined;
    for (const name of fields?.keys() ?? [])
      if (!(name in all) && !life.lacks.has(name)) life.lacks.set(name, call.index);
    if (this.isPrevious(call, life, members, site)) {
      tally.old++;
      (this.sightings[call.index] as Sighting[]).push({
        life,
        site,
        pattern,
        shown: members,
        isNew: false,
        isOld: true,
        expanded,
      });
      return life;
    }
    const next: Record<string, Json> = {};
    const whole = isWholeDocument(call, members, type.field);
    for (const [name, attribute] of Object.entries(before ?? {}))
      if (name in all || name.startsWith('$') || (!whole && !fields?.has(name))) next[name] = attribute;
    for (const name of this.omissions.get(site) ?? []) if (!(name in all)) next[name] = [];
    Object.assign(next, members, Object.fromEntries(Object.entries(scope).filter(([name]) => !(name in next))));
    if (before === undefined || !equalJson(before, next)) {
      if (life.versions.at(-1)?.at === call.index) life.versions.pop();
      life.versions.push({ at: call.index, attributes: next });
    }
    life.lastSeen = call.index;
    for (const lookup of type.lookups) {
      const text = this.lookupOf(type, lookup.attributes, next);
      if (text !== undefined) this.byLookup.set(text, life);
    }
    (this.sightings[call.index] as Sighting[]).push({
      life,
      site,
      pattern,
      shown: members,
      isNew,
      isOld: false,
      expanded,
      ...(projected === undefined ? {} : { projected: own }),
    });
    return life;
  }

  /** The path names it, and what the call does needs it to be there: somebody acted on what nobody had seen yet. */
  private isSubject(call: Call, route: CallRoute, site: string, name: Json | undefined): boolean {
    if (call.isOfStored === true) return false;
    if (call.method === 'PATCH' && this.entities.direct.has(site)) return true;
    const text = scalarText(name);
    const at = route.prefixes.findLast((each) => route.params[each.name] === text);
    if (text === undefined || at === undefined) return false;
    if (at.prefix !== stripSuffix(route.path)) return true;
    return call.status !== 201 && this.missing.has(route.id);
  }

  /** A second showing in one answer of a write, equal to what was believed before: how the entity was. */
  private isPrevious(call: Call, life: Life, members: JsonObject, site: string): boolean {
    const last = life.versions.at(-1);
    const before = life.versions.findLast((version) => version.at < call.index)?.attributes;
    if (isRead(call) || before === undefined) return false;
    const shownBefore = (this.sightings[call.index] ?? []).some(
      (sighting) => sighting.life === life && !sighting.isOld,
    );
    if (!shownBefore || last === undefined || last.at !== call.index) return false;
    if (this.oldSites?.has(site) === true) return true;
    return (
      Object.entries(members).every(([name, value]) => equalJson(before[name], value)) &&
      Object.entries(members).some(([name, value]) => !equalJson(last.attributes[name], value))
    );
  }

  private scopeOf(type: EntityDraft, route: CallRoute, site: string, raw: JsonObject): Record<string, string> {
    const all = this.entities.direct.has(site) && this.scopePaths?.has(stripSuffix(route.path)) !== false;
    return scopeOf(type, route, raw, this.around, all);
  }

  private find(type: EntityDraft, raw: JsonObject, scope: JsonObject): Life | undefined {
    const key = keyOf(type, raw, scope);
    return key === undefined ? undefined : this.byKey.get(`${type.name}\u0000${key}`);
  }

  private begin(call: Call, type: EntityDraft, key: string, site: string, raw: JsonObject): Life {
    const made = this.creationSites?.has(site) === true && type.owner === undefined;
    const inside = this.lifeAround();
    const before = this.ended.get(`${type.name}\u0000${key}`);
    const young =
      before !== undefined ||
      [...(inside === undefined ? [] : [inside]), ...(this.bound[call.index] as Map<string, Life>).values()].some(
        (parent) => parent.origin !== 'seed' && parent.type !== type,
      );
    const isLater = young || wasMadeAfter(raw, this.calls[0]?.startedAt ?? 0);
    const life = new Life(type, key, call.index, made ? 'created' : isLater ? 'implicit' : 'seed', this.since);
    life.inside = inside;
    life.firstSite = site;
    if (!made) life.returnedFrom = before;
    this.lives.push(life);
    this.byKey.set(`${type.name}\u0000${key}`, life);
    return life;
  }

  /** The life of the entity in which others are being met, where it is known already. */
  private lifeAround(): Life | undefined {
    if (this.around === undefined) return undefined;
    const { type, names } = this.around;
    if (names.some((name) => name === undefined)) return undefined;
    return this.byLookup.get(lookupText(type, type.lookups[0]?.attributes ?? [], names as string[]));
  }

  private lookupOf(type: EntityDraft, attributes: readonly string[], values: JsonObject): string | undefined {
    const parts: string[] = [];
    for (const attribute of attributes) {
      const text = scalarText(this.deepValue(values, attribute));
      if (text === undefined) return undefined;
      parts.push(text);
    }
    return lookupText(type, attributes, parts);
  }

  /** Value at a dotted path that may lead through a ref. */
  private deepValue(values: JsonObject, path: string): Json | undefined {
    const direct = values[path];
    if (direct !== undefined || !path.includes('.')) return direct;
    const [head, ...rest] = path.split('.') as [string, ...string[]];
    const member = values[head];
    if (!isRef(member)) return valueAt(values, path);
    const target = this.byKey.get(`${member.$ref}\u0000${member.key}`);
    return valueAt(target?.versions.at(-1)?.attributes, rest.join('.'));
  }
}

/** Tells nothing of what was written. */
const isAcknowledgement = (call: Call): boolean =>
  call.answer === undefined || (call.isOfStored === true && call.isStored !== true);

const lookupText = (type: EntityDraft, attributes: readonly string[], values: readonly string[]): string =>
  JSON.stringify([type.name, attributes, values]);
