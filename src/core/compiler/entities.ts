// Pass "entities": which objects in answers are instances of which stored kind of thing, and what identifies one.
// Evidence, strongest first: the object's field equals the last path parameter (anchor); the object stands in the
// collection that the item's path extends; its key and its other fields agree with things known already (embedding).
import { commonFields, scalarText, stripSuffix, valueAt, type Site, type SiteNode } from './sites.ts';
import type { JsonObject } from '../std/json.ts';
import { isReadRequest, type Call } from './call.ts';
import type { CallRoute } from './routes.ts';
import { identityRank, singular, typeName } from './words.ts';

/** A way to name an entity by path: the route prefix, its parameters, and the attributes that they equal. */
export interface Lookup {
  readonly prefix: string;
  readonly params: readonly string[];
  readonly attributes: readonly string[];
}

export interface EntityDraft {
  name: string;
  /** The field that the objects themselves carry. */
  field: string;
  key: readonly string[];
  lookups: Lookup[];
  readonly prefixes: Set<string>;
  readonly sites: Set<string>;
  /** Known values of `field`. */
  readonly values: Set<string>;
  readonly fields: Set<string>;
}

interface Context {
  readonly calls: readonly Call[];
  readonly routes: readonly CallRoute[];
  readonly sites: ReadonlyMap<string, Site>;
  readonly drafts: EntityDraft[];
  readonly owner: Map<string, EntityDraft>;
}

export interface EntityTypes {
  readonly types: readonly EntityDraft[];
  /** Type of the objects at a site. */
  readonly bySite: ReadonlyMap<string, EntityDraft>;
  /** Sites whose objects stand in no other entity: the answer's own subject or list. */
  readonly direct: ReadonlySet<string>;
}

export function inferEntities(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  sites: ReadonlyMap<string, Site>,
): EntityTypes {
  const context: Context = { calls, routes, sites, drafts: [], owner: new Map() };
  anchorByPath(context);
  anchorByRequestField(context);
  mergeAlike(context);
  addCollections(context);
  addUnanchoredPrefixes(context);
  mergeAlike(context);
  addSimilarSites(context);
  addStandingLists(context);
  mergeAlike(context);
  addSimilarSites(context);
  addSharedEmbeds(context);
  addSimilarSites(context);
  addSingletons(context);
  nameTypes(context.drafts);
  for (const draft of context.drafts) chooseKey(context, draft);
  return { types: context.drafts, bySite: context.owner, direct: directSites(context) };
}

function directSites(context: Context): Set<string> {
  const direct = new Set<string>();
  for (const id of context.owner.keys()) {
    const cut = id.lastIndexOf(' ') + 1;
    const pattern = id.slice(cut);
    const outer = [...pattern.matchAll(/\.|\[\]/g)].map((match) => pattern.slice(0, match.index));
    if (!outer.some((each) => context.owner.has(id.slice(0, cut) + each))) direct.add(id);
  }
  return direct;
}

function newDraft(context: Context, name: string, field: string, prefix: string | undefined): EntityDraft {
  const draft: EntityDraft = {
    name,
    field,
    key: [field],
    lookups: [],
    prefixes: new Set(prefix === undefined ? [] : [prefix]),
    sites: new Set(),
    values: new Set(),
    fields: new Set(),
  };
  context.drafts.push(draft);
  return draft;
}

function assign(context: Context, draft: EntityDraft, site: Site): void {
  if (context.owner.has(site.id)) return;
  context.owner.set(site.id, draft);
  draft.sites.add(site.id);
  for (const name of commonFields(site)) draft.fields.add(name);
  for (const node of site.nodes) {
    const text = scalarText(node.value[draft.field]);
    if (text !== undefined) draft.values.add(text);
  }
}

const nounOf = (prefix: string): string =>
  prefix
    .split('/')
    .reverse()
    .find((part) => part !== '' && !part.startsWith('{')) ?? 'thing';

