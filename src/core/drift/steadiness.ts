// How steady this API is by nature, learned from the baseline alone: the share of what never deviated among all that had a
// chance to. It is the prior with which the first deviation of something is met.
import { splitMemberPath, type Kind } from '../model/body-profile.ts';
import type { AnswerShape, FieldShape, RouteShape, Shapes } from '../model/shapes.ts';

export interface Steadiness {
  /** Fields that are always there, among all. */
  readonly presence: number;
  /** Objects without a rare member, among all. */
  readonly members: number;
  /** Fields of one kind, among all. */
  readonly kinds: number;
  /** Fields that are never null, among all. */
  readonly nulls: number;
  /** Routes that succeed, or fail, with one status, among all. */
  readonly statuses: number;
}

const UNITS_MIN = 5;
/** However steady an API was so far, so much is left to chance. */
const STEADINESS_MAX = 0.95;

export function steadinessOf(shapes: Shapes): Steadiness {
  const tally = {
    presence: new Share(),
    members: new Share(),
    kinds: new Share(),
    nulls: new Share(),
    statuses: new Share(),
  };
  for (const route of shapes.routes) addStatuses(tally.statuses, route);
  for (const answer of shapes.routes.flatMap(({ answers }) => answers)) {
    for (const [path, field] of Object.entries(answer.fields)) {
      if (field.some < UNITS_MIN) continue;
      if (splitMemberPath(path) !== undefined) tally.presence.add(field.every === field.of);
      if ((field.kinds.object ?? 0) >= UNITS_MIN && field.isMap !== true)
        tally.members.add(rareMemberCount(answer, path) === 0);
      tally.kinds.add(kindsBesideNull(field).length <= 1);
      tally.nulls.add(field.kinds.null === undefined);
    }
  }
  return {
    presence: tally.presence.value,
    members: tally.members.value,
    kinds: tally.kinds.value,
    nulls: tally.nulls.value,
    statuses: tally.statuses.value,
  };
}

function addStatuses(share: Share, { answers }: RouteShape): void {
  const statusesByClass = new Map<number, Set<number>>();
  const unitsByClass = new Map<number, number>();
  for (const { status, count } of answers) {
    const statusClass = Math.floor(status / 100);
    statusesByClass.set(statusClass, (statusesByClass.get(statusClass) ?? new Set()).add(status));
    unitsByClass.set(statusClass, (unitsByClass.get(statusClass) ?? 0) + count);
  }
  for (const [statusClass, statuses] of statusesByClass) {
    if ((unitsByClass.get(statusClass) ?? 0) >= UNITS_MIN) share.add(statuses.size === 1);
  }
}

/** Members of an object that occurred in a single unit: what Good and Turing estimate unseen members by. */
export function rareMemberCount(answer: AnswerShape, holder: string): number {
  return Object.entries(answer.fields).filter(
    ([path, { some }]) => some === 1 && splitMemberPath(path)?.holder === holder,
  ).length;
}

export function kindsBesideNull(field: FieldShape): readonly Kind[] {
  return (Object.keys(field.kinds) as Kind[]).filter((kind) => kind !== 'null');
}

/** A share of yes among answers, cautious when there are few. */
class Share {
  yes = 1;
  all = 2;
  add(isYes: boolean): void {
    this.all += 1;
    if (isYes) this.yes += 1;
  }
  get value(): number {
    return Math.min(this.yes / this.all, STEADINESS_MAX);
  }
}
