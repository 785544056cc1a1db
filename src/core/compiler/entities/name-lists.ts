// Answers that list things by their names alone (`["red", "blue"]`, `{"tags": ["v1", "v2"]}`): lists of texts that are the
// names of things of one type, and stand in nothing that is a thing itself.
import { append } from '../../std/grouping.ts';
import { isArray, isObject, type Json } from '../../std/json.ts';
import { isReadMethod, isSuccess, type Call } from '../calls/call.ts';
import type { EntityTypes } from './entities.ts';
import type { EntityDraft } from './entity-draft.ts';
import type { CallRoute } from './routes.ts';
import { scalarText, siteId } from './sites.ts';

const LISTS_MIN = 3;
const NAMES_MIN = 4;
/** Of the names in all lists of a place, the share that must be those of things. */
const KNOWN_MIN = 0.9;
const DEPTH_MAX = 2;

/** The type whose things are listed, by place. */
export type NameLists = ReadonlyMap<string, EntityDraft>;

export function inferNameLists(calls: readonly Call[], routes: readonly CallRoute[], entities: EntityTypes): NameLists {
  const lists = new Map<string, (readonly string[])[]>();
  for (const call of calls) {
    if (!isReadMethod(call.method) || !isSuccess(call) || call.answer === undefined || call.isStored === true) continue;
    const route = routes[call.index] as CallRoute;
    const visit = (value: Json, pattern: string, depth: number): void => {
      const site = siteId(route, call.status, pattern);
      if (isArray(value) && value.every((element) => typeof element === 'string'))
        append(lists, site, value as readonly string[]);
      else if (isObject(value) && depth > 0 && !entities.bySite.has(site))
        for (const [name, member] of Object.entries(value)) visit(member, `${pattern}.${name}`, depth - 1);
    };
    visit(call.answer, '$', DEPTH_MAX);
  }
  const found = new Map<string, EntityDraft>();
  const types = lists.size === 0 ? [] : namedTypes(calls, routes, entities);
  for (const [site, shown] of lists) {
    const names = new Set(shown.flat());
    const different = new Set(shown.map((list) => list.join('\n'))).size;
    if (shown.length < LISTS_MIN || names.size < NAMES_MIN || different < 2) continue;
    const known = types.find(([, own]) => [...names].filter((name) => own.has(name)).length >= KNOWN_MIN * names.size);
    if (known !== undefined) found.set(site, known[0]);
  }
  return found;
}

/** Types with the names of their things: those that answers show, and those that paths name. */
function namedTypes(
  calls: readonly Call[],
  routes: readonly CallRoute[],
  { types }: EntityTypes,
): (readonly [EntityDraft, ReadonlySet<string>])[] {
  return types
    .filter(({ field, owner }) => field !== '' && owner === undefined)
    .map((type) => {
      const names = new Set(type.values);
      for (const call of calls) {
        const { prefixes, params } = routes[call.index] as CallRoute;
        for (const { name, prefix } of prefixes)
          if (isSuccess(call) && type.prefixes.has(prefix)) {
            const text = scalarText(params[name]);
            if (text !== undefined) names.add(text);
          }
      }
      return [type, names] as const;
    });
}
