// Pass "request scopes": things that belong to what a request names in its body or query, and do not say so themselves
// (the messages of a room, made and listed by calls that carry the room's id). Each gets a hidden attribute with the key
// of what it belongs to, as things do whose path tells it.
import { isSuccess, type Call } from '../calls/call.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { boundLife, routeOf, type Evidence } from '../evidence.ts';
import { belongsTo } from './implicit.ts';
import { type Life, type Sighting } from './timeline.ts';

/** Lists that agree with the making of what they show: fewer prove nothing. */
const CONFIRMED_MIN = 3;
const AGREEMENT_MIN = 0.95;

/** Finds the scopes, marks all lives of the types concerned, and adds the relations. */
export function inferRequestScopes(evidence: Evidence): void {
  for (const child of evidence.entities.types)
    for (const parent of evidence.entities.types) {
      if (child === parent || evidence.relations.some((each) => each.child === child && each.parent === parent))
        continue;
      const owners = ownersOf(evidence, child, parent);
      if (owners === undefined) continue;
      const name = belongsTo(parent);
      for (const [life, owner] of owners) life.mark(name, owner);
      evidence.relations.push({ child, parent, by: 'scope', pairs: [{ child: name, parent: '$key' }] });
    }
}

/** To what of the parent type each thing belongs; undefined where the lists contradict the makings, or tell nothing apart. */
function ownersOf(evidence: Evidence, child: EntityDraft, parent: EntityDraft): Map<Life, Life> | undefined {
  const made = new Map<Life, Life>();
  const listed = new Map<Life, Life>();
  let agreeing = 0;
  let judged = 0;
  for (const call of evidence.calls) {
    if (!isSuccess(call)) continue;
    const shown = (evidence.timeline.sightings[call.index] ?? []).filter((sighting) =>
      isSubject(evidence, sighting, child),
    );
    if (shown.length === 0) continue;
    const owner = ownerNamed(evidence, call, parent);
    if (owner === undefined) continue;
    for (const { life, site, isNew } of shown) {
      const isMaking = isNew && evidence.timeline.creationSites.has(site) && !site.endsWith('[]');
      if (isMaking) made.set(life, owner);
      else if (site.endsWith('[]')) {
        const known = made.get(life) ?? listed.get(life);
        if (known === undefined) listed.set(life, owner);
        else {
          judged++;
          if (known === owner) agreeing++;
        }
      }
    }
  }
  const owners = new Map([...listed, ...made]);
  const distinct = new Set(owners.values()).size;
  return made.size > 0 && distinct >= 2 && agreeing >= CONFIRMED_MIN && agreeing >= AGREEMENT_MIN * judged
    ? owners
    : undefined;
}

const isSubject = (evidence: Evidence, { life, site, isOld }: Sighting, type: EntityDraft): boolean =>
  life.type === type && !isOld && evidence.entities.direct.has(site);

/** What of the type the request names outside its path. */
function ownerNamed(evidence: Evidence, call: Call, type: EntityDraft): Life | undefined {
  const binding = (evidence.bindings.get(routeOf(evidence, call).id) ?? []).find(
    (each) => each.type === type && each.prefix === undefined,
  );
  return binding === undefined ? undefined : boundLife(evidence, call, binding);
}
