// Entity types by their strongest evidence: a field that equals the last path parameter, or the member of a request that
// names the subject; and the collections that such paths extend.
import { isObject } from '../../std/json.ts';
import { isEachRoute } from '../calls/bulk-calls.ts';
import { isReadMethod } from '../calls/call.ts';
import {
  type Context,
  type EntityDraft,
  assign,
  collectionOf,
  leadOf,
  newDraft,
  nounAt,
  nounOf,
} from './entity-draft.ts';
import { argumentsOf } from '../calls/operations.ts';
import { type CallRoute } from './routes.ts';
import { type Site, type SiteNode, commonFields, scalarText } from './sites.ts';
import { identityRank, singular, typeName } from './words.ts';

/** Routes that end in a parameter, whose answers hold an object with a field equal to it. */
export function anchorByPath(context: Context): void {
  interface Tally {
    hits: number;
    /** Hits in answers of reads: how an entity looks when asked for weighs more than what a write acknowledges with. */
    reads: number;
    sites: Set<string>;
  }
  const totals = new Map<string, number>();
  const tallies = new Map<string, Map<string, Tally>>();
  for (const site of context.sites.values()) {
    if (!/^\$(\.\w+){0,2}$/.test(site.pattern)) continue;
    for (const node of site.nodes) {
      const last = node.route.prefixes.at(-1);
      if (last === undefined || last.prefix !== site.path) continue;
      const wanted = node.route.params[last.name] ?? '';
      if (site.pattern === '$') totals.set(last.prefix, (totals.get(last.prefix) ?? 0) + 1);
      for (const [name, value] of Object.entries(node.value)) {
        const lead = leadOf(scalarText(value) ?? '', wanted);
        if (lead === undefined) continue;
        const byField = tallies.get(last.prefix) ?? new Map<string, Tally>();
        tallies.set(last.prefix, byField);
        const id = `${site.pattern}\n${name}\n${lead}`;
        const tally = byField.get(id) ?? { hits: 0, reads: 0, sites: new Set() };
        byField.set(id, tally);
        tally.hits++;
        if (isReadMethod(site.method)) tally.reads++;
        tally.sites.add(site.id);
      }
    }
  }
  for (const [prefix, byField] of tallies) {
    const total = totals.get(prefix) ?? 0;
    const ranked = [...byField]
      .map(([id, tally]) => {
        const [pattern, field, lead] = id.split('\n') as [string, string, string];
        return { pattern, field, lead, tally };
      })
      .filter(
        ({ tally }) =>
          (tally.hits >= 0.5 * total || tally.hits >= 5 || tally.reads >= READS_MIN) &&
          tally.hits >= 0.8 * nodesAt(context, tally.sites, prefix),
      )
      .sort(
        (a, b) =>
          Number(a.lead.length > 1) - Number(b.lead.length > 1) ||
          Number(b.tally.reads >= READS_MIN) - Number(a.tally.reads >= READS_MIN) ||
          b.tally.hits - a.tally.hits ||
          a.pattern.length - b.pattern.length ||
          fitness(b.field, prefix) - fitness(a.field, prefix),
      );
    const best = ranked[0];
    if (best === undefined) continue;
    const draft = newDraft(context, typeName(nounOf(prefix)), best.field, prefix);
    if (best.lead !== '') draft.leads.set(prefix, best.lead);
    for (const { field, lead, tally } of ranked)
      if (field === best.field && lead === best.lead)
        for (const id of tally.sites) assign(context, draft, context.sites.get(id) as Site);
  }
}

/** Fewer reads than this do not outweigh what the writes of a path answer. */
const READS_MIN = 2;

/** How many objects stand at the sites in answers of the item's own path. */
function nodesAt(context: Context, sites: ReadonlySet<string>, prefix: string): number {
  let count = 0;
  for (const id of sites)
    count += (context.sites.get(id) as Site).nodes.filter(
      (node) => node.route.prefixes.at(-1)?.prefix === prefix,
    ).length;
  return count;
}

/** Under a scope the number of the thing there names it rather than its global id, where both fit. */
const fitness = (field: string, prefix: string): number =>
  /^(number|iid)$/i.test(field) && prefix.indexOf('{') !== prefix.lastIndexOf('{') ? 4 : identityRank(field);

