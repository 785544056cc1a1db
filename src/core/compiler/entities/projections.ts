// Pass "projections": objects that tell of an entity under other names than the entity's own. A write is acknowledged with
// `{"ok": true, "id": …, "rev": …}`, a list holds rows `{"id": …, "key": …, "value": {"rev": …}}` around what a read of
// the item calls `_id` and `_rev`. They are no entities of their own: they show some attributes of one that is known.
import { isObject, type Json } from '../../std/json.ts';
import { isEachRoute } from '../calls/bulk-calls.ts';
import { isReadMethod, isSuccess } from '../calls/call.ts';
import { type Context, type EntityDraft, leadOf } from './entity-draft.ts';
import { type CallRoute } from './routes.ts';
import { type Site, commonFields, scalarText, stripSuffix, valueAt } from './sites.ts';

export interface Projection {
  readonly type: EntityDraft;
  /** Path of the member that shows each attribute, the naming field among them. */
  readonly members: ReadonlyMap<string, string>;
}

/** Projections by site, among the sites that no type owns yet. */
export function inferProjections(context: Context): Map<string, Projection> {
  const found = new Map<string, Projection>();
  const drafts = context.drafts.filter(
    (draft) => draft.prefixes.size > 0 && draft.field !== '' && draft.values.size >= 2,
  );
  for (const draft of drafts) {
    const known = knownValues(context, draft);
    const deaths = deletions(context, draft);
    for (const site of context.sites.values()) {
      if (context.owner.has(site.id) || found.has(site.id)) continue;
      const members = isCandidate(draft, site) ? membersOf(draft, site, known) : undefined;
      if (members === undefined || tellsOfTheDead(draft, site, members.get(draft.field) as string, deaths)) continue;
      found.set(site.id, { type: draft, members });
    }
  }
  return found;
}

/** The whole answer of a write to the item's own path, or for an element of a list that was sent, or elements of a list near the top of an answer. */
function isCandidate(draft: EntityDraft, site: Site): boolean {
  if (site.pattern === '$' && isEachRoute(site.routeId)) return site.nodes.length >= 4;
  if (site.pattern === '$') return !isReadMethod(site.method) && prefixBefore(draft, site.path) !== undefined;
  return /^\$(\.\w+)?\[\]$/.test(site.pattern) && site.nodes.length >= 4;
}

