// Objects of a type whose names are paths: listed inside the one that their path leads through, or made below the one that
// the request names. However little of them is shown, their paths tell what they are.
import { isArray, isObject, type Json } from '../../std/json.ts';
import { assign, type Context, type EntityDraft } from './entity-draft.ts';
import { scalarText, stripSuffix, type Site } from './sites.ts';

const OBJECTS_MIN = 5;
const FITTING_MIN = 0.95;

/** The path without its last part. */
export const folderOf = (path: string): string | undefined =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined;

/** How many objects of a member's lists stand directly below the object that holds them. */
export function tallyBelow(outer: Site, member: string, field: string): { fits: number; total: number } {
  const tally = { fits: 0, total: 0 };
  for (const { value } of outer.nodes)
    for (const child of isArray(value[member]) ? value[member] : []) {
      tally.total++;
      if (isDirectlyBelow(child, value[field], field)) tally.fits++;
    }
  return tally;
}

function isDirectlyBelow(child: Json, above: Json | undefined, field: string): boolean {
  const own = scalarText(isObject(child) ? child[field] : undefined);
  return own !== undefined && folderOf(own) !== undefined && folderOf(own) === scalarText(above);
}

export const fitsBelow = ({ fits, total }: { readonly fits: number; readonly total: number }): boolean =>
  fits >= OBJECTS_MIN && fits >= FITTING_MIN * total;

/** Gives such sites to their types, lists in lists too. */
export function addListedBelow(context: Context): void {
  for (const draft of context.drafts) {
    for (const site of context.sites.values())
      if (!context.owner.has(site.id) && isMadeBelow(draft, site)) assign(context, draft, site);
    for (const id of draft.sites) claimLists(context, draft, context.sites.get(id) as Site, false);
  }
}

function claimLists(context: Context, draft: EntityDraft, outer: Site, known: boolean): void {
  for (const member of outer.fields.keys()) {
    const inner = context.sites.get(`${outer.id}.${member}[]`);
    if (inner === undefined || context.owner.has(inner.id)) continue;
    const tally = tallyBelow(outer, member, draft.field);
    if (!fitsBelow(tally) && !(known && tally.fits > 0 && tally.fits === tally.total)) continue;
    assign(context, draft, inner);
    claimLists(context, draft, inner, true);
  }
}

/** Answers of writes to the type's own path that show something below what the path names. */
function isMadeBelow(draft: EntityDraft, site: Site): boolean {
  if (site.method !== 'POST' || site.nodes.length < OBJECTS_MIN || !draft.prefixes.has(stripSuffix(site.path)))
    return false;
  return site.nodes.every(({ route, value }) => {
    const named = route.params[route.prefixes.at(-1)?.name ?? ''] ?? '';
    const folder = folderOf(scalarText(value[draft.field]) ?? '');
    return folder !== undefined && named !== '' && (folder === named || folder === `/${named}`);
  });
}
