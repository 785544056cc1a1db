// Which further sites show entities of a type that is known: alike in members, and agreeing in keys and values.
import { type Context, type EntityDraft, assign, jaccard, nounAt, nounOf } from './entity-draft.ts';
import { scalarPaths } from './attribute-paths.ts';
import { type Site, type SiteNode, commonFields, scalarText } from './sites.ts';
import { identityRank, singular } from './words.ts';

/** Two paths to one kind of thing (`/releases/{id}`, `/releases/tags/{tag}`): alike in fields and sharing values. */
export function mergeAlike(context: Context): void {
  for (let i = 0; i < context.drafts.length; i++)
    for (let j = context.drafts.length - 1; j > i; j--) {
      const a = context.drafts[i] as EntityDraft;
      const b = context.drafts[j] as EntityDraft;
      if (!(jaccard(a.fields, b.fields) >= 0.75 && a.fields.size >= 3) && !sameThings(a, b)) continue;
      const field = identityRank(b.field) > identityRank(a.field) && a.fields.has(b.field) ? b.field : a.field;
      if (!a.fields.has(field) || !b.fields.has(field)) continue;
      if (!shareValues(context, a, b, field) && !shareLead(a, b)) continue;
      a.field = field;
      for (const prefix of b.prefixes) a.prefixes.add(prefix);
      for (const [prefix, lead] of b.leads) a.leads.set(prefix, lead);
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

/** Looked up by the same words before a name, and alike in every member. */
const shareLead = (a: EntityDraft, b: EntityDraft): boolean =>
  a.fields.size >= 4 &&
  jaccard(a.fields, b.fields) === 1 &&
  [...a.leads.values()].some((lead) => lead.length > 1 && [...b.leads.values()].includes(lead));

/** Sites whose objects agree with things that are known: same fields, same key, same values. Until nothing more fits. */
export function addSimilarSites(context: Context): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const site of context.sites.values()) {
      if (context.owner.has(site.id)) continue;
      const fields = commonFields(site);
      if (fields.size < 2) continue;
      let best: { identity: Identity; score: number } | undefined;
      for (const draft of context.drafts)
        for (const identity of identitiesOf(context, draft, fields)) {
          const score = similarity(context, site, fields, identity);
          if (score > 0 && (best === undefined || score > best.score)) best = { identity, score };
        }
      if (best === undefined) continue;
      best.identity.draft.field = best.identity.field;
      best.identity.draft.values = best.identity.values;
      assign(context, best.identity.draft, site);
      changed = true;
    }
  }
}

/** A field that names the entities of a type, and its values. */
interface Identity {
  readonly draft: EntityDraft;
  readonly field: string;
  readonly values: Set<string>;
}

/**
 * By which field objects with these members could be things of the type: by the one it is known by; and where they lack
 * that (`/projects/mine` is shown elsewhere as `{id, name}`), by an id that all its objects have and that goes with it.
 */
function identitiesOf(context: Context, draft: EntityDraft, fields: ReadonlySet<string>): Identity[] {
  if (fields.has(draft.field)) return [{ draft, field: draft.field, values: draft.values }];
  if (draft.field === '' || identityRank(draft.field) === 3) return [];
  const nodes = [...draft.sites].flatMap((id) => (context.sites.get(id) as Site).nodes);
  return [...fields]
    .filter((field) => identityRank(field) === 3 && isOneToOne(nodes, field, draft.field))
    .map((field) => ({
      draft,
      field,
      values: new Set(nodes.map((node) => scalarText(node.value[field]) as string)),
    }));
}

function isOneToOne(nodes: readonly SiteNode[], a: string, b: string): boolean {
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  return nodes.every((node) => {
    const left = scalarText(node.value[a]);
    const right = scalarText(node.value[b]);
    if (left === undefined || right === undefined) return false;
    if ((there.get(left) ?? right) !== right || (back.get(right) ?? left) !== left) return false;
    there.set(left, right);
    back.set(right, left);
    return true;
  });
}

