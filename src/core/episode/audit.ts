// Tries probes against policies that should not earn, and against the oracle, which should: what is wrong with rewards shows
// before an agent finds out. A finding names what to change; an audit without findings proves nothing more than that.
import type { Probe } from '../probe/probe.ts';
import { worldEntities } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import type { Json, JsonObject } from '../std/json.ts';
import type { Task } from '../task/task.ts';
import { requestOfAction } from './action.ts';
import type { Environment } from './environment.ts';
import { finishEpisode, hasEnded, resetEpisode, stepEpisode, type Episode } from './episode.ts';
import { eachAction, materialOf, randomActions, refusedActions } from './policy.ts';

export type PolicyName = 'nothing' | 'refused' | 'each' | 'random' | 'repeat' | 'oracle';

/** What a policy earned; of several runs, the best. */
export interface PolicyResult {
  readonly policy: PolicyName;
  readonly reward: number;
  readonly steps: number;
  /** How often each probe fired. */
  readonly fired: Readonly<Record<string, number>>;
}

export type AuditRule =
  | 'nothing-earns'
  | 'refused-earns'
  | 'repeat-earns'
  | 'random-earns-all'
  | 'oracle-earns-nothing'
  | 'oracle-fails'
  | 'no-oracle'
  | 'probe-never-fires';

export interface AuditFinding {
  readonly rule: AuditRule;
  /** A note is worth knowing; an error makes the rewards unfit to train on. */
  readonly severity: 'error' | 'note';
  readonly message: string;
}

export interface TaskAudit {
  /** Null for episodes without a task. */
  readonly task: string | null;
  readonly policies: readonly PolicyResult[];
  readonly findings: readonly AuditFinding[];
}

export interface AuditOptions {
  readonly seed: number;
  /** Random episodes for each task. */
  readonly runs: number;
  /** Requests of an episode that is not the oracle's. */
  readonly steps: number;
}

/** Audits every task, or episodes without one where there are none. */
export function auditEnvironment(environment: Environment, options: AuditOptions): readonly TaskAudit[] {
  const { tasks } = environment.tasks;
  return tasks.length === 0
    ? [auditTask(environment, undefined, options)]
    : tasks.map((task) => auditTask(environment, task, options));
}

function auditTask(environment: Environment, task: Task | undefined, options: AuditOptions): TaskAudit {
  const { seed, runs, steps } = options;
  const { loaded } = environment;
  const start = resetEpisode(environment, { seed, task: task?.id ?? null });
  const world = worldEntities(loaded, start.world) as unknown as JsonObject;
  const material = materialOf(environment.tools(), loaded.model.services, world);
  const play = (policy: PolicyName, actions: readonly JsonObject[]) => playActions(start, policy, actions);
  const oracle = task?.oracle === undefined ? undefined : play('oracle', task.oracle);
  const randoms = Array.from({ length: runs }, (_none, run) =>
    play('random', randomActions(material, seed + run, steps)),
  );
  const rewarded = [oracle, ...randoms].flatMap((played) => played?.rewarded ?? []);
  const played: readonly Played[] = [
    play('nothing', []),
    play('refused', refusedActions(steps)),
    play('each', eachAction(material, seed)),
    ...best(randoms),
    ...best(
      distinct(rewarded).map((action) =>
        play(
          'repeat',
          Array.from({ length: steps }, () => action),
        ),
      ),
    ),
    ...(oracle === undefined ? [] : [oracle]),
  ];
  const probes = start.probes?.probes ?? [];
  return {
    task: task?.id ?? null,
    policies: played.map(({ policy, reward, steps: taken, fired }) => ({ policy, reward, steps: taken, fired })),
    findings: findingsOf(task, probes, played),
  };
}

interface Played extends PolicyResult {
  /** Actions whose step earned something. */
  readonly rewarded: readonly JsonObject[];
  /** What the first rewarded step earned. */
  readonly firstReward: number;
  /** Why it could not be played to its end. */
  readonly failure?: string;
}