/** Routes that end in a parameter, whose answers hold an object with a field equal to it. */
function anchorByPath(context: Context): void {
  interface Tally {
    hits: number;
    sites: Set<string>;
  }
  const totals = new Map<string, number>();
  const tallies = new Map<string, Map<string, Tally>>();
  for (const site of context.sites.values()) {
    if (!/^\$(\.\w+){0,2}$/.test(site.pattern)) continue;
    for (const node of site.nodes) {
      const last = node.route.prefixes.at(-1);
      if (last === undefined || last.prefix !== site.path) continue;
      const wanted = lookupText(node.route.params[last.name] ?? '');
      if (site.pattern === '$') totals.set(last.prefix, (totals.get(last.prefix) ?? 0) + 1);
      for (const [name, value] of Object.entries(node.value)) {
        if (scalarText(value) === undefined || !wanted.has(scalarText(value) as string)) continue;
        const byField = tallies.get(last.prefix) ?? new Map<string, Tally>();
        tallies.set(last.prefix, byField);
        const id = `${site.pattern}\n${name}`;
        const tally = byField.get(id) ?? { hits: 0, sites: new Set() };
        byField.set(id, tally);
        tally.hits++;
        tally.sites.add(site.id);
      }
    }
  }
  for (const [prefix, byField] of tallies) {
    const total = totals.get(prefix) ?? 0;
    const ranked = [...byField]
      .map(([id, tally]) => ({ pattern: id.split('\n')[0] as string, field: id.split('\n')[1] as string, tally }))
      .filter(({ tally }) => tally.hits >= 0.5 * total || tally.hits >= 5)
      .sort(
        (a, b) =>
          b.tally.hits - a.tally.hits ||
          a.pattern.length - b.pattern.length ||
          fitness(b.field, prefix) - fitness(a.field, prefix),
      );
    const best = ranked[0];
    if (best === undefined) continue;
    const draft = newDraft(context, typeName(nounOf(prefix)), best.field, prefix);
    for (const { field, tally } of ranked)
      if (field === best.field) for (const id of tally.sites) assign(context, draft, context.sites.get(id) as Site);
  }
}

/** Under a scope the number of the thing there names it rather than its global id, where both fit. */
const fitness = (field: string, prefix: string): number =>
  /^(number|iid)$/i.test(field) && prefix.indexOf('{') !== prefix.lastIndexOf('{') ? 4 : identityRank(field);

/** The parameter itself, and with a leading slash for names that are paths. */
const lookupText = (param: string): Set<string> => new Set([param, `/${param}`]);

/** Calls that name their subject in the body or the query (`{"channel": "C1"}` answered by `channel.id`). */
function anchorByRequestField(context: Context): void {
  const groups = new Map<string, { sites: Set<Site>; hits: number; field: string; noun: string }>();
  for (const site of context.sites.values()) {
    if (context.owner.has(site.id) || !/^\$(\.\w+)?$/.test(site.pattern)) continue;
    if (site.pattern === '$' && (site.nodes[0] as SiteNode).route.prefixes.length > 0) continue;
    const tallies = new Map<string, number>();
    for (const node of site.nodes)
      for (const source of [node.call.body, node.call.query])
        for (const [, value] of Object.entries(
          (typeof source === 'object' && source !== null && !Array.isArray(source) ? source : {}) as Record<
            string,
            never
          >,
        )) {
          const text = scalarText(value);
          if (text === undefined) continue;
          for (const [field, own] of Object.entries(node.value))
            if (identityRank(field) >= 2 && scalarText(own) === text) tallies.set(field, (tallies.get(field) ?? 0) + 1);
        }
    const best = [...tallies].sort((a, b) => b[1] - a[1] || identityRank(b[0]) - identityRank(a[0]))[0];
    if (best === undefined || best[1] < 2 || best[1] < 0.8 * site.nodes.length) continue;
    const noun = site.pattern === '$' ? nounOf(site.path) : (site.pattern.split('.').at(-1) as string);
    const id = `${noun}\n${best[0]}`;
    const group = groups.get(id) ?? { sites: new Set(), hits: 0, field: best[0], noun };
    groups.set(id, group);
    group.sites.add(site);
    group.hits += best[1];
  }
  for (const group of groups.values()) {
    const draft = newDraft(context, typeName(group.noun), group.field, undefined);
    for (const site of group.sites) assign(context, draft, site);
  }
}