/** Calls that name their subject in the body or the query (`{"channel": "C1"}` answered by `channel.id`). */
export function anchorByRequestField(context: Context): void {
  const groups = new Map<string, { sites: Set<Site>; hits: number; field: string; noun: string }>();
  for (const site of context.sites.values()) {
    const { operation } = (site.nodes[0] as SiteNode).route;
    const places = operation === undefined ? /^\$(\.\w+)?$/ : /^\$(\.\w+){1,2}$/;
    if (context.owner.has(site.id) || !places.test(site.pattern) || isEachRoute(site.routeId)) continue;
    if (site.pattern === '$' && (site.nodes[0] as SiteNode).route.prefixes.length > 0) continue;
    if (site.pattern === '$' && isAcknowledgement(site)) continue;
    const tallies = new Map<string, number>();
    const rankMin = operation === undefined ? 2 : 1;
    for (const node of site.nodes)
      for (const source of [argumentsOf(node.call, node.route), node.call.query])
        for (const [, value] of Object.entries(
          (typeof source === 'object' && source !== null && !Array.isArray(source) ? source : {}) as Record<
            string,
            never
          >,
        )) {
          const text = scalarText(value);
          if (text === undefined) continue;
          for (const [field, own] of Object.entries(node.value))
            if (identityRank(field) >= rankMin && scalarText(own) === text)
              tallies.set(field, (tallies.get(field) ?? 0) + 1);
        }
    const best = [...tallies].sort((a, b) => b[1] - a[1] || identityRank(b[0]) - identityRank(a[0]))[0];
    if (best === undefined || best[1] < 2 || best[1] < 0.8 * site.nodes.length) continue;
    if (context.drafts.some((draft) => isShownShort(site, best[0], draft))) continue;
    const noun = site.pattern === '$' ? nounOf(site.path) : nounAt(site);
    const id = `${noun}\n${best[0]}`;
    const group = groups.get(id) ?? { sites: new Set(), hits: 0, field: best[0], noun };
    groups.set(id, group);
    group.sites.add(site);
    group.hits += best[1];
  }
  for (const group of groups.values()) {
    if (identityRank(group.field) < 2 && ![...group.sites].some(isAskedByNameAlone)) continue;
    const draft = newDraft(context, typeName(group.noun), group.field, undefined);
    for (const site of group.sites) assign(context, draft, site);
  }
}

/** An operation that takes one argument, and answers with what that names. */
function isAskedByNameAlone(site: Site): boolean {
  return site.nodes.every(({ call, route }) => {
    const given = argumentsOf(call, route);
    const names = isObject(given) ? Object.keys(given) : [];
    return (
      names.filter((name) => route.operation?.input !== undefined || name !== route.operation?.member).length === 1
    );
  });
}

/** Objects of the site are known things, shown inside others with some of their members. */
function isShownShort(site: Site, field: string, draft: EntityDraft): boolean {
  if (site.pattern === '$' || draft.field !== field) return false;
  if (![...commonFields(site)].every((name) => draft.fields.has(name))) return false;
  const names = new Set(site.nodes.map((node) => scalarText(node.value[field]) ?? ''));
  const known = [...names].filter((name) => draft.values.has(name));
  const isTelling =
    known.some((name) => name.length >= KEY_LENGTH_MIN) ||
    singular(site.pattern.slice(2)).toLowerCase() === draft.name.toLowerCase();
  return isTelling && known.length >= 2 && known.length >= SHOWN_SHORT_MIN * names.size;
}

/** Of the names at a site, the share that must be those of known things; shorter names than this may be so by chance. */
const SHOWN_SHORT_MIN = 0.3;
const KEY_LENGTH_MIN = 6;

/** An answer to a write that says no more than the request did, beside what it always says (`ok: true`). */
function isAcknowledgement(site: Site): boolean {
  if (isReadMethod(site.method) || site.nodes.length < 2) return false;
  const names = [...site.fields.keys()];
  const isConstant = (name: string): boolean =>
    new Set(site.nodes.map((node) => JSON.stringify(node.value[name]))).size === 1;
  const isEcho = (name: string): boolean =>
    site.nodes.every(({ call, value }) => {
      const text = scalarText(value[name]);
      return text !== undefined && isObject(call.body) && scalarText(call.body[name]) === text;
    });
  return (
    names.some((name) => isConstant(name) && !isEcho(name)) && names.every((name) => isConstant(name) || isEcho(name))
  );
}

/** Lists and created things at the path that an item's path extends. */
export function addCollections(context: Context): void {
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
        // A list in a thing is of other things.
        if (site.pattern.endsWith('[]') && standsInThing(context, draft, site)) continue;
        if (
          site.pattern.endsWith('[]') ||
          coverage(commonFields(site), draft.fields) >= 0.4 ||
          (!isReadMethod(site.method) && isNamedShort(site, draft))
        )
          assign(context, draft, site);
      }
}

/** Answers of writes below an item that tell some of its members. */
export function addEchoes(context: Context): void {
  for (const site of context.sites.values()) {
    const [node] = site.nodes;
    if (site.pattern !== '$' || node?.call.plainAnswer === undefined) continue;
    const prefix = node.route.prefixes.at(-1)?.prefix ?? '';
    const draft = context.drafts.find((each) => each.prefixes.has(prefix));
    if (draft !== undefined && site.fields.has(draft.field)) assign(context, draft, site);
  }
}

