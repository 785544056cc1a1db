// Pass "cascades": what else goes when something is deleted. A child that turns out to be gone, with no deletion of its
// own, went with the parent that it belonged to; when that holds for a relation more often than not, it is a rule.
import type { Evidence } from '../evidence.ts';
import { related, type Relation } from '../entities/relations.ts';
import { stripSuffix } from '../entities/sites.ts';
import { attributesBefore, type Life } from './timeline.ts';

export interface Cascade {
  readonly relation: Relation;
  readonly gone: number;
  readonly stayed: number;
  /** Every deletion, of whatever, also takes those whose parent is not there, however long it has been gone. */
  readonly sweep: boolean;
}

interface Deletion {
  readonly at: number;
  readonly life: Life;
}

/** Finds cascades and corrects when the children that went with a parent ended. */
export function applyCascades(evidence: Evidence): void {
  const deletions = deletionsOf(evidence);
  const cascades: Cascade[] = [];
  for (const relation of evidence.relations) {
    if (relation.by === 'ref-list') continue;
    let gone = 0;
    let stayed = 0;
    for (const { at, life } of deletions) {
      if (life.type !== relation.parent) continue;
      for (const child of evidence.timeline.alive(relation.child, at)) {
        if (child === life || !related(relation, child, life, at)) continue;
        if (child.lastSeen > at) stayed++;
        else if (child.diedAt !== undefined && !child.wasReset && !isOwnDeletion(evidence, child)) gone++;
      }
    }
    if (relation.by === 'scope' || (gone >= 1 && gone > stayed * 4))
      cascades.push({ relation, gone, stayed, sweep: false });
  }
  for (const { relation } of cascades)
    for (const { at, life } of deletions)
      if (life.type === relation.parent)
        endChildren(
          evidence,
          at,
          (child) => child !== life && child.type === relation.child && related(relation, child, life, at),
        );
  const swept = cascades.map((cascade) => ({
    ...cascade,
    sweep: cascade.relation.by === 'value' && sweeps(evidence, cascade.relation, deletions),
  }));
  for (const { relation } of swept.filter((cascade) => cascade.sweep))
    for (const { at } of deletions)
      endChildren(evidence, at, (child) => child.type === relation.child && isOrphan(evidence, relation, child, at));
  const rules = swept
    .filter(({ relation, gone, stayed }) => relation.by !== 'scope' || gone >= stayed)
    .sort((a, b) => b.gone - a.gone);
  evidence.cascades.splice(0, evidence.cascades.length, ...rules);
}

function endChildren(evidence: Evidence, at: number, goes: (child: Life) => boolean): void {
  for (const child of evidence.timeline.lives) {
    const alive =
      (child.origin === 'seed' ? child.since <= at : child.firstSeen < at) &&
      (child.diedAt === undefined || child.diedAt > at);
    if (alive && child.lastSeen <= at && goes(child)) child.diedAt = at;
  }
}

/** No parent that the child names was alive at that call. */
function isOrphan(evidence: Evidence, relation: Relation, child: Life, at: number): boolean {
  if (relation.pairs.some((pair) => attributesBefore(child, at)[pair.child] === undefined)) return false;
  return !evidence.timeline.lives.some(
    (parent) =>
      parent.type === relation.parent &&
      (parent.origin === 'seed' ? parent.since <= at : parent.firstSeen <= at) &&
      (parent.diedAt === undefined || parent.diedAt > at) &&
      related(relation, child, parent, at),
  );
}

/** Do things whose parent has long been gone vanish with the next deletion of anything? */
function sweeps(evidence: Evidence, relation: Relation, deletions: readonly Deletion[]): boolean {
  let gone = 0;
  let stayed = 0;
  for (const child of evidence.timeline.lives) {
    if (
      child.type !== relation.child ||
      child.origin !== 'created' ||
      (child.diedAt !== undefined && isOwnDeletion(evidence, child))
    )
      continue;
    const next = deletions.find(({ at }) => at > child.firstSeen);
    if (next === undefined || !isOrphan(evidence, relation, child, child.firstSeen + 1)) continue;
    if (child.lastSeen > next.at) stayed++;
    else if (child.diedAt !== undefined && !child.wasReset) gone++;
  }
  return gone >= 2 && gone > stayed * 4;
}

function deletionsOf(evidence: Evidence): Deletion[] {
  return evidence.timeline.lives
    .filter((life) => life.diedAt !== undefined && isOwnDeletion(evidence, life))
    .map((life) => ({ at: life.diedAt as number, life }))
    .sort((a, b) => a.at - b.at);
}

function isOwnDeletion(evidence: Evidence, life: Life): boolean {
  if (life.wasReset) return false;
  const call = evidence.calls[life.diedAt as number];
  const route = evidence.routes[life.diedAt as number];
  if (call === undefined || route === undefined || call.method !== 'DELETE') return false;
  return evidence.timeline.bound[call.index]?.get(stripSuffix(route.path)) === life;
}
