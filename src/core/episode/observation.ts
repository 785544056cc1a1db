// What a trainer gets for a step: an observation, which is all that the agent may be shown, and info, which is not for it.
import type { Header, HttpResponse } from '../exchange/exchange.ts';
import { viewBody } from '../exchange/request-view.ts';
import { putMember, type Json, type JsonObject } from '../std/json.ts';
import type { Episode } from './episode.ts';
import type { StepLine } from './log-line.ts';

/**
 * The answer as a value: headers by name (a list where one repeats), a JSON body as JSON, any other text as text, bytes
 * as `{ base64 }`, no body as null.
 */
export function observationOf(response: HttpResponse): JsonObject {
  const { body, kind } = viewBody(response.body, response.headers);
  const bytes = response.body !== undefined && 'base64' in response.body ? { base64: response.body.base64 } : null;
  const shown = kind === 'form' && response.body !== undefined && 'text' in response.body ? response.body.text : body;
  return { status: response.status, headers: headersByName(response.headers), body: shown ?? bytes };
}

/** Before the first step there is no answer yet, only what the agent is asked to do. */
export function firstObservation(goal: string | undefined): JsonObject {
  return { status: 0, headers: {}, body: goal === undefined ? null : { goal } };
}

/** Where the answer came from, and what it was worth by probe. */
export function stepInfo(line: StepLine): JsonObject {
  const { index, service, route, rules, provenance, unknown, rewards, truncation, time, latency, world, changes } =
    line;
  return {
    step: index,
    service,
    route,
    rules,
    provenance,
    ...(unknown === undefined ? {} : { unknown }),
    rewards,
    ...(truncation === undefined ? {} : { truncation }),
    time,
    ...(latency === undefined ? {} : { latency }),
    world,
    changes: changes as unknown as Json,
  };
}

/** What is known of an episode before its first step. */
export function resetInfo({ header, time }: Episode): JsonObject {
  const { model, runtime, seed, task, probes, stepsMax } = header;
  return { model, runtime, seed, task, probes, steps_max: stepsMax, time, world: header.world };
}

/** How the episode ended. */
export function finishInfo({ header, steps, earnings, truncation }: Episode): JsonObject {
  return {
    task: header.task,
    step_count: steps,
    reward_total: earnings.total,
    rewards_total: earnings.rewards,
    ...(truncation === undefined ? {} : { truncation }),
  };
}

function headersByName(headers: readonly Header[]): JsonObject {
  const byName: Record<string, Json> = {};
  for (const [name, value] of headers) {
    const earlier = Object.hasOwn(byName, name) ? byName[name] : undefined;
    putMember(
      byName,
      name,
      earlier === undefined ? value : Array.isArray(earlier) ? [...earlier, value] : [earlier as string, value],
    );
  }
  return byName;
}