/** Two paths to one kind of thing (`/releases/{id}`, `/releases/tags/{tag}`): alike in fields and sharing values. */
function mergeAlike(context: Context): void {
  for (let i = 0; i < context.drafts.length; i++)
    for (let j = context.drafts.length - 1; j > i; j--) {
      const a = context.drafts[i] as EntityDraft;
      const b = context.drafts[j] as EntityDraft;
      if (!(jaccard(a.fields, b.fields) >= 0.75 && a.fields.size >= 3) && !sameThings(a, b)) continue;
      const field = identityRank(b.field) > identityRank(a.field) && a.fields.has(b.field) ? b.field : a.field;
      if (!a.fields.has(field) || !b.fields.has(field) || !shareValues(context, a, b, field)) continue;
      a.field = field;
      for (const prefix of b.prefixes) a.prefixes.add(prefix);
      context.drafts.splice(j, 1);
      const moved = [...a.sites, ...b.sites];
      a.sites.clear();
      a.values.clear();
      for (const id of moved) context.owner.delete(id);
      for (const id of moved) assign(context, a, context.sites.get(id) as Site);
    }
}

/** One field names both, by values that are no coincidence, and many of them are the same. */
function sameThings(a: EntityDraft, b: EntityDraft): boolean {
  if (a.field !== b.field || a.field === '' || jaccard(a.fields, b.fields) < 0.5) return false;
  const [few, many] = a.values.size < b.values.size ? [a.values, b.values] : [b.values, a.values];
  const shared = [...few].filter((value) => many.has(value) && value.length >= 6).length;
  return shared >= 2 && shared >= 0.3 * few.size;
}

function shareValues(context: Context, a: EntityDraft, b: EntityDraft, field: string): boolean {
  const of = (draft: EntityDraft): Set<string> =>
    new Set(
      [...draft.sites].flatMap((id) =>
        (context.sites.get(id) as Site).nodes.map((node) => scalarText(node.value[field]) ?? ''),
      ),
    );
  const left = of(a);
  for (const value of of(b)) if (left.has(value)) return true;
  return false;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const name of a) if (b.has(name)) both++;
  return both / (a.size + b.size - both || 1);
}

const collectionOf = (prefix: string): string => stripSuffix(prefix.slice(0, prefix.lastIndexOf('/')));

/** Lists and created things at the path that an item's path extends. */
function addCollections(context: Context): void {
  for (const draft of context.drafts)
    for (const prefix of draft.prefixes)
      for (const site of context.sites.values()) {
        if (
          context.owner.has(site.id) ||
          site.path !== collectionOf(prefix) ||
          !/^\$(\.\w+)?$|^\$(\.\w+){0,2}\[\]$/.test(site.pattern)
        )
          continue;
        if ((site.fields.get(draft.field) ?? 0) < 0.9 * site.nodes.length) continue;
        if (site.pattern.endsWith('[]') || coverage(commonFields(site), draft.fields) >= 0.4)
          assign(context, draft, site);
      }
}

/** Share of the type's members that a site shows. */
function coverage(shown: ReadonlySet<string>, members: ReadonlySet<string>): number {
  let both = 0;
  for (const name of members) if (shown.has(name)) both++;
  return members.size === 0 ? 1 : both / members.size;
}

