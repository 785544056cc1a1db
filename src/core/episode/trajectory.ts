// Episode logs in the formats of others: trajectories for training and viewing. What an agent did by HTTP is a call of one
// function, `http_request`, whoever sent it.
import type { Body } from '../exchange/exchange.ts';
import { formatTime } from '../std/clock.ts';
import { printJson, tryParseJson, type Json, type JsonObject } from '../std/json.ts';
import type { EpisodeLog, StepLine } from './log-line.ts';
import { observationOf } from './observation.ts';
import { summarizeLog } from './summary.ts';

/** What a log does not say of itself. */
export interface TrajectorySubject {
  readonly id: string;
  /** What the agent was asked to do. */
  readonly goal?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

const FUNCTION = 'http_request';

/** What ATIF calls its version; readers of others take this shape too. */
export const ATIF_VERSION = 'ATIF-v1.7';

/** Harbor's Agent Trajectory Interchange Format (RFC 0001). Times are those of the virtual clock. */
export function atifTrajectory(log: EpisodeLog, subject: TrajectorySubject, version = ATIF_VERSION): JsonObject {
  const { header, steps, finish } = log;
  const { id, goal, labels = {} } = subject;
  const asked = goal === undefined ? [] : [{ source: 'user', message: goal, timestamp: steps[0]?.time }];
  const acted = steps.map((line) => ({ ...atifStep(line), timestamp: line.time }));
  const answered =
    finish === undefined
      ? []
      : [{ source: 'agent', message: textOf(finish.answer), timestamp: steps.at(-1)?.time, extra: rewardsOf(finish) }];
  const all = [...asked, ...acted, ...answered];
  return {
    schema_version: version,
    session_id: id,
    agent: { name: 'agent', version: 'unknown', tool_definitions: [TOOL_DEFINITION] },
    steps: all.map(({ timestamp, ...step }, index) => ({
      step_id: index + 1,
      ...(timestamp === undefined ? {} : { timestamp: formatTime(timestamp, 'iso-ms') ?? null }),
      ...step,
    })),
    final_metrics: { total_steps: all.length },
    extra: { ...outcomeOf(log), labels, model: header.model, runtime: header.runtime },
  };
}

/** One line of the results that OpenEnv's harness collects. */
export function resultsLine(log: EpisodeLog, subject: TrajectorySubject): JsonObject {
  const { header, steps, finish } = log;
  const { id, goal, labels = {} } = subject;
  const outcome = outcomeOf(log);
  return {
    episode_id: id,
    messages: [
      ...(goal === undefined ? [] : [{ role: 'user', content: goal }]),
      ...steps.flatMap(messagesOf),
      ...(finish === undefined ? [] : [{ role: 'assistant', content: textOf(finish.answer) }]),
    ],
    reward: outcome['reward_total'] ?? 0,
    done: finish !== undefined,
    tool_trace: steps.map((line) => ({
      tool_name: FUNCTION,
      arguments: argumentsOf(line),
      result: {
        data: observationOf(line.response),
        done: line.terminated || line.truncation === 'step-limit',
        metadata: { reward: line.reward, rewards: line.rewards, provenance: line.provenance, time: line.time },
        error: null,
      },
    })),
    metrics: { steps: steps.length },
    verify_metrics: outcome['rewards'] ?? {},
    artifacts: {},
    task: header.task,
    extra: { ...outcome, labels, model: header.model, runtime: header.runtime },
  };
}

const TOOL_DEFINITION: JsonObject = {
  type: 'function',
  function: {
    name: FUNCTION,
    description: 'Sends one HTTP request.',
    parameters: {
      type: 'object',
      properties: {
        method: { type: 'string' },
        url: { type: 'string' },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
        body: {},
      },
      required: ['method', 'url'],
    },
  },
};

function atifStep(line: StepLine) {
  const call = callId(line);
  return {
    source: 'agent',
    message: '',
    tool_calls: [{ tool_call_id: call, function_name: FUNCTION, arguments: argumentsOf(line) }],
    observation: { results: [{ source_call_id: call, content: answerText(line) }] },
    extra: { ...rewardsOf(line), provenance: line.provenance, terminated: line.terminated, truncated: line.truncated },
  };
}

function messagesOf(line: StepLine): readonly JsonObject[] {
  const call = { name: FUNCTION, arguments: textOf(argumentsOf(line)) };
  return [
    { role: 'assistant', content: '', tool_calls: [{ id: callId(line), type: 'function', function: call }] },
    { role: 'tool', tool_call_id: callId(line), content: answerText(line) },
  ];
}

function callId({ index }: StepLine): string {
  return `call_${index}`;
}

function argumentsOf({ request: { method, origin, target, headers, body } }: StepLine): JsonObject {
  const sent = Object.fromEntries(headers.filter(([name]) => name !== 'host'));
  return { method, url: origin + target, headers: sent, ...(body === undefined ? {} : { body: bodyOf(body) }) };
}

function answerText({ response: { status, body } }: StepLine): string {
  return body === undefined ? `HTTP ${status}` : `HTTP ${status}\n${'text' in body ? body.text : textOf(bodyOf(body))}`;
}

function bodyOf(body: Body): Json {
  if ('base64' in body) return { base64: body.base64 };
  return tryParseJson(body.text) ?? body.text;
}

function rewardsOf({ reward, rewards }: Pick<StepLine, 'reward' | 'rewards'>): JsonObject {
  return { reward, rewards };
}

function outcomeOf(log: EpisodeLog): JsonObject {
  return summarizeLog(log);
}

/** A text as it is, anything else as JSON; nothing for null. */
function textOf(value: Json): string {
  return value === null ? '' : typeof value === 'string' ? value : printJson(value);
}
