// Answers of an item's path that list what is below it as the query asks (`GET /buckets/b?prefix=p`): what they say is not
// how the item is, though its name may stand in them.
import { equalJson, isArray, isObject, type Json } from '../../std/json.ts';
import { writesBefore, type Call } from '../calls/call.ts';
import type { Site } from './sites.ts';

/** So many times another query must have shown other elements, with nothing written in between. */
const DIFFERENCES_MIN = 3;

/** Sites of whole answers whose lists depend on the query. */
export function listingSites(sites: ReadonlyMap<string, Site>, calls: readonly Call[]): ReadonlySet<string> {
  const writes = writesBefore(calls);
  const found = new Set<string>();
  for (const site of sites.values()) {
    if (site.pattern !== '$' || site.method !== 'GET' || ![...site.fields.keys()].some((name) => holdsList(site, name)))
      continue;
    const last = new Map<string, Site['nodes'][number]>();
    let differences = 0;
    for (const node of site.nodes) {
      const { call } = node;
      const before = last.get(call.path);
      last.set(call.path, node);
      if (before === undefined || writes[call.index] !== writes[before.call.index]) continue;
      if (equalJson(before.call.query, call.query)) continue;
      if (Object.keys(node.value).some((name) => areOtherElements(before.value[name], node.value[name]))) differences++;
    }
    if (differences >= DIFFERENCES_MIN) found.add(site.id);
  }
  return found;
}

const holdsList = (site: Site, name: string): boolean =>
  site.nodes.some(({ value }) => isArray(value[name]) && value[name].some((element) => isObject(element)));

/** Lists of objects, of which one lacks something of the other. */
const areOtherElements = (a: Json | undefined, b: Json | undefined): boolean =>
  isArray(a) && isArray(b) && [...a, ...b].some((element) => isObject(element)) && !equalJson(a, b);