/** Items that are only written or deleted by path: their key is the field of the collection that the parameter takes. */
function addUnanchoredPrefixes(context: Context): void {
  const values = new Map<string, Set<string>>();
  for (const call of context.calls) {
    const route = context.routes[call.index] as CallRoute;
    if (call.status >= 400) continue;
    for (const { name, prefix } of route.prefixes) {
      const seen = values.get(prefix) ?? new Set<string>();
      values.set(prefix, seen);
      seen.add(route.params[name] ?? '');
    }
  }
  for (const [prefix, wanted] of values) {
    if (context.drafts.some((draft) => draft.prefixes.has(prefix)) || wanted.size === 0) continue;
    let best: { site: Site; field: string; hits: number } | undefined;
    for (const site of context.sites.values()) {
      if (site.path !== collectionOf(prefix) || !/^\$(\.\w+)?(\[\])?$/.test(site.pattern)) continue;
      for (const field of commonFields(site, 0.9)) {
        if (identityRank(field) === 0) continue;
        const own = new Set(site.nodes.map((node) => scalarText(node.value[field])));
        let hits = 0;
        for (const value of wanted) if (own.has(value)) hits++;
        if (
          hits >= Math.max(1, 0.5 * wanted.size) &&
          (best === undefined ||
            hits > best.hits ||
            (hits === best.hits && identityRank(field) > identityRank(best.field)))
        )
          best = { site, field, hits };
      }
    }
    if (best === undefined) continue;
    const known = context.owner.get(best.site.id);
    if (known !== undefined) {
      known.prefixes.add(prefix);
      continue;
    }
    const draft = newDraft(context, typeName(nounOf(prefix)), best.field, prefix);
    assign(context, draft, best.site);
    for (const site of context.sites.values())
      if (
        site.path === collectionOf(prefix) &&
        /^\$(\.\w+){0,2}(\[\])?$/.test(site.pattern) &&
        (site.fields.get(best.field) ?? 0) >= 0.9 * site.nodes.length
      )
        assign(context, draft, site);
  }
}

/** Sites whose objects agree with things that are known: same fields, same key, same values. Until nothing more fits. */
function addSimilarSites(context: Context): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const site of context.sites.values()) {
      if (context.owner.has(site.id)) continue;
      const fields = commonFields(site);
      if (fields.size < 2) continue;
      let best: { draft: EntityDraft; score: number } | undefined;
      for (const draft of context.drafts) {
        const score = similarity(context, site, fields, draft);
        if (score > 0 && (best === undefined || score > best.score)) best = { draft, score };
      }
      if (best === undefined) continue;
      assign(context, best.draft, site);
      changed = true;
    }
  }
}

function similarity(context: Context, site: Site, fields: ReadonlySet<string>, draft: EntityDraft): number {
  if (!fields.has(draft.field)) return 0;
  let shared = 0;
  for (const name of fields) if (draft.fields.has(name)) shared++;
  const containment = shared / fields.size;
  const coverage = shared / (draft.fields.size || 1);
  if (containment < 0.75 && !(coverage >= 0.9 && shared >= 4)) return 0;
  const texts = site.nodes.map((node) => scalarText(node.value[draft.field]));
  const overlap = texts.filter((text) => text !== undefined && draft.values.has(text)).length / texts.length;
  if (overlap === 0 && otherKind(texts, draft.values)) return 0;
  if (shared >= 5 && containment >= 0.85 && coverage >= 0.6) return containment + coverage + overlap;
  const sameNoun =
    site.pattern.split('.').length <= 2 && [...draft.prefixes].some((prefix) => nounOf(prefix) === nounOf(site.path));
  if (sameNoun && shared >= 3 && coverage >= 0.6) return containment + coverage + overlap;
  if (overlap < 0.5) return 0;
  const agreement = valueAgreement(context, site, draft);
  if (agreement < 0.9) return 0;
  const last = site.pattern.replaceAll('[]', '').split('.').at(-1) as string;
  const named = singular(last).toLowerCase() === draft.name.toLowerCase() ? 0.5 : 0;
  return containment * 0.5 + coverage * 0.5 + overlap + agreement + named;
}

/** Ids of one type begin alike (`ch_…`, `pi_…`). */
function otherKind(texts: readonly (string | undefined)[], known: ReadonlySet<string>): boolean {
  const prefix = (text: string | undefined): string => /^[A-Za-z]{2,8}_/.exec(text ?? '')?.[0] ?? '';
  const own = new Set(texts.map(prefix));
  return known.size > 0 && !own.has('') && [...known].every((value) => !own.has(prefix(value)));
}

