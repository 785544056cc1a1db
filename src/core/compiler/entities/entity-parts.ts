// Parts: objects in a list of an entity that paths name below it (a flag's `environments`, and
// `/flags/{flag}/environments/{environment}`). Each is an entity within its owner, so that what is written below its path
// shows wherever the owner shows it, however much of it each place shows.
import { append } from '../../std/grouping.ts';
import { type Context, type EntityDraft, assign, newDraft } from './entity-draft.ts';
import { type Site, commonFields, scalarText } from './sites.ts';
import { isReadMethod } from '../calls/call.ts';
import { singular, typeName } from './words.ts';

/** Finds parts, and takes back types that were made of reads of their paths alone. */
export function addParts(context: Context): void {
  for (const owner of [...context.drafts])
    for (const [member, sites] of embeddedLists(context, owner)) {
      const place = placeOf(context, owner, member);
      const field = place === undefined ? undefined : nameField(sites, place.names);
      if (place === undefined || field === undefined) continue;
      releaseReads(context, place.prefix);
      if (context.drafts.some((draft) => draft.prefixes.has(place.prefix))) continue;
      const draft = newDraft(context, typeName(member), field, place.prefix);
      draft.owner = owner;
      for (const site of sites) assign(context, draft, site);
    }
}

/** The key of a part is its name within the parameters that name its owner. */
export function choosePartKey(draft: EntityDraft, owner: EntityDraft): void {
  const own = owner.lookups[0];
  const [prefix] = draft.prefixes;
  if (own === undefined || prefix === undefined) return;
  const scope = own.params.map((param) => `$${param}`);
  const param = /\{([^}]*)\}$/.exec(prefix)?.[1] ?? draft.field;
  draft.key = [...scope, draft.field];
  draft.lookups.push({ prefix, params: [...own.params, param], attributes: draft.key, lead: '' });
}

/** Lists of objects without a type in the objects of the owner, by member. */
function embeddedLists(context: Context, owner: EntityDraft): Map<string, Site[]> {
  const found = new Map<string, Site[]>();
  for (const site of context.sites.values()) {
    const match = /\.(\w+)\[\]$/.exec(site.id);
    if (match === null || context.owner.has(site.id)) continue;
    if (context.owner.get(site.id.slice(0, match.index)) !== owner) continue;
    const member = match[1] as string;
    append(found, member, site);
  }
  return found;
}

interface Place {
  readonly prefix: string;
  /** Values of the parameter in calls that succeeded. */
  readonly names: ReadonlySet<string>;
}

/** The path below the owner's that has the member's name and a parameter after it. */
function placeOf(context: Context, owner: EntityDraft, member: string): Place | undefined {
  const names = new Map<string, Set<string>>();
  for (const call of context.calls) {
    if (call.status >= 400) continue;
    const route = context.routes[call.index];
    for (const { name, prefix } of route?.prefixes ?? []) {
      const [, above, literal] = /^(.*)\/([^/{}]+)\/\{[^}]*\}$/.exec(prefix) ?? [];
      if (above === undefined || !owner.prefixes.has(above) || !sameNoun(literal ?? '', member)) continue;
      names.set(prefix, (names.get(prefix) ?? new Set<string>()).add(route?.params[name] ?? ''));
    }
  }
  const [first] = names;
  return first === undefined ? undefined : { prefix: first[0], names: first[1] };
}

const sameNoun = (a: string, b: string): boolean => {
  const plain = (text: string): string => singular(text.toLowerCase().replace(/[^a-z]/g, ''));
  return plain(a) === plain(b);
};

/** The field that holds the names that paths use. */
function nameField(sites: readonly Site[], names: ReadonlySet<string>): string | undefined {
  const [first] = sites;
  if (first === undefined) return undefined;
  return [...commonFields(first, 1)].find((field) => {
    const held = new Set(sites.flatMap((site) => site.nodes.map((node) => scalarText(node.value[field]))));
    return !held.has(undefined) && [...names].every((name) => held.has(name));
  });
}

const NAMES_MIN = 5;

/**
 * Takes back types that only reads of their paths show, by the names of things of another type that are made (a
 * `/history/{flag}` that answers for every flag): what they answer is put together when asked.
 */
export function releaseNamesakes(context: Context): void {
  for (const draft of [...context.drafts]) {
    if (!isReadByPathAlone(context, draft) || draft.values.size < NAMES_MIN) continue;
    const isName = (other: EntityDraft): boolean =>
      other !== draft &&
      [...other.sites].some((id) => context.sites.get(id)?.method === 'POST') &&
      [...draft.values].filter((value) => other.values.has(value)).length >= 0.8 * draft.values.size;
    if (context.drafts.some(isName)) release(context, draft);
  }
}

/** A type whose only objects are what reads of its path answer says nothing that is not known of the part and its owner. */
function releaseReads(context: Context, prefix: string): void {
  const draft = context.drafts.find((each) => each.prefixes.has(prefix));
  if (draft !== undefined && isReadByPathAlone(context, draft)) release(context, draft);
}

const isReadByPathAlone = (context: Context, draft: EntityDraft): boolean =>
  draft.prefixes.size === 1 &&
  [...draft.sites].every((id) => {
    const site = context.sites.get(id) as Site;
    return site.pattern === '$' && draft.prefixes.has(site.path) && isReadMethod(site.method);
  });

function release(context: Context, draft: EntityDraft): void {
  context.drafts.splice(context.drafts.indexOf(draft), 1);
  for (const id of draft.sites) context.owner.delete(id);
}