/** Plays actions to their end or the episode's, and finishes it; an action may be an answer. */
function playActions(start: Episode, policy: PolicyName, actions: readonly JsonObject[]): Played {
  const { services } = start.environment.loaded.model;
  let episode = start;
  let answer: Json = null;
  let failure: string | undefined;
  const rewarded: JsonObject[] = [];
  let firstReward = 0;
  try {
    for (const action of actions) {
      if (hasEnded(episode)) break;
      if (Object.hasOwn(action, 'answer')) {
        answer = action['answer'] ?? null;
        break;
      }
      const { episode: next, line } = stepEpisode(episode, requestOfAction(action, services));
      episode = next;
      if (line.reward > 0) rewarded.push(action);
      if (line.reward > 0 && firstReward === 0) firstReward = line.reward;
    }
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    failure = error.message;
  }
  const { earnings, steps } = finishEpisode(episode, answer).episode;
  const outcome = { policy, reward: earnings.total, steps, fired: earnings.fired, rewarded, firstReward };
  return failure === undefined ? outcome : { ...outcome, failure };
}

function best(played: readonly Played[]): readonly Played[] {
  const [first, ...others] = played;
  if (first === undefined) return [];
  return [others.reduce((leader, one) => (one.reward > leader.reward ? one : leader), first)];
}

function distinct(actions: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(actions.map((action) => [JSON.stringify(action), action])).values()].slice(0, REPEATED_MAX);
}

/** Requests that are tried again and again. */
const REPEATED_MAX = 20;

/** Rewards are sums of fractions. */
const TOLERANCE = 1e-9;

function findingsOf(
  task: Task | undefined,
  probes: readonly Probe[],
  played: readonly Played[],
): readonly AuditFinding[] {
  const of = (policy: PolicyName) => played.find((one) => one.policy === policy);
  const [nothing, refused, random, repeat, oracle] = (
    ['nothing', 'refused', 'random', 'repeat', 'oracle'] as const
  ).map(of);
  const findings: AuditFinding[] = [];
  const add = (rule: AuditRule, message: string, severity: AuditFinding['severity'] = 'error') =>
    void findings.push({ rule, severity, message });
  if ((nothing?.reward ?? 0) > TOLERANCE)
    add('nothing-earns', `an agent that does nothing earns ${text(nothing)}; let the outcome ask for a change`);
  else if ((refused?.reward ?? 0) > TOLERANCE)
    add(
      'refused-earns',
      `requests that are refused earn ${text(refused)}; ask for a status, or for a change of the world`,
    );
  if (repeat !== undefined && repeat.reward > Math.max(repeat.firstReward, oracle?.reward ?? 0) + TOLERANCE)
    add('repeat-earns', `one request, sent ${repeat.steps} times, earns ${text(repeat)}; give its probe once or max`);
  if (oracle === undefined) {
    if (task !== undefined) add('no-oracle', `the task has no oracle, so nobody knows that it can be solved`, 'note');
  } else if (oracle.failure !== undefined) add('oracle-fails', `the oracle cannot be played: ${oracle.failure}`);
  else if (oracle.reward <= Math.max(nothing?.reward ?? 0, 0) + TOLERANCE)
    add('oracle-earns-nothing', `the oracle earns ${text(oracle)}, no more than doing nothing`);
  else if (random !== undefined && random.reward >= oracle.reward - TOLERANCE)
    add(
      'random-earns-all',
      `random requests earn ${text(random)}, as much as the oracle; the task is too easy to guess`,
    );
  for (const { id, kind, reward } of probes) {
    const isPrize = kind !== 'minefield' && kind !== 'guard' && !(typeof reward === 'number' && reward <= 0);
    if (isPrize && oracle !== undefined && (oracle.fired[id] ?? 0) === 0)
      add('probe-never-fires', `the oracle never makes ${id} fire`, 'note');
  }
  return findings;
}

function text(played: Played | undefined): string {
  return String(Number((played?.reward ?? 0).toPrecision(12)));
}
