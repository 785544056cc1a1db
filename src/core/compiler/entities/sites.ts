// A site is a place where objects occur in answers: one route, one status, one path inside the body (`$.items[]`).
// Objects at one site are of one kind, so entity types are found among sites, not among objects.
import { isArray, isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isSuccess, type Call } from '../calls/call.ts';
import type { CallRoute } from './routes.ts';

export interface SiteNode {
  readonly call: Call;
  readonly route: CallRoute;
  readonly value: JsonObject;
}

export interface Site {
  readonly id: string;
  readonly routeId: string;
  readonly method: string;
  /** Route path with the parameter suffix (`.json`) removed. */
  readonly path: string;
  readonly pattern: string;
  readonly nodes: SiteNode[];
  /** How many nodes hold each field. */
  readonly fields: Map<string, number>;
}

const NODE_DEPTH_MAX = 12;

export const stripSuffix = (path: string): string =>
  path.replace(/\.(json|xml|html|csv|txt|atom|rss|yaml|yml|pdf)$/i, '');

export const siteId = (route: CallRoute, status: number, pattern: string): string => `${route.id} ${status} ${pattern}`;

/** Every object of every successful JSON answer, by site. */
export function collectSites(calls: readonly Call[], routes: readonly CallRoute[]): Map<string, Site> {
  const sites = new Map<string, Site>();
  for (const call of calls) {
    if (!isSuccess(call) || call.answer === undefined) continue;
    const route = routes[call.index] as CallRoute;
    visitObjects(call.answer, '$', NODE_DEPTH_MAX, (value, pattern) => {
      // What an operation is answered in is an envelope, whatever number the call has in it.
      if (pattern === '$' && route.operation !== undefined) return;
      const id = siteId(route, call.status, pattern);
      let site = sites.get(id);
      if (site === undefined) {
        site = {
          id,
          routeId: route.id,
          method: call.method,
          path: stripSuffix(route.path),
          pattern,
          nodes: [],
          fields: new Map(),
        };
        sites.set(id, site);
      }
      site.nodes.push({ call, route, value });
      for (const name of Object.keys(value)) site.fields.set(name, (site.fields.get(name) ?? 0) + 1);
    });
  }
  return sites;
}

export function visitObjects(
  value: Json,
  pattern: string,
  depth: number,
  visit: (value: JsonObject, pattern: string) => void,
): void {
  if (depth === 0) return;
  if (isArray(value)) for (const element of value) visitObjects(element, `${pattern}[]`, depth - 1, visit);
  else if (isObject(value)) {
    visit(value, pattern);
    for (const [name, member] of Object.entries(value)) visitObjects(member, `${pattern}.${name}`, depth - 1, visit);
  }
}

/** Fields that at least `share` of the site's objects have. */
export function commonFields(site: Site, share = 0.5): Set<string> {
  const found = new Set<string>();
  for (const [name, count] of site.fields) if (count >= share * site.nodes.length) found.add(name);
  return found;
}

/** Text of a scalar that can name something; undefined for anything else. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' || value.length > 300 ? undefined : value;
  if (typeof value === 'number') return String(value);
  return undefined;
}

/** Value at a dotted path of member names. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  let at = value;
  for (const name of path.split('.')) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}