/** Fewer creations than this, of things that were met later, tell nothing. */
const NAMED_MIN = 2;

/** Creations that are answered by hardly more than the name of what was made: by that name it is met later. */
function isNamedShort(site: Site, draft: EntityDraft): boolean {
  const names = new Set(site.nodes.map((node) => scalarText(node.value[draft.field]) ?? ''));
  const met = [...names].filter((name) => draft.values.has(name)).length;
  return names.size === site.nodes.length && met >= Math.max(NAMED_MIN, SHOWN_SHORT_MIN * names.size);
}

/** The objects around its list carry the type's naming field, and more of its members than its own objects do. */
function standsInThing(context: Context, draft: EntityDraft, { id, pattern, fields }: Site): boolean {
  const around = [...pattern.matchAll(/\./g)].map(({ index }) => id.slice(0, id.length - pattern.length + index));
  return around.some((outer) => {
    const site = context.sites.get(outer);
    return (
      site?.fields.has(draft.field) === true &&
      coverage(commonFields(site), draft.fields) > coverage(new Set(fields.keys()), draft.fields)
    );
  });
}

/** Share of the type's members that a site shows. */
export function coverage(shown: ReadonlySet<string>, members: ReadonlySet<string>): number {
  let both = 0;
  for (const name of members) if (shown.has(name)) both++;
  return members.size === 0 ? 1 : both / members.size;
}

/** Items that are only written or deleted by path: their key is the field of the collection that the parameter takes. */
export function addUnanchoredPrefixes(context: Context, ties: ReadonlySet<string>): void {
  const values = new Map<string, Set<string>>();
  for (const call of context.calls) {
    const route = context.routes[call.index] as CallRoute;
    if (call.refused) continue;
    for (const { name, prefix } of route.prefixes) {
      const seen = values.get(prefix) ?? new Set<string>();
      values.set(prefix, seen);
      seen.add(route.params[name] ?? '');
    }
  }
  for (const [prefix, wanted] of values) {
    if (ties.has(prefix) || wanted.size === 0) continue;
    if (context.drafts.some((draft) => draft.prefixes.has(prefix))) continue;
    let best: { site: Site; field: string; hits: number; lead: string } | undefined;
    for (const site of context.sites.values()) {
      const lead = leadBetween(site, prefix);
      if (lead === undefined || !/^\$(\.\w+)?(\[\])?$/.test(site.pattern)) continue;
      for (const field of commonFields(site, 0.9)) {
        if (identityRank(field) === 0 && lead === '') continue;
        const own = site.nodes.map((node) => scalarText(node.value[field]) ?? '');
        const whole = lead === '' ? '' : leadAmong(own, wanted, lead);
        if (whole === undefined) continue;
        const names = new Set(own);
        let hits = 0;
        for (const value of wanted) if (names.has(whole + value)) hits++;
        if (
          hits >= Math.max(1, 0.5 * wanted.size) &&
          (best === undefined ||
            hits > best.hits ||
            (hits === best.hits && identityRank(field) > identityRank(best.field)))
        )
          best = { site, field, hits, lead: whole };
      }
    }
    if (best === undefined) continue;
    const known = context.owner.get(best.site.id);
    if (known !== undefined) {
      known.prefixes.add(prefix);
      if (best.lead !== '') known.leads.set(prefix, best.lead);
      continue;
    }
    const draft = newDraft(context, typeName(nounOf(prefix)), best.field, prefix);
    if (best.lead !== '') draft.leads.set(prefix, best.lead);
    assign(context, draft, best.site);
    for (const site of context.sites.values())
      if (
        site.path === best.site.path &&
        /^\$(\.\w+){0,2}(\[\])?$/.test(site.pattern) &&
        (site.fields.get(best.field) ?? 0) >= 0.9 * site.nodes.length &&
        coverage(commonFields(site), draft.fields) >= 0.4
      )
        assign(context, draft, site);
  }
}

/** Words of the path between a collection and the parameter, which names may begin with: none where it extends it directly. */
function leadBetween(site: Site, prefix: string): string | undefined {
  if (site.path === collectionOf(prefix)) return '';
  if (!prefix.startsWith(`${site.path}/`)) return undefined;
  const between = prefix
    .slice(site.path.length + 1)
    .split('/')
    .slice(0, -1);
  return between.some((part) => part.startsWith('{')) ? undefined : `${between.join('/')}/`;
}

/** What the wanted names have before them among the names there are, when it ends in the words of the path. */
function leadAmong(names: readonly string[], wanted: ReadonlySet<string>, words: string): string | undefined {
  for (const value of wanted)
    for (const name of names) {
      const lead = leadOf(name, value);
      if (lead?.endsWith(words) === true) return lead;
    }
  return undefined;
}
