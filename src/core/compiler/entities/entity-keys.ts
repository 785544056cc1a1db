// What identifies an entity: a global key where one exists, else the parameters of its path; and how paths name it.
import { type Context, type EntityDraft, type Lookup, collectionOf, leadOf } from './entity-draft.ts';
import { type Site, type SiteNode, scalarText, stripSuffix, valueAt } from './sites.ts';
import { identityRank } from './words.ts';

/** A global key where one exists, else the path's parameters with the field; and how paths name the entity. */
export function chooseKey(context: Context, draft: EntityDraft): void {
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
  const lead = draft.leads.get(prefix) ?? '';
  for (const param of params.slice(0, -1)) {
    const field = scopeAttribute(anchored, param);
    if (field !== undefined && !field.includes('.')) draft.scopeFields.set(`$${param}`, field);
  }
  const attributes = params.map((param, position) => {
    if (position === params.length - 1) return lead === '' ? fieldEqualTo(anchored, param, draft) : draft.field;
    return knowsScope(nodes, prefix) ? `$${param}` : (scopeAttribute(anchored, param) ?? `$${param}`);
  });
  return { prefix, params, attributes, lead };
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
    nodes.filter((node) => leadOf(scalarText(node.value[field]) ?? '\u0000', node.route.params[param] ?? '') === '')
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
