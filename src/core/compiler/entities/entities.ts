// Pass "entities": which objects in answers are instances of which stored kind of thing, and what identifies one.
// Evidence, strongest first: the object's field equals the last path parameter (anchor); the object stands in the
// collection that the item's path extends; its key and its other fields agree with things known already (embedding).
import { append } from '../../std/grouping.ts';
import { type JsonObject } from '../../std/json.ts';
import { type Call, isReadMethod, isSuccess } from '../calls/call.ts';
import {
  addCollections,
  addEchoes,
  addUnanchoredPrefixes,
  anchorByPath,
  anchorByRequestField,
} from './entity-anchors.ts';
import { addBareReferences, addComposedSites } from './entity-composed.ts';
import { type Context, type EntityDraft, assign, jaccard, newDraft, nounAt, nounOf } from './entity-draft.ts';
import { addListedBelow } from './entity-listings.ts';
import { chooseKey } from './entity-keys.ts';
import { addParts, choosePartKey, releaseNamesakes } from './entity-parts.ts';
import { addSimilarSites, mergeAlike } from './entity-likeness.ts';
import { tiePrefixes } from './entity-ties.ts';
import { type Projection, inferProjections } from './projections.ts';
import { type CallRoute } from './routes.ts';
import { type Site, commonFields, scalarText, stripSuffix } from './sites.ts';
import { identityRank, singular, typeName } from './words.ts';

export interface EntityTypes {
  readonly types: readonly EntityDraft[];
  /** Type of the objects at a site. */
  readonly bySite: ReadonlyMap<string, EntityDraft>;
  /** Sites whose objects stand in no other entity: the answer's own subject or list. */
  readonly direct: ReadonlySet<string>;
  /** Sites whose objects tell of entities under other names. */
  readonly projections: ReadonlyMap<string, Projection>;
}

export function inferEntities(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  sites: ReadonlyMap<string, Site>,
): EntityTypes {
  const context: Context = { calls, routes, sites, drafts: [], owner: new Map() };
  const ties = tiePrefixes(context);
  anchorByPath(context);
  anchorByRequestField(context);
  mergeAlike(context);
  addCollections(context);
  addEchoes(context);
  addUnanchoredPrefixes(context, ties);
  mergeAlike(context);
  addSimilarSites(context);
  const projections = inferProjections(context);
  addListedBelow(context);
  addStandingLists(context, projections);
  mergeAlike(context);
  addSimilarSites(context);
  addComposedSites(context);
  addSimilarSites(context);
  addSharedEmbeds(context);
  addSimilarSites(context);
  addBareReferences(context);
  addParts(context);
  releaseNamesakes(context);
  addSingletons(context);
  addPresences(context, ties);
  nameTypes(context.drafts);
  for (const draft of context.drafts)
    if (draft.owner === undefined) chooseKey(context, draft);
    else choosePartKey(draft, draft.owner);
  return { types: context.drafts, bySite: context.owner, direct: directSites(context), projections };
}

function directSites(context: Context): Set<string> {
  const direct = new Set<string>();
  for (const id of context.owner.keys()) {
    const cut = id.lastIndexOf(' ') + 1;
    const pattern = id.slice(cut);
    const outer = [...pattern.matchAll(/\.|\[\]/g)].map((match) => pattern.slice(0, match.index));
    const isEcho = context.sites.get(id)?.nodes[0]?.call.plainAnswer !== undefined;
    if (!isEcho && !outer.some((each) => context.owner.has(id.slice(0, cut) + each))) direct.add(id);
  }
  return direct;
}