/** The path of the item that a path is, or leads through. */
const prefixBefore = (draft: EntityDraft, path: string): string | undefined =>
  [...draft.prefixes].find((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** Texts that each attribute of each entity was ever shown with. */
type Known = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

function knownValues(context: Context, draft: EntityDraft): Known {
  const known = new Map<string, Map<string, Set<string>>>();
  for (const id of draft.sites)
    for (const node of (context.sites.get(id) as Site).nodes) {
      const name = nameOf(draft, node.route, node.value[draft.field]);
      if (name === undefined) continue;
      const attributes = known.get(name) ?? new Map<string, Set<string>>();
      known.set(name, attributes);
      for (const [attribute, value] of Object.entries(node.value)) {
        const text = scalarText(value);
        if (text === undefined) continue;
        const texts = attributes.get(attribute) ?? new Set<string>();
        attributes.set(attribute, texts.add(text));
      }
    }
  return known;
}

/** The naming field's text, within the scope that the path tells. */
function nameOf(draft: EntityDraft, route: CallRoute, value: Json | undefined): string | undefined {
  const text = scalarText(value);
  if (text === undefined) return undefined;
  const scope = [...draft.prefixes][0]?.match(/\{[^}]*\}/g)?.slice(0, -1) ?? [];
  return [...scope.map((name) => route.params[name.slice(1, -1)] ?? ''), text].join('\n');
}

const KEY_SHARE_MIN = 0.6;
/** Of elements that were sent: what they name may be new, and never shown again. */
const SENT_KEY_SHARE_MIN = 0.25;
const ACK_SHARE_MIN = 0.9;

function membersOf(draft: EntityDraft, site: Site, known: Known): Map<string, string> | undefined {
  const key = [...commonFields(site, 0.9)].find((name) => namesEntities(draft, site, name, known));
  if (key === undefined) return undefined;
  const members = new Map([[draft.field, key]]);
  for (const path of scalarPaths(site)) {
    if (path === key) continue;
    const attribute = attributeShownAt(draft, site, key, path, known);
    if (attribute !== undefined && !members.has(attribute)) members.set(attribute, path);
  }
  return members.size >= 2 ? members : undefined;
}

function namesEntities(draft: EntityDraft, site: Site, member: string, known: Known): boolean {
  const texts = new Set(site.nodes.map((node) => scalarText(node.value[member])));
  if (texts.has(undefined) || texts.size < 2) return false;
  if (site.pattern === '$' && !isEachRoute(site.routeId)) {
    const param = /\{([^{}]*)\}$/.exec(prefixBefore(draft, site.path) ?? '')?.[1] ?? '';
    const named = site.nodes.filter(
      (node) => leadOf(scalarText(node.value[member]) ?? '', node.route.params[param] ?? '') !== undefined,
    );
    return named.length >= ACK_SHARE_MIN * site.nodes.length;
  }
  const met = site.nodes.filter((node) => known.has(nameOf(draft, node.route, node.value[member]) ?? ''));
  return met.length >= (isEachRoute(site.routeId) ? SENT_KEY_SHARE_MIN : KEY_SHARE_MIN) * site.nodes.length;
}

/** Calls that wrote or deleted each entity by its path, in order. */
function deletions(context: Context, draft: EntityDraft): Map<string, { at: number; deleted: boolean }[]> {
  const found = new Map<string, { at: number; deleted: boolean }[]>();
  for (const call of context.calls) {
    const route = context.routes[call.index] as CallRoute;
    if (isReadMethod(call.method) || !isSuccess(call) || !draft.prefixes.has(stripSuffix(route.path))) continue;
    const name = nameOf(draft, route, route.params[route.prefixes.at(-1)?.name ?? ''] ?? '');
    if (name === undefined) continue;
    const list = found.get(name) ?? [];
    found.set(name, list);
    list.push({ at: call.index, deleted: call.method === 'DELETE' });
  }
  return found;
}

const DEAD_SHARE_MAX = 0.05;

/** Logs of what happened hold the names of things that are gone: they show no state. */
function tellsOfTheDead(
  draft: EntityDraft,
  site: Site,
  key: string,
  writes: ReadonlyMap<string, readonly { readonly at: number; readonly deleted: boolean }[]>,
): boolean {
  const dead = site.nodes.filter((node) => {
    const name = nameOf(draft, node.route, node.value[key]) ?? '';
    return writes.get(name)?.findLast(({ at }) => at < node.call.index)?.deleted === true;
  });
  return isReadMethod(site.method) && dead.length > DEAD_SHARE_MAX * site.nodes.length;
}

/** Scalars of the site's objects, at most one object deep. */
function scalarPaths(site: Site): string[] {
  const paths = new Set<string>();
  for (const node of site.nodes)
    for (const [name, value] of Object.entries(node.value)) {
      if (scalarText(value) !== undefined) paths.add(name);
      else if (isObject(value))
        for (const [inner, innerValue] of Object.entries(value))
          if (scalarText(innerValue) !== undefined) paths.add(`${name}.${inner}`);
    }
  return [...paths];
}

/** Texts so long do not agree by chance; shorter ones must agree nearly always. */
const TELLING_LENGTH = 8;

function attributeShownAt(draft: EntityDraft, site: Site, key: string, path: string, known: Known): string | undefined {
  const hits = new Map<string, { count: number; texts: Set<string> }>();
  let judged = 0;
  for (const node of site.nodes) {
    const attributes = known.get(nameOf(draft, node.route, node.value[key]) ?? '');
    const text = scalarText(valueAt(node.value, path));
    if (attributes === undefined || text === undefined) continue;
    judged++;
    for (const [attribute, texts] of attributes) {
      if (attribute === draft.field || !texts.has(text)) continue;
      const entry = hits.get(attribute) ?? { count: 0, texts: new Set<string>() };
      hits.set(attribute, entry);
      entry.count++;
      entry.texts.add(text);
    }
  }
  const best = [...hits].sort((a, b) => b[1].count - a[1].count)[0];
  if (best === undefined || best[1].texts.size < 2) return undefined;
  const telling = [...best[1].texts].every((text) => text.length >= TELLING_LENGTH);
  return best[1].count >= (telling ? 0.25 : 0.9) * judged ? best[0] : undefined;
}
