// Pass "outsiders": things that somebody made whom nobody recorded. What a list shows now, and did not show when just the same
// was asked before, was not there from the beginning, though no recorded call made it.
import { append, groupBy } from '../../std/grouping.ts';
import { canonicalText } from '../../std/canonical.ts';
import { equalJson } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import { principalOf, routeOf, type Evidence } from '../evidence.ts';
import { writtenBetween } from './states.ts';
import type { Sighting } from './timeline.ts';

/** What was shown when the same was asked for last: elements by list. */
interface Shown {
  readonly at: number;
  readonly lists: ReadonlyMap<string, readonly Sighting[]>;
}

/** Elements of a list that stands in no other one. */
const IN_LIST = /^[^[]*\[\]$/;

/** Finds them and lets their lives begin just before they were first seen. */
export function findOutsiders(evidence: Evidence): void {
  const personal = personalRoutes(evidence);
  const asked = new Map<string, Shown[]>();
  for (const call of evidence.calls) {
    if (!isRead(call) || !isSuccess(call)) continue;
    const key = askedBy(evidence, call, personal.has(routeOf(evidence, call).id));
    append(asked, key, { at: call.index, lists: listsOf(evidence, call) });
  }
  for (const answers of asked.values()) {
    const longest = new Map<string, number>();
    for (const { lists } of answers)
      for (const [list, { length }] of lists) longest.set(list, Math.max(length, longest.get(list) ?? 0));
    for (const [index, { at, lists }] of answers.entries()) {
      const before = answers[index - 1];
      if (before === undefined) continue;
      for (const [list, sightings] of lists) {
        // One that was as long as it ever is may have been cut, and shows now what it had no place for.
        const length = before.lists.get(list)?.length ?? 0;
        if (length < (longest.get(list) ?? 0)) noteOutsiders(evidence, sightings, before.at, at);
      }
    }
  }
}

function noteOutsiders(evidence: Evidence, sightings: readonly Sighting[], before: number, index: number): void {
  for (const { life } of sightings) {
    if (life.origin !== 'seed' || life.firstSeen !== index) continue;
    // What was written to it may have brought it into the list.
    if (!writtenBetween(evidence, life, before, index)) life.cameFromOutside(index - 1);
  }
}

function listsOf(evidence: Evidence, call: Call): ReadonlyMap<string, readonly Sighting[]> {
  const listed = (evidence.timeline.sightings[call.index] ?? []).filter(({ pattern }) => IN_LIST.test(pattern));
  return groupBy(listed, ({ pattern }) => pattern);
}

/** Equal for requests that ask for the same, of one world and, where answers depend on that, for the same client. */
function askedBy(evidence: Evidence, call: Call, isPersonal: boolean): string {
  const who = isPersonal ? principalOf(evidence, call).id : '';
  return canonicalText([call.epoch, who, call.method, call.path, call.query]);
}

/** Routes that answer clients differently, or of which nobody knows: two never asked the same with nothing written between. */
function personalRoutes(evidence: Evidence): ReadonlySet<string> {
  const personal = new Set<string>();
  const shared = new Set<string>();
  const read = new Map<string, Call>();
  for (const call of evidence.calls) {
    const { id } = routeOf(evidence, call);
    if (!isRead(call)) {
      if (isSuccess(call)) read.clear();
      continue;
    }
    if (!isSuccess(call)) continue;
    const asked = askedBy(evidence, call, false);
    const before = read.get(asked);
    read.set(asked, call);
    if (before === undefined || principalOf(evidence, before) === principalOf(evidence, call)) continue;
    if (equalJson(before.answer, call.answer)) shared.add(id);
    else personal.add(id);
  }
  if (evidence.principals.all.length < 2) return personal;
  return new Set([...evidence.byRoute.keys()].filter((id) => personal.has(id) || !shared.has(id)));
}