function similarity(context: Context, site: Site, fields: ReadonlySet<string>, identity: Identity): number {
  const { draft, field, values } = identity;
  let shared = 0;
  for (const name of fields) if (draft.fields.has(name)) shared++;
  const containment = shared / fields.size;
  const coverage = shared / (draft.fields.size || 1);
  if (containment < 0.75 && !(coverage >= 0.9 && shared >= 4)) return 0;
  const texts = site.nodes.map((node) => scalarText(node.value[field]));
  const overlap = texts.filter((text) => text !== undefined && values.has(text)).length / texts.length;
  if (overlap === 0 && otherKind(texts, values)) return 0;
  if (shared >= 2 && containment === 1 && isNamedByOperation(site, draft)) return containment + coverage + overlap;
  if (shared >= 5 && containment >= 0.85 && coverage >= 0.6) return containment + coverage + overlap;
  const sameNoun =
    site.pattern.split('.').length <= 2 && [...draft.prefixes].some((prefix) => nounOf(prefix) === nounOf(site.path));
  if (sameNoun && shared >= 3 && coverage >= 0.6) return containment + coverage + overlap;
  if (containment === 1 && coverage === 1 && holdsAll(texts, draft)) return 2 + coverage;
  const same = containment >= 0.75 && coverage >= 0.75 && sharesIds(texts, values);
  if (overlap < 0.5 && !same) return 0;
  const agreement = valueAgreement(context, site, identity);
  // What a write shows may change before anything else shows it.
  if (agreement < (same ? 0.1 : 0.9)) return 0;
  const last = site.pattern.replaceAll('[]', '').split('.').at(-1) as string;
  const named = singular(last).toLowerCase() === draft.name.toLowerCase() ? 0.5 : 0;
  return containment * 0.5 + coverage * 0.5 + overlap + agreement + named;
}

/** `createOrder` and `orders` among the answers of operations show orders. */
function isNamedByOperation(site: Site, draft: EntityDraft): boolean {
  if (site.nodes[0]?.route.operation === undefined) return false;
  const name = singular(nounAt(site)).toLowerCase();
  return name.endsWith(draft.name.toLowerCase()) && draft.name.length >= 3;
}

/** Of things known elsewhere under telling keys, nearly all are shown here, and others too: here they are made. */
function holdsAll(texts: readonly (string | undefined)[], { values }: EntityDraft): boolean {
  const telling = [...values].filter((value) => value.length >= 6);
  return telling.length >= 3 && telling.filter((value) => texts.includes(value)).length >= 0.8 * values.size;
}

/** So many ids, too long to agree by chance, were met elsewhere: the others were shown here alone. */
function sharesIds(texts: readonly (string | undefined)[], values: ReadonlySet<string>): boolean {
  const shared = texts.filter((text) => text !== undefined && isTelling(text) && values.has(text));
  return new Set(shared).size >= SHARED_IDS_MIN;
}

/** Long, or letters and digits: not one of the numbers that name things of every kind. */
const isTelling = (text: string): boolean =>
  text.length >= TELLING_LENGTH || (text.length >= COMPOSED_LENGTH && /\d/.test(text) && /\D/.test(text));

const TELLING_LENGTH = 6;
const COMPOSED_LENGTH = 4;
const SHARED_IDS_MIN = 3;

/** Ids of one type begin alike (`ch_…`, `pi_…`). */
function otherKind(texts: readonly (string | undefined)[], known: ReadonlySet<string>): boolean {
  const prefix = (text: string | undefined): string => /^[A-Za-z]{2,8}_/.exec(text ?? '')?.[0] ?? '';
  const own = new Set(texts.map(prefix));
  return known.size > 0 && !own.has('') && [...known].every((value) => !own.has(prefix(value)));
}

/** Share of nodes whose other scalar fields were each seen with that key somewhere among the type's own objects. */
function valueAgreement(context: Context, site: Site, { draft, field, values }: Identity): number {
  const known = new Map<string, Set<string>>();
  for (const id of draft.sites)
    for (const node of (context.sites.get(id) as Site).nodes) {
      const key = scalarText(node.value[field]);
      if (key === undefined) continue;
      for (const [name, text] of scalarPaths(node.value)) {
        const cell = `${key}\n${name}`;
        const set = known.get(cell) ?? new Set<string>();
        known.set(cell, set);
        set.add(text);
      }
    }
  let agreeing = 0;
  let judged = 0;
  for (const node of site.nodes) {
    const key = scalarText(node.value[field]) ?? '';
    if (!values.has(key)) continue;
    judged++;
    const others = scalarPaths(node.value).filter(([name]) => name !== field);
    const ok = others.every(([name, text]) => known.get(`${key}\n${name}`)?.has(text) !== false);
    const tested = others.some(([name]) => known.has(`${key}\n${name}`));
    if (ok && tested) agreeing++;
  }
  return judged === 0 ? 0 : agreeing / judged;
}