/** Share of nodes whose other scalar fields were each seen with that key somewhere among the type's own objects. */
function valueAgreement(context: Context, site: Site, draft: EntityDraft): number {
  const known = new Map<string, Set<string>>();
  for (const id of draft.sites)
    for (const node of (context.sites.get(id) as Site).nodes) {
      const key = scalarText(node.value[draft.field]);
      if (key === undefined) continue;
      for (const [name, value] of Object.entries(node.value)) {
        const text = scalarText(value);
        if (text === undefined) continue;
        const cell = `${key}\n${name}`;
        const set = known.get(cell) ?? new Set<string>();
        known.set(cell, set);
        set.add(text);
      }
    }
  let agreeing = 0;
  let judged = 0;
  for (const node of site.nodes) {
    const key = scalarText(node.value[draft.field]) ?? '';
    if (!draft.values.has(key)) continue;
    judged++;
    const ok = Object.entries(node.value).every(([name, value]) => {
      const text = scalarText(value);
      const seen = known.get(`${key}\n${name}`);
      return name === draft.field || text === undefined || seen === undefined || seen.has(text);
    });
    const tested = Object.keys(node.value).some((name) => name !== draft.field && known.has(`${key}\n${name}`));
    if (ok && tested) agreeing++;
  }
  return judged === 0 ? 0 : agreeing / judged;
}

/** Top-level lists (and creations beside them) of objects with an identity of their own that no path names. */
function addStandingLists(context: Context): void {
  const groups = new Map<string, Site[]>();
  for (const site of context.sites.values()) {
    if (context.owner.has(site.id) || !/^\$(\.\w+)?\[\]$|^\$$|^\$\.\w+$/.test(site.pattern)) continue;
    if (!site.pattern.endsWith('[]') && isReadRequest(site.method, site.path)) continue;
    const field = identityField(site);
    if (field === undefined) continue;
    const id = `${site.path}\n${field}`;
    groups.set(id, [...(groups.get(id) ?? []), site]);
  }
  for (const [id, sites] of groups) {
    if (!sites.some((site) => site.pattern.endsWith('[]'))) continue;
    const [path, field] = id.split('\n') as [string, string];
    const draft = newDraft(context, typeName(nounOf(path)), field, undefined);
    for (const site of sites) assign(context, draft, site);
  }
}

/** The best identity field that every object of the site has, unique within each answer. */
function identityField(site: Site): string | undefined {
  const fields = [...commonFields(site, 1)]
    .filter((name) => identityRank(name) >= 2)
    .sort((a, b) => identityRank(b) - identityRank(a));
  return fields.find((field) => {
    const seen = new Set<string>();
    return site.nodes.every((node) => {
      const text = scalarText(node.value[field]);
      const cell = `${node.call.index}\n${text}`;
      if (text === undefined || seen.has(cell)) return false;
      seen.add(cell);
      return true;
    });
  });
}

/** Objects embedded in several places whose content depends on their key alone are entities of their own. */
function addSharedEmbeds(context: Context): void {
  for (const site of context.sites.values()) {
    if (context.owner.has(site.id) || /^\$(\.\w+)?$/.test(site.pattern) || site.fields.size < 3) continue;
    const field = [...commonFields(site, 1)]
      .filter((name) => identityRank(name) === 3 || /^(login|username|slug)$/i.test(name))
      .sort((a, b) => identityRank(b) - identityRank(a))[0];
    if (field === undefined) continue;
    const contents = new Map<string, Set<string>>();
    for (const node of site.nodes) {
      const key = scalarText(node.value[field]) ?? '';
      const set = contents.get(key) ?? new Set<string>();
      contents.set(key, set);
      set.add(JSON.stringify(node.value));
    }
    const repeated = [...contents.values()].length < site.nodes.length;
    const stable = [...contents.values()].every((set) => set.size === 1);
    if (!repeated || !stable || contents.size > Math.max(8, site.nodes.length / 3)) continue;
    const draft = newDraft(
      context,
      typeName(site.pattern.replaceAll('[]', '').split('.').at(-1) as string),
      field,
      undefined,
    );
    assign(context, draft, site);
  }
}

