// Lists that some answers leave out when they are empty, where others show them empty: absence there is a value.
import { isArray } from '../../std/json.ts';
import { type EntityTypes } from '../entities/entities.ts';
import { type Site } from '../entities/sites.ts';

/** Objects at a site that must have the member, or lack it, before its absence means something. */
const NODES_MIN = 2;

/** Names of the members that each site leaves out when they are empty lists, by site. */
export function inferOmissions(
  sites: ReadonlyMap<string, Site>,
  entities: EntityTypes,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const type of entities.types) {
    const own = [...type.sites].map((id) => sites.get(id)).filter((site) => site !== undefined);
    for (const name of type.fields) {
      if (!own.some((site) => showsEmpty(site, name))) continue;
      for (const site of own)
        if (leavesOut(site, name)) found.set(site.id, (found.get(site.id) ?? new Set<string>()).add(name));
    }
  }
  return found;
}

const isEmpty = (value: unknown): boolean => isArray(value as never) && (value as readonly unknown[]).length === 0;

/** Always there, and empty now and then. */
const showsEmpty = (site: Site, name: string): boolean =>
  site.fields.get(name) === site.nodes.length && site.nodes.some(({ value }) => isEmpty(value[name]));

/** There now and then, always as a list with something in it. */
function leavesOut(site: Site, name: string): boolean {
  const there = site.fields.get(name) ?? 0;
  return (
    there >= NODES_MIN &&
    site.nodes.length - there >= NODES_MIN &&
    site.nodes.every(({ value }) => value[name] === undefined || (isArray(value[name]) && !isEmpty(value[name])))
  );
}
