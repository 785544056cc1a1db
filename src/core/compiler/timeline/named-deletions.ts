// Pass "named deletions": calls that delete what their request names (`POST /notes.delete {id}`), and not what their path
// is. Told by what becomes of the things named: nothing shows them again.
import { isSuccess, type Call } from '../calls/call.ts';
import { boundLife, routeOf, type BindingDraft, type Evidence } from '../evidence.ts';
import { isQuiet } from './quiet-routes.ts';
import type { CallRoute } from '../entities/routes.ts';
import { type Life } from './timeline.ts';

/** Ends that prove a deletion by themselves; fewer do where the route says so in its name. */
const ENDS_MIN = 6;
const NAMED_ENDS_MIN = 2;
const DELETION_NAME = /delete|remove|destroy/i;

/** The last word of its path, or the name of its operation, says that it deletes. */
export const isCalledDeletion = ({ path, operation }: CallRoute): boolean =>
  DELETION_NAME.test(operation?.label ?? path.split('/').at(-1) ?? '');

/** Ends the lives that such calls deleted. */
export function applyNamedDeletions(evidence: Evidence): void {
  const lastNamed = lastNamings(evidence);
  for (const [id, calls] of evidence.byRoute) {
    const first = calls[0];
    if (first === undefined || first.method === 'DELETE' || isQuiet(evidence, first)) continue;
    for (const binding of evidence.bindings.get(id) ?? []) {
      if (binding.prefix !== undefined) continue;
      const ends = endsOf(evidence, calls, binding, lastNamed);
      for (const [life, at] of ends ?? []) life.diedAt = at;
    }
  }
}

/** The last accepted call that named each life. */
function lastNamings(evidence: Evidence): Map<Life, number> {
  const namings = new Map<Life, number>();
  for (const call of evidence.calls.filter(isSuccess))
    for (const binding of evidence.bindings.get(routeOf(evidence, call).id) ?? []) {
      const life = boundLife(evidence, call, binding);
      if (life !== undefined) namings.set(life, call.index);
    }
  return namings;
}

/** The lives that calls of a route end, each by one call; undefined where one shows again, most are named again, or ends prove too little. */
function endsOf(
  evidence: Evidence,
  calls: readonly Call[],
  binding: BindingDraft,
  lastNamed: ReadonlyMap<Life, number>,
): Map<Life, number> | undefined {
  const ends = new Map<Life, number>();
  let namedAgain = 0;
  for (const call of calls.filter(isSuccess)) {
    const life = boundLife(evidence, call, binding);
    if (life === undefined) continue;
    const shown = (evidence.timeline.sightings[call.index] ?? []).some((sighting) => sighting.life === life);
    if (shown || ends.has(life) || life.lastSeen > call.index) return undefined;
    ends.set(life, call.index);
    if ((lastNamed.get(life) ?? 0) > call.index) namedAgain++;
  }
  const named = calls[0] !== undefined && isCalledDeletion(routeOf(evidence, calls[0]));
  if (ends.size < (named ? NAMED_ENDS_MIN : ENDS_MIN) || namedAgain > 0.5 * ends.size) return undefined;
  return named || areOthersShownAgain(evidence, binding, ends) ? ends : undefined;
}

/** Things of the type are shown often otherwise: that these are not is no coincidence. */
function areOthersShownAgain(evidence: Evidence, binding: BindingDraft, ends: ReadonlyMap<Life, number>): boolean {
  const others = evidence.timeline.lives.filter((life) => life.type === binding.type && !ends.has(life));
  return others.length >= 3 && others.filter((life) => life.lastSeen > life.firstSeen).length >= 0.8 * others.length;
}