/** Paths without an item of their own that are read and written: one thing for each scope (`/profile`, `/…/protection`). */
function addSingletons(context: Context): void {
  const byPath = new Map<string, Site[]>();
  for (const site of context.sites.values())
    if (site.pattern === '$') byPath.set(site.path, [...(byPath.get(site.path) ?? []), site]);
  for (const [path, sites] of byPath) {
    if (sites.some((site) => context.owner.has(site.id)) || !sites.some((site) => site.method === 'GET')) continue;
    const written = context.calls.some(
      (call) =>
        (call.method === 'PUT' || call.method === 'PATCH') &&
        call.status < 300 &&
        stripSuffix((context.routes[call.index] as CallRoute).path) === path,
    );
    const route = (sites[0] as Site).nodes[0]?.route;
    if (!written || route === undefined || route.prefixes.at(-1)?.prefix === path) continue;
    const draft = newDraft(context, typeName(nounOf(path)), '', undefined);
    const params = route.prefixes.map((each) => each.name);
    draft.lookups.push({ prefix: path, params, attributes: params.map((param) => `$${param}`) });
    for (const site of sites) if (site.method !== 'DELETE') assign(context, draft, site);
  }
}

function nameTypes(drafts: readonly EntityDraft[]): void {
  const used = new Set<string>();
  for (const draft of drafts) {
    const base = draft.name === '' ? 'Thing' : draft.name;
    let name = base;
    for (let n = 2; used.has(name); n++) name = `${base}${n}`;
    used.add(name);
    draft.name = name;
  }
}

/**
 * Type of one object at a site of mixed kinds: another type than the site's when the object lacks much of what the
 * site's type always has and has all that the other one shows.
 */
export function typeOfNode(entities: EntityTypes, site: string, value: JsonObject): EntityDraft | undefined {
  const usual = entities.bySite.get(site);
  if (usual === undefined || !entities.direct.has(site) || !site.endsWith('[]') || usual.fields.size < 8) return usual;
  const own = new Set(Object.keys(value));
  const fit = jaccard(own, usual.fields);
  let best: { type: EntityDraft; fit: number } | undefined;
  for (const type of entities.types) {
    if (type === usual || type.fields.size < 8 || !own.has(type.field)) continue;
    const other = jaccard(own, type.fields);
    if (other > 0.9 && other > fit + 0.1 && (best === undefined || other > best.fit)) best = { type, fit: other };
  }
  return best?.type ?? usual;
}

/** A global key where one exists, else the path's parameters with the field; and how paths name the entity. */
function chooseKey(context: Context, draft: EntityDraft): void {
  if (draft.field === '') {
    draft.key = draft.lookups[0]?.attributes ?? [];
    return;
  }
  const nodes = [...draft.sites].flatMap((id) => (context.sites.get(id) as Site).nodes);
  for (const prefix of draft.prefixes) {
    const lookup = lookupFor(draft, prefix, nodes);
    if (lookup !== undefined) draft.lookups.push(lookup);
  }
  const scoped = draft.lookups.find((lookup) => lookup.params.length > 1);
  if (scoped === undefined) {
    draft.key = [draft.field];
    return;
  }
  const tuples = nodes
    .map((node) => ({ node, tuple: tupleOf(node, scoped) }))
    .filter((entry): entry is { node: SiteNode; tuple: string } => entry.tuple !== undefined);
  const candidates = [...draft.fields]
    .filter((name) => identityRank(name) >= 2)
    .sort((a, b) => identityRank(b) - identityRank(a));
  const scopes = new Set(tuples.map(({ tuple }) => tuple.split('\u0000').slice(0, -1).join('\u0000'))).size;
  for (const field of candidates) {
    const there = new Map<string, string>();
    const back = new Map<string, string>();
    const oneToOne = tuples.every(({ node, tuple }) => {
      const text = scalarText(node.value[field]);
      if (text === undefined) return false;
      const known = there.get(text) ?? tuple;
      const knownBack = back.get(tuple) ?? text;
      there.set(text, known);
      back.set(tuple, knownBack);
      return known === tuple && knownBack === text;
    });
    if (!oneToOne || there.size === 0) continue;
    const everywhere = nodes.every((node) => scalarText(node.value[field]) !== undefined);
    if (
      everywhere &&
      (scopes >= 2 && there.size >= 4 ? identityRank(field) === 3 || field === draft.field : identityRank(field) === 3)
    ) {
      draft.key = [field];
      return;
    }
  }
  draft.key = scoped.attributes;
}

