// One step of a log in the world in which it was taken, to look at it again.
import { MynahError } from '../std/errors.ts';
import { worldDigest, type World } from '../runtime/step.ts';
import { clockedWorld } from './episode-clock.ts';
import type { Environment } from './environment.ts';
import { startWorld } from './episode.ts';
import { answerStep } from './faults.ts';
import { latenciesOf } from './latency.ts';
import type { EpisodeLog, StepLine } from './log-line.ts';

export interface LoggedStep {
  readonly line: StepLine;
  /** Before the step. */
  readonly world: World;
}

/**
 * @param number of the step, from 1
 * @throws {MynahError} ERR_USAGE for a step that the log does not have, ERR_MODEL_MISMATCH for the log of another model,
 * ERR_REPLAY_DIFFERS when executing the log again does not lead to the world of the step
 */
export function loggedStep(environment: Environment, log: EpisodeLog, number: number): LoggedStep {
  const { loaded } = environment;
  const { header, steps } = log;
  const line = steps[number - 1];
  if (line === undefined)
    throw new MynahError('ERR_USAGE', `the log has ${steps.length} steps, and none of number ${number}`, { number });
  if (header.model !== loaded.digest)
    throw new MynahError(
      'ERR_MODEL_MISMATCH',
      `the log was made by the model ${header.model}, not by ${loaded.digest}`,
    );
  const latencies = latenciesOf(environment, header.latency);
  let world = startWorld(loaded, header.seed, header.startMs);
  for (const { index, request } of steps.slice(0, number - 1))
    world = answerStep(loaded, header, index, clockedWorld(loaded, world, log, index), request, latencies).world;
  world = clockedWorld(loaded, world, log, number);
  if (worldDigest(loaded, world) === line.world.before) return { line, world };
  throw new MynahError(
    'ERR_REPLAY_DIFFERS',
    `executing the log again does not lead to the world of step ${number}; mynah replay names the first step that differs`,
    { step: number },
  );
}
