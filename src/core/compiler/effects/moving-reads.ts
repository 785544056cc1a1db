// Pass "moving reads": routes whose reads change what they show (a job that moves on when it is looked at, a count of views).
// Told by things that look different to one read than to what was last seen of them, though nothing was written in between.
import { equalJson } from '../../std/json.ts';
import { isRead, isSuccess, writesBefore } from '../calls/call.ts';
import { subjectOf, boundLife, routeOf, type Evidence } from '../evidence.ts';
import { attributesBefore, type Life } from '../timeline/timeline.ts';

/** So many reads, of so many things, must have moved what they showed. */
const MOVED_MIN = 4;
const MOVED_LIVES_MIN = 3;
/** Share of the reads in question that move something: others come too late, when all is done. */
const MOVED_SHARE_MIN = 0.15;

export interface MovingReads {
  /** Ids of the routes. */
  readonly routes: ReadonlySet<string>;
  /** How often the subject of a call on one of them had been read there before, by call index. */
  readonly readsBefore: ReadonlyMap<number, number>;
}

const found = new WeakMap<Evidence, MovingReads>();

export function movingReads(evidence: Evidence): MovingReads {
  let moving = found.get(evidence);
  if (moving === undefined) found.set(evidence, (moving = findMoving(evidence)));
  return moving;
}

function findMoving(evidence: Evidence): MovingReads {
  const routes = new Set<string>();
  const readsBefore = new Map<number, number>();
  const written = writesBefore(evidence.calls);
  for (const [id, calls] of evidence.byRoute) {
    const [first] = calls;
    if (first === undefined || !isRead(first)) continue;
    const subject = subjectOf(evidence, routeOf(evidence, first));
    if (subject === undefined) continue;
    const reads = new Map<Life, number>();
    const moved = new Set<Life>();
    const counts = new Map<number, number>();
    let judged = 0;
    let changed = 0;
    for (const call of calls.filter(isSuccess)) {
      const life = boundLife(evidence, call, subject);
      const shown = (evidence.timeline.sightings[call.index] ?? []).find((sighting) => sighting.life === life);
      if (life === undefined || shown === undefined || shown.projected !== undefined) continue;
      counts.set(call.index, reads.get(life) ?? 0);
      reads.set(life, (reads.get(life) ?? 0) + 1);
      if (!wasSeenSinceWrite(evidence, life, call.index, written)) continue;
      judged++;
      const before = attributesBefore(life, call.index);
      if (
        Object.entries(shown.shown).every(
          ([name, value]) => !(name in before) || equalJson(before[name] ?? null, value),
        )
      )
        continue;
      changed++;
      moved.add(life);
    }
    if (changed < MOVED_MIN || moved.size < MOVED_LIVES_MIN || changed < MOVED_SHARE_MIN * judged) continue;
    routes.add(id);
    for (const [index, count] of counts) readsBefore.set(index, count);
  }
  return { routes, readsBefore };
}

/** A call showed it before another, and nothing was written between the two. */
function wasSeenSinceWrite(
  { timeline, entities }: Evidence,
  life: Life,
  before: number,
  written: readonly number[],
): boolean {
  for (let index = before - 1; index >= life.firstSeen && written[index + 1] === written[before]; index--)
    for (const sighting of timeline.sightings[index] ?? [])
      if (sighting.life === life && sighting.projected === undefined && entities.direct.has(sighting.site)) return true;
  return false;
}