function lookupFor(draft: EntityDraft, prefix: string, nodes: readonly SiteNode[]): Lookup | undefined {
  const own = nodes.filter((node) => node.route.prefixes.some((each) => each.prefix === prefix));
  const sample = own[0]?.route.prefixes ?? undefined;
  const names = (sample ?? [])
    .slice(0, (sample ?? []).findIndex((each) => each.prefix === prefix) + 1)
    .map((each) => each.name);
  const fallback = [...prefix.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] as string);
  const params = names.length > 0 ? names : fallback;
  const last = params.at(-1);
  if (last === undefined) return undefined;
  const anchored = own.filter(
    (node) => node.route.prefixes.at(-1)?.prefix === prefix && stripSuffix(node.route.path) === prefix,
  );
  const attributes = params.map((param, position) => {
    if (position === params.length - 1) return fieldEqualTo(anchored, param, draft);
    return knowsScope(nodes, prefix) ? `$${param}` : (scopeAttribute(anchored, param) ?? `$${param}`);
  });
  return { prefix, params, attributes };
}

/** True when things of the type are created or listed under the same scope, so that the path itself tells it. */
const knowsScope = (nodes: readonly SiteNode[], prefix: string): boolean =>
  nodes.some(
    (node) =>
      stripSuffix(node.route.path).startsWith(collectionOf(prefix).replace(/\/[^/{]*$/, '')) &&
      stripSuffix(node.route.path) !== prefix &&
      !stripSuffix(node.route.path).startsWith(`${prefix}/`),
  );

function fieldEqualTo(nodes: readonly SiteNode[], param: string, draft: EntityDraft): string {
  const equals = (field: string): boolean =>
    nodes.filter((node) => lookupText(node.route.params[param] ?? '').has(scalarText(node.value[field]) ?? '\u0000'))
      .length >=
    0.9 * nodes.length;
  if (nodes.length === 0 || equals(draft.field)) return draft.field;
  return [...draft.fields].filter(equals).sort((a, b) => identityRank(b) - identityRank(a))[0] ?? draft.field;
}

/** An attribute path of the object that equals a scope parameter in every answer (`owner.login`). */
function scopeAttribute(nodes: readonly SiteNode[], param: string): string | undefined {
  const first = nodes[0];
  if (first === undefined) return undefined;
  const paths: string[] = [];
  const wanted = first.route.params[param];
  for (const [name, value] of Object.entries(first.value)) {
    if (scalarText(value) === wanted) paths.push(name);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, innerValue] of Object.entries(value as Record<string, never>))
        if (scalarText(innerValue) === wanted) paths.push(`${name}.${inner}`);
  }
  const fits = paths.filter((path) =>
    nodes.every((node) => scalarText(valueAt(node.value, path)) === node.route.params[param]),
  );
  return fits.sort(
    (a, b) => identityRank(b.split('.').at(-1) as string) - identityRank(a.split('.').at(-1) as string),
  )[0];
}

function tupleOf(node: SiteNode, lookup: Lookup): string | undefined {
  const parts: string[] = [];
  for (let i = 0; i < lookup.params.length; i++) {
    const attribute = lookup.attributes[i] as string;
    const param = lookup.params[i] as string;
    const known = node.route.prefixes.some((each) => each.name === param && lookup.prefix.startsWith(each.prefix));
    const text = attribute.startsWith('$')
      ? known
        ? node.route.params[param]
        : undefined
      : scalarText(valueAt(node.value, attribute));
    if (text === undefined) return undefined;
    parts.push(text);
  }
  return parts.join('\u0000');
}