/** Top-level lists (and creations beside them) of objects with an identity of their own that no path names. */
function addStandingLists(context: Context, projections: ReadonlyMap<string, Projection>): void {
  const groups = new Map<string, Site[]>();
  for (const site of context.sites.values()) {
    if (context.owner.has(site.id) || projections.has(site.id)) continue;
    const isOperation = site.nodes[0]?.route.operation !== undefined;
    const places = isOperation ? /^\$(\.\w+){1,2}(\[\])?$/ : /^\$(\.\w+)?\[\]$|^\$$|^\$\.\w+$/;
    if (!places.test(site.pattern)) continue;
    if (!site.pattern.endsWith('[]') && isReadMethod(site.method)) continue;
    const field = identityField(site);
    if (field === undefined) continue;
    const id = `${isOperation ? singular(nounAt(site)) : site.path}\n${field}`;
    append(groups, id, site);
  }
  for (const [id, sites] of groups) {
    if (!sites.some((site) => site.pattern.endsWith('[]') || isMaking(site, id.split('\n')[1] as string))) continue;
    const [path, field] = id.split('\n') as [string, string];
    const draft = newDraft(context, typeName(nounOf(path)), field, undefined);
    for (const site of sites) assign(context, draft, site);
  }
}

const MADE_MIN = 3;

/** "Created", the status says each time, and each time under a number of its own: nothing needs to list what was made. */
function isMaking(site: Site, field: string): boolean {
  const made = new Set(site.nodes.map(({ value }) => scalarText(value[field])));
  return (
    site.nodes.length >= MADE_MIN &&
    made.size === site.nodes.length &&
    site.nodes.every(({ call, value }) => call.status === 201 && typeof value[field] === 'number')
  );
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
  for (const site of context.sites.values()) if (site.pattern === '$') append(byPath, site.path, site);
  const isWrite = (call: Call): boolean => (call.method === 'PUT' || call.method === 'PATCH') && isSuccess(call);
  const written = new Set(
    context.calls.filter(isWrite).map((call) => stripSuffix((context.routes[call.index] as CallRoute).path)),
  );
  for (const [path, sites] of byPath) {
    if (sites.some((site) => context.owner.has(site.id)) || !sites.some((site) => site.method === 'GET')) continue;
    const route = (sites[0] as Site).nodes[0]?.route;
    if (!written.has(path) || route === undefined || route.prefixes.at(-1)?.prefix === path) continue;
    const draft = newDraft(context, typeName(nounOf(path)), '', undefined);
    const params = route.prefixes.map((each) => each.name);
    draft.lookups.push({ prefix: path, params, attributes: params.map((param) => `$${param}`), lead: '' });
    for (const site of sites) if (site.method !== 'DELETE') assign(context, draft, site);
  }
}

/**
 * Things that no answer shows (buckets, memberships, stars): their path is written and deleted, and by what status it
 * answers it tells whether they are there. They have their names, and nothing else.
 */
function addPresences(context: Context, ties: ReadonlySet<string>): void {
  const byPrefix = new Map<string, { call: Call; route: CallRoute }[]>();
  for (const call of context.calls) {
    const route = context.routes[call.index] as CallRoute;
    const prefix = route.prefixes.at(-1)?.prefix;
    if (prefix === undefined || prefix !== stripSuffix(route.path)) continue;
    append(byPrefix, prefix, { call, route });
  }
  for (const [prefix, uses] of byPrefix) {
    if (
      context.drafts.some((draft) => draft.prefixes.has(prefix) || draft.lookups.some((each) => each.prefix === prefix))
    )
      continue;
    const made = uses.filter(({ call }) => isSuccess(call) && (call.method === 'PUT' || call.method === 'POST'));
    const names = new Set(made.map(({ call }) => call.path));
    const deleted = uses.some(({ call }) => call.method === 'DELETE' && isSuccess(call));
    const asked = ties.has(prefix) || uses.some(({ call }) => [404, 409, 410, 412].includes(call.status));
    if (names.size < PRESENCES_MIN || !deleted || !asked) continue;
    const params = (made[0]?.route.prefixes ?? []).map((each) => each.name);
    const draft = newDraft(context, typeName(nounOf(prefix)), '', undefined);
    draft.lookups.push({ prefix, params, attributes: params.map((param) => `$${param}`), lead: '' });
  }
}

/** Fewer things than this that are only there or not tell no kind of them. */
const PRESENCES_MIN = 2;

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
