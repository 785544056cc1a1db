// Probes: named scorers. Every probe fires when its transition matches and its condition holds, and gives its reward as a
// difference, never as a running total. What an agent sees does not depend on them.
import type { StepProvenance } from '../model/clone-model.ts';
import type { CompiledExpression } from '../model/expression.ts';

/**
 * When a probe is judged, and what is usual for it.
 * - `milestone`: at each step, fires once unless told otherwise
 * - `event`: at each step, fires every time
 * - `minefield`: at each step, fires once, ends the episode, and takes back what was earned unless it names a reward
 * - `outcome`: when the episode is finished
 * - `guard`: when the episode is finished; takes back what was earned unless it names a reward
 */
export type ProbeKind = 'milestone' | 'event' | 'minefield' | 'outcome' | 'guard';

/** Which transitions a probe looks at; a list matches any of its members, an absent list matches all. */
export interface TransitionMatch {
  /** Ids of routes. */
  readonly route?: readonly string[];
  readonly service?: readonly string[];
  readonly method?: readonly string[];
  /** `201`, or a class: `2xx`. */
  readonly status?: readonly string[];
  readonly provenance?: readonly StepProvenance[];
}

/** A fixed reward, one that an expression gives, or the loss of all that was earned so far. */
export type ProbeReward = number | CompiledExpression | 'forfeit';

export interface Probe {
  readonly id: string;
  readonly kind: ProbeKind;
  readonly on: TransitionMatch;
  readonly when?: CompiledExpression;
  readonly reward: ProbeReward;
  /** How often it may fire in one episode. */
  readonly firesMax: number;
  /** Probes that must have fired in an earlier step. */
  readonly after: readonly string[];
  /** Does the episode end, as terminated, when it fires? */
  readonly terminates: boolean;
}

/** Probes in the order in which they are judged. */
export interface ProbeSet {
  readonly probes: readonly Probe[];
  /** Of what the file says, without its comments and layout; the log names it. */
  readonly digest: string;
}

/** Are probes of this kind judged when the episode is finished, and not at its steps? */
export function isFinal(kind: ProbeKind): boolean {
  return kind === 'outcome' || kind === 'guard';
}

/** What an episode has earned. */
export interface Earnings {
  readonly total: number;
  readonly rewards: Readonly<Record<string, number>>;
  /** How often each probe fired. */
  readonly fired: Readonly<Record<string, number>>;
}

export const NO_EARNINGS: Earnings = { total: 0, rewards: {}, fired: {} };
