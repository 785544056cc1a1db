// Which routes change nothing although their method may: they keep showing things as they were known to be, and their
// requests hold nothing that could be stored: only what names things, pages and flags. A name that sounds like reading
// proves nothing.
import { equalJson, isArray, isObject, type Json } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import { routeOf, type Evidence } from '../evidence.ts';
import { memberText } from '../explain/literal.ts';
import { movingReads } from '../effects/moving-reads.ts';
import { isPageParameter } from '../replies/query-page.ts';
import { attributesBefore } from './timeline.ts';

/** Sightings of things known before: fewer tell nothing. */
const SIGHTINGS_MIN = 6;
/** What others changed unseen shows as a change too, but not often. */
const CHANGED_MAX = 0.4;

const quietRoutes = new WeakMap<Evidence, ReadonlySet<string>>();

/** The call changes nothing: it reads, and its route was never seen to do anything else. */
export function isQuiet(evidence: Evidence, call: Call): boolean {
  if (isRead(call)) return !movingReads(evidence).routes.has(routeOf(evidence, call).id);
  let quiet = quietRoutes.get(evidence);
  if (quiet === undefined) quietRoutes.set(evidence, (quiet = findQuiet(evidence)));
  return quiet.has(routeOf(evidence, call).id);
}

function findQuiet(evidence: Evidence): ReadonlySet<string> {
  const quiet = new Set<string>();
  for (const [id, calls] of evidence.byRoute) {
    if (calls[0]?.method !== 'POST' || holdsContent(evidence, id, calls.filter(isSuccess))) continue;
    let seen = 0;
    let changed = 0;
    let makes = false;
    for (const call of calls.filter(isSuccess)) {
      makes ||= evidence.unseenBirths.has(call.index);
      for (const { life, shown, isNew, isOld, site } of evidence.timeline.sightings[call.index] ?? []) {
        if (isOld || !evidence.entities.direct.has(site)) continue;
        makes ||= isNew && evidence.timeline.creationSites.has(site);
        if (isNew) continue;
        seen++;
        const before = attributesBefore(life, call.index);
        if (
          Object.entries(shown).some(([name, value]) => before[name] === undefined || !equalJson(before[name], value))
        )
          changed++;
      }
    }
    if (!makes && seen >= SIGHTINGS_MIN && changed <= CHANGED_MAX * seen) quiet.add(id);
  }
  return quiet;
}

/** Words that a parameter may be one of; more distinct ones are content. */
const WORDS_MAX = 3;

/** Something in the requests, or in the path, could be stored. */
function holdsContent(evidence: Evidence, id: string, calls: readonly Call[]): boolean {
  const bindings = evidence.bindings.get(id) ?? [];
  if (bindings.some((binding) => binding.prefix !== undefined)) return true;
  const names = new Set(bindings.flatMap((binding) => binding.values));
  const words = new Map<string, Set<string>>();
  for (const { body } of calls) {
    if (body === undefined) continue;
    if (!isObject(body)) return true;
    for (const [name, value] of Object.entries(body)) {
      if (names.has(memberText('body', name)) || isPageParameter(name) || isPlain(value)) continue;
      if (typeof value !== 'string') return true;
      words.set(name, (words.get(name) ?? new Set<string>()).add(value));
    }
  }
  return [...words.values()].some((seen) => seen.size > WORDS_MAX);
}

const isPlain = (value: Json): boolean => !isArray(value) && !isObject(value) && typeof value !== 'string';
