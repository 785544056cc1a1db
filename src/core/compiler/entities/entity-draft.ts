// An entity type while it is being found: the sites that show it, the field that names it, the paths that lead to it.
import { type Call } from '../calls/call.ts';
import { type CallRoute } from './routes.ts';
import { type Site, commonFields, scalarText, stripSuffix } from './sites.ts';

/** A way to name an entity by path: the route prefix, its parameters, and the attributes that they equal. */
export interface Lookup {
  readonly prefix: string;
  readonly params: readonly string[];
  readonly attributes: readonly string[];
  /** What the last attribute holds before the last parameter (`refs/heads/` of `refs/heads/main`); mostly nothing. */
  readonly lead: string;
}

export interface EntityDraft {
  name: string;
  /** The field that the objects themselves carry. */
  field: string;
  key: readonly string[];
  /** Where an object stands outside its scope's path: the field of it that holds a scope attribute. */
  readonly scopeFields: Map<string, string>;
  lookups: Lookup[];
  readonly prefixes: Set<string>;
  /** By prefix, what the field holds before the prefix's last parameter, where that is anything. */
  readonly leads: Map<string, string>;
  /** For a part: the type in whose objects it stands. */
  owner: EntityDraft | undefined;
  readonly sites: Set<string>;
  /** Known values of `field`. */
  values: Set<string>;
  readonly fields: Set<string>;
}

export interface Context {
  readonly calls: readonly Call[];
  readonly routes: readonly CallRoute[];
  readonly sites: ReadonlyMap<string, Site>;
  readonly drafts: EntityDraft[];
  readonly owner: Map<string, EntityDraft>;
}

export function newDraft(context: Context, name: string, field: string, prefix: string | undefined): EntityDraft {
  const draft: EntityDraft = {
    name,
    field,
    key: [field],
    scopeFields: new Map(),
    lookups: [],
    prefixes: new Set(prefix === undefined ? [] : [prefix]),
    leads: new Map(),
    owner: undefined,
    sites: new Set(),
    values: new Set(),
    fields: new Set(),
  };
  context.drafts.push(draft);
  return draft;
}

export function assign(context: Context, draft: EntityDraft, site: Site): void {
  if (context.owner.has(site.id)) return;
  context.owner.set(site.id, draft);
  draft.sites.add(site.id);
  for (const name of commonFields(site)) draft.fields.add(name);
  for (const node of site.nodes) {
    const text = scalarText(node.value[draft.field]);
    if (text !== undefined) draft.values.add(text);
  }
}

export const nounOf = (prefix: string): string =>
  prefix
    .split('/')
    .reverse()
    .find((part) => part !== '' && !part.startsWith('{')) ?? 'thing';

/** What the things at a site are called: the member that they stand in, or what the operation is called that shows them. */
export function nounAt(site: Site): string {
  const last = site.pattern.replaceAll('[]', '').split('.').at(-1) as string;
  const label = site.nodes[0]?.route.operation?.label;
  return label !== undefined && /^(\$|result|data)$/.test(last) ? (label.split(/[^A-Za-z0-9]/)[0] as string) : last;
}

const LEAD_MAX = 40;

/**
 * What a name holds before the parameter that asks for it: nothing where they are equal, `/` for names that are paths,
 * `refs/heads/` for `main` that is called `refs/heads/main`. Undefined where the name does not end in the parameter.
 */
export function leadOf(name: string, param: string): string | undefined {
  if (name === param) return '';
  if (param === '' || !name.endsWith(param)) return undefined;
  const lead = name.slice(0, -param.length);
  return lead.length <= LEAD_MAX && /[/:#~]$/.test(lead) && !lead.includes('://') ? lead : undefined;
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const name of a) if (b.has(name)) both++;
  return both / (a.size + b.size - both || 1);
}

export const collectionOf = (prefix: string): string => stripSuffix(prefix.slice(0, prefix.lastIndexOf('/'))) || '/';
