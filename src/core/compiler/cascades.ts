// Pass "cascades": what else goes when something is deleted. A child that turns out to be gone, with no deletion of its
// own, went with the parent that it belonged to; when that holds for a relation more often than not, it is a rule.
import type { Evidence } from './evidence.ts';
import { related, type Relation } from './relations.ts';
import { stripSuffix } from './sites.ts';
import type { Life } from './timeline.ts';

export interface Cascade {
  readonly relation: Relation;
  readonly gone: number;
  readonly stayed: number;
}

interface Deletion {
  readonly at: number;
  readonly life: Life;
}

const found = new WeakMap<Evidence, Cascade[]>();

/** Cascades of the service, strongest evidence first. */
export const cascadesOf = (evidence: Evidence): readonly Cascade[] => found.get(evidence) ?? [];

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
        else if (child.diedAt !== undefined && !isOwnDeletion(evidence, child)) gone++;
      }
    }
    if (relation.by === 'scope' || (gone >= 1 && gone > stayed * 4)) cascades.push({ relation, gone, stayed });
  }
  for (const { relation } of cascades)
    for (const { at, life } of deletions)
      if (life.type === relation.parent)
        for (const child of evidence.timeline.alive(relation.child, at))
          if (child !== life && child.lastSeen <= at && related(relation, child, life, at)) child.diedAt = at;
  found.set(
    evidence,
    cascades
      .filter(({ relation, gone, stayed }) => relation.by !== 'scope' || gone >= stayed)
      .sort((a, b) => b.gone - a.gone),
  );
}

function deletionsOf(evidence: Evidence): Deletion[] {
  return evidence.timeline.lives
    .filter((life) => life.diedAt !== undefined && isOwnDeletion(evidence, life))
    .map((life) => ({ at: life.diedAt as number, life }))
    .sort((a, b) => a.at - b.at);
}

function isOwnDeletion(evidence: Evidence, life: Life): boolean {
  const call = evidence.calls[life.diedAt as number];
  const route = evidence.routes[life.diedAt as number];
  if (call === undefined || route === undefined || call.method !== 'DELETE') return false;
  return evidence.timeline.bound[call.index]?.get(stripSuffix(route.path)) === life;
}
