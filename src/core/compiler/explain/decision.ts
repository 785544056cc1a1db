// Chooses among candidates: one that reproduces every example, or a short decision list over predicates whose branches
// each do. The measure is description length: bits of the expressions plus bits for each example that is missed, so that
// a branch must earn its keep.
import type { Candidate } from './candidates.ts';

export interface Predicate {
  readonly text: string;
  readonly cost: number;
  readonly holds: bigint;
  /** What it asks for, where that decides in which order services ask: who it is, and whether the subject is there. */
  readonly about?: 'principal' | 'subject';
  /** Prints `if holds then a else b` shorter when a is exactly this source. */
  readonly presenceOf?: string;
}

export interface Decision {
  readonly text: string;
  readonly cost: number;
  readonly misses: number;
  readonly missed: bigint;
}

export const MISS_COST = 9;
const BRANCH_COST = 3;
const THIN_BRANCH_COST = 5;
const BEAM = 6;
/** Every branch of a decision over one level more must have so many examples. */
const DEEPER_BRANCH_MIN = 3;
/** The share of what was missed that one level more may leave: slips. */
const DEEPER_LEFT_MAX = 0.2;
/** Who allows fewer levels wants no long decisions. */
const DEEPER_FROM = 2;

export function bitCount(bits: bigint): number {
  let count = 0;
  for (let rest = bits; rest !== 0n; rest >>= 32n) {
    let word = Number(rest & 0xffffffffn);
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/**
 * The cheapest decision of up to `depth` levels; where it misses what repeats, of one level more (a choice among four),
 * if that leaves next to none of them and each of its branches has several examples.
 */
export function decide(
  candidates: readonly Candidate[],
  predicates: readonly Predicate[],
  all: bigint,
  depth: number,
): Decision {
  const sorted = [...candidates].sort((a, b) => a.cost - b.cost);
  const found = solve(sorted, predicates, all, depth, 1);
  if (depth < DEEPER_FROM || found.misses < DEEPER_BRANCH_MIN) return found;
  const deeper = solve(sorted, predicates, all, depth + 1, DEEPER_BRANCH_MIN);
  const clears = deeper.misses <= found.misses * DEEPER_LEFT_MAX;
  return clears && deeper.cost < found.cost ? deeper : found;
}

function bestLeaf(candidates: readonly Candidate[], over: bigint): Decision {
  let best: Decision | undefined;
  for (const candidate of candidates) {
    if (best !== undefined && candidate.cost >= best.cost) break;
    const missed = over & ~candidate.hits;
    const misses = missed === 0n ? 0 : bitCount(missed);
    const cost = candidate.cost + misses * MISS_COST;
    if (best === undefined || cost < best.cost) best = { text: candidate.text, cost, misses, missed };
  }
  return best ?? { text: 'missing', cost: bitCount(over) * MISS_COST + 2, misses: bitCount(over), missed: over };
}

function solve(
  candidates: readonly Candidate[],
  predicates: readonly Predicate[],
  over: bigint,
  depth: number,
  branchMin: number,
): Decision {
  let best = bestLeaf(candidates, over);
  if (best.misses === 0 || depth === 0 || predicates.length === 0) return best;
  const splits: {
    predicate: Predicate;
    yes: bigint;
    no: bigint;
    yesLeaf: Decision;
    noLeaf: Decision;
    bound: number;
  }[] = [];
  for (const predicate of predicates) {
    const yes = over & predicate.holds;
    const no = over & ~predicate.holds;
    const [yesCount, noCount] = [bitCount(yes), bitCount(no)];
    if (yesCount < branchMin || noCount < branchMin) continue;
    const yesLeaf = bestLeaf(candidates, yes);
    const noLeaf = bestLeaf(candidates, no);
    // Who asks is a cause like no other: one answer for each is evidence enough.
    const thinCost = predicate.about === 'principal' ? 0 : THIN_BRANCH_COST;
    const thin = (yesCount === 1 ? thinCost : 0) + (noCount === 1 ? thinCost : 0);
    splits.push({
      predicate,
      yes,
      no,
      yesLeaf,
      noLeaf,
      bound: yesLeaf.cost + noLeaf.cost + predicate.cost + BRANCH_COST + thin,
    });
  }
  splits.sort((a, b) => a.bound - b.bound);
  for (const split of splits.slice(0, BEAM)) {
    const yes =
      split.yesLeaf.misses === 0 || depth === 1
        ? split.yesLeaf
        : solve(candidates, predicates, split.yes, depth - 1, branchMin);
    const no =
      split.noLeaf.misses === 0 || depth === 1
        ? split.noLeaf
        : solve(candidates, predicates, split.no, depth - 1, branchMin);
    const thin = split.bound - split.yesLeaf.cost - split.noLeaf.cost;
    const cost = yes.cost + no.cost + thin;
    if (cost >= best.cost) continue;
    best = {
      text: printBranch(split.predicate, yes.text, no.text),
      cost,
      misses: yes.misses + no.misses,
      missed: yes.missed | no.missed,
    };
  }
  return best;
}

function printBranch(predicate: Predicate, yes: string, no: string): string {
  if (predicate.presenceOf !== undefined && predicate.presenceOf === yes)
    return no === 'missing' ? yes : `coalesce(${yes}, ${no})`;
  return `(${predicate.text} ? ${yes} : ${no})`;
}
