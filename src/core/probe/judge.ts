// Judges transitions and finished episodes by probes. Pure; a probe that fires gives its reward once, as a difference.
import type { StepProvenance } from '../model/clone-model.ts';
import { isTrue, type Host, type Scope, type Value } from '../model/expression.ts';
import { RawNumber } from '../std/json.ts';
import { isFinal, type Earnings, type Probe, type ProbeSet, type TransitionMatch } from './probe.ts';
import { sceneHost, sceneScope, setEarnings, type Scene } from './scene.ts';

/** By what a transition is matched. */
export interface Subject {
  readonly route: string | undefined;
  readonly service: string | undefined;
  readonly method: string;
  readonly status: number;
  readonly provenance: StepProvenance;
}

export interface Judgement {
  readonly earnings: Earnings;
  /** Sum of `rewards`. */
  readonly reward: number;
  /** What each probe that fired gave now. */
  readonly rewards: Readonly<Record<string, number>>;
  /** Did a probe fire that ends the episode? */
  readonly terminates: boolean;
}

/** Judges one step by the probes for steps. */
export function judgeStep(set: ProbeSet, earnings: Earnings, subject: Subject, scene: Scene): Judgement {
  const probes = set.probes.filter(
    (probe) => !isFinal(probe.kind) && isOpen(probe, earnings) && matches(probe.on, subject),
  );
  return judge(probes, earnings, scene);
}

/** Judges the whole episode by outcome and guard probes; its scene spans from the reset to the end. */
export function judgeFinish(set: ProbeSet, earnings: Earnings, scene: Scene): Judgement {
  return judge(
    set.probes.filter((probe) => isFinal(probe.kind)),
    earnings,
    scene,
  );
}

function judge(probes: readonly Probe[], earnings: Earnings, scene: Scene): Judgement {
  const rewards: Record<string, number> = {};
  let [current, reward, terminates] = [earnings, 0, false];
  if (probes.length > 0) {
    const [scope, host] = [sceneScope(scene), sceneHost(scene)];
    for (const probe of probes) {
      setEarnings(scope, current);
      if (probe.when !== undefined && !isTrue(probe.when.evaluate(scope, host))) continue;
      const given = rewardOf(probe, current, scope, host);
      rewards[probe.id] = given;
      reward += given;
      terminates ||= probe.terminates;
      current = credited(current, probe.id, given);
    }
  }
  return { earnings: current, reward, rewards, terminates };
}

/** May the probe still fire, and have those fired that it waits for? */
function isOpen(probe: Probe, { fired }: Earnings): boolean {
  return (fired[probe.id] ?? 0) < probe.firesMax && probe.after.every((id) => (fired[id] ?? 0) > 0);
}

function matches(on: TransitionMatch, { route, service, method, status, provenance }: Subject): boolean {
  return (
    includes(on.route, route) &&
    includes(on.service, service) &&
    includes(on.method, method) &&
    includes(on.provenance, provenance) &&
    (on.status === undefined ||
      on.status.some((text) => text === String(status) || text === `${Math.floor(status / 100)}xx`))
  );
}

function includes<T>(wanted: readonly T[] | undefined, actual: T | undefined): boolean {
  return wanted === undefined || (actual !== undefined && wanted.includes(actual));
}

function rewardOf(probe: Probe, { total }: Earnings, scope: Scope, host: Host): number {
  if (probe.reward === 'forfeit') return total > 0 ? -total : 0;
  return typeof probe.reward === 'number' ? probe.reward : numberOf(probe.reward.evaluate(scope, host));
}

/** What is no number is no reward. */
function numberOf(value: Value): number {
  const number = value instanceof RawNumber ? Number(value.text) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

function credited({ total, rewards, fired }: Earnings, id: string, reward: number): Earnings {
  return {
    total: total + reward,
    rewards: { ...rewards, [id]: (rewards[id] ?? 0) + reward },
    fired: { ...fired, [id]: (fired[id] ?? 0) + 1 },
  };
}
