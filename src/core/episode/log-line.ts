// The episode log as lines of JSON: a header, one line a request, and one more when the episode was finished. Nothing in it
// depends on the host: no wall clock, port, process or episode id, so equal episodes have byte-equal logs.
// docs/formats/episode-log.md describes the lines for readers in other languages.
import { groupBy } from '../std/grouping.ts';
import type { Header, HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import type { StepProvenance } from '../model/clone-model.ts';
import type { Transition } from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import { isArray, isObject, parseJson, printJson, type Json, type JsonObject } from '../std/json.ts';
import { isFaults, type Faults } from './faults.ts';

export const EPISODE_LOG_FORMAT_VERSION = 1;

/**
 * What an episode does when the model cannot answer: it is marked truncated; it goes on unmarked; or it goes on with the answer
 * of the nearest rule instead of a 501, which changes nothing.
 */
export type UnknownPolicy = 'truncate' | 'continue' | 'nearest';

/** Why an episode is truncated. A step limit ends it; an unknown transition only marks it. */
export type Truncation = 'unknown-transition' | 'step-limit';

/** Reward by the id of the probe that gave it. */
export type Rewards = Readonly<Record<string, number>>;

/** First line: all that decides the episode, but for its requests. */
export interface HeaderLine {
  readonly kind: 'header';
  readonly formatVersion: typeof EPISODE_LOG_FORMAT_VERSION;
  /** Digest of the model. */
  readonly model: string;
  /** Version of the runtime that interpreted it. */
  readonly runtime: string;
  readonly seed: number;
  /** Id of the task, or null. */
  readonly task: string | null;
  /** Digest of the probes that judge, or null without probes. */
  readonly probes: string | null;
  /** Step limit of the task, or null. */
  readonly stepsMax: number | null;
  readonly onUnknown: UnknownPolicy;
  /** Virtual time at reset, where it is not the model's. */
  readonly startMs?: number;
  /** Faults that steps meet; absent where there are none. */
  readonly faults?: Faults;
  /** Digest of the latencies that answers have; absent where they have none. */
  readonly latency?: string;
  /** Digest of the world at reset. */
  readonly world: string;
}

/** The request of a step: as the agent sent it, addressed to the original's origin, secrets as pseudonyms. */
export interface LoggedRequest extends HttpRequest {
  readonly origin: string;
}

export interface StepLine {
  readonly kind: 'step';
  /** From 1. */
  readonly index: number;
  readonly request: LoggedRequest;
  readonly response: HttpResponse;
  readonly service: string | null;
  readonly route: string | null;
  /** Ids of the rules that made the answer. */
  readonly rules: readonly string[];
  readonly provenance: StepProvenance;
  /** Why the answer is unknown. */
  readonly unknown?: string;
  readonly reward: number;
  readonly rewards: Rewards;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly truncation?: Truncation;
  /** Virtual time of the step, milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds that the answer took, by which the clock moved on; absent in episodes without, and where none was recorded. */
  readonly latency?: number;
  /** Digests of the world before and after the step. */
  readonly world: { readonly before: string; readonly after: string };
  readonly changes: Transition['changes'];
  /** The client's trace, kept apart from its request because it differs from run to run. */
  readonly traceparent?: string;
}

/** The trainer has set the clock. */
export interface ClockLine {
  readonly kind: 'clock';
  /** Steps before it. */
  readonly after: number;
  /** Virtual time of the next step. */
  readonly time: number;
  /** Does the clock stand? */
  readonly frozen: boolean;
  /** Digest of the world with this clock. */
  readonly world: string;
}

/** Last line of an episode that was finished. */
export interface FinishLine {
  readonly kind: 'finish';
  /** What the agent answered, or null. */
  readonly answer: Json;
  readonly reward: number;
  readonly rewards: Rewards;
}

export type LogLine = HeaderLine | StepLine | ClockLine | FinishLine;

/** A whole log. */
export interface EpisodeLog {
  readonly header: HeaderLine;
  readonly steps: readonly StepLine[];
  /** Absent where the clock was never set. */
  readonly clock?: readonly ClockLine[];
  readonly finish?: FinishLine;
}

/** Lines of a log in their order, behind the header. */
export function linesOf({ steps, clock = [], finish }: Omit<EpisodeLog, 'header'>): readonly LogLine[] {
  const set = groupBy(clock, ({ after }) => after);
  const setAfter = (index: number): readonly ClockLine[] => set.get(index) ?? [];
  return [
    ...setAfter(0),
    ...steps.flatMap((line) => [line, ...setAfter(line.index)]),
    ...(finish === undefined ? [] : [finish]),
  ];
}

/** The line as text, without its line end. Members stand in the order in which the episode made them. */
export function printLogLine(line: LogLine): string {
  return printJson(line as unknown as Json);
}

/**
 * A line as it is stored: the body of an answer, mostly the longest part of a line, stands beside the text as it is, so that
 * it need not be escaped before somebody reads the line.
 */
export interface LineParts {
  /** The line; where the body is apart, with an empty text in its place. */
  readonly text: string;
  readonly body?: string;
  /** Where in `text` the empty text begins that the body takes the place of. */
  readonly bodyAt?: number;
}

/** Halves of characters, which not every store gives back as they were. V8 searches only texts that have wide characters. */
const HALVES = /[\ud800-\udfff]/;
const EMPTY_BODY = '{"text":""}';

/** The parts of a line as an episode made it; joinLine gives what printLogLine gives. */
export function lineParts(line: LogLine): LineParts {
  if (line.kind !== 'step') return { text: printLogLine(line) };
  const { kind, index, request, response } = line;
  const { body } = response;
  const before = `{"kind":"${kind}","index":${index},"request":${printMessage(request)},"response":`;
  const rest = { ...line, kind: undefined, index: undefined, request: undefined, response: undefined };
  const after = `,${printJson(rest as unknown as Json).slice(1)}`;
  if (body === undefined || !('text' in body) || body.text.includes('\0') || HALVES.test(body.text))
    return { text: before + printMessage(response) + after };
  const answer = printMessage(response, EMPTY_BODY);
  // Quotes inside texts are escaped, so this is the member and nothing that a client sent.
  const bodyAt = before.length + answer.indexOf(`"body":${EMPTY_BODY}`) + '"body":{"text":'.length;
  return { text: before + answer + after, body: body.text, bodyAt };
}

/** @param body printed in place of its own */
function printMessage(message: HttpRequest | HttpResponse, body?: string): string {
  let members = '';
  for (const name of Object.keys(message)) {
    const value = (message as unknown as Readonly<Record<string, Json | undefined>>)[name];
    if (value === undefined) continue;
    const text = name === 'headers' ? printHeaders(message.headers) : name === 'body' ? body : undefined;
    members += `${members === '' ? '' : ','}"${name}":${text ?? printJson(value)}`;
  }
  return `{${members}}`;
}

/** By the list: most requests of an agent have the same one, and most answers of a rule. */
const printedHeaders = new WeakMap<readonly Header[], string>();

function printHeaders(headers: readonly Header[]): string {
  const known = printedHeaders.get(headers);
  if (known !== undefined) return known;
  const text = printJson(headers);
  printedHeaders.set(headers, text);
  return text;
}

/** The line as text, without its line end. */
export function joinLine({ text, body, bodyAt }: LineParts): string {
  if (body === undefined || bodyAt === undefined) return text;
  return text.slice(0, bodyAt) + JSON.stringify(body) + text.slice(bodyAt + 2);
}

/**
 * Reads a log from its text.
 *
 * @throws {MynahError} ERR_EPISODE_LOG, naming the line, for a text that is not a log of this format version.
 */
export function parseEpisodeLog(text: string): EpisodeLog {
  const rows = text.split('\n').map((row, index) => ({ row, number: index + 1 }));
  const lines = rows
    .filter(({ row }) => row.trim() !== '')
    .map(({ row, number }) => ({ number, line: parseLine(row, number) }));
  const [first, ...rest] = lines;
  if (first === undefined) throw malformed(1, 'it is empty');
  if (first.line.kind !== 'header') throw malformed(first.number, 'the first line must be the header');
  const steps: StepLine[] = [];
  const clock: ClockLine[] = [];
  let finish: FinishLine | undefined;
  for (const { line, number } of rest) {
    if (finish !== undefined) throw malformed(number, 'nothing may follow the line that finishes the episode');
    if (line.kind === 'header') throw malformed(number, 'a second header; write each episode to a file of its own');
    if (line.kind === 'finish') finish = line;
    else if (line.kind === 'clock') {
      if (line.after !== steps.length)
        throw malformed(number, `a clock set after step ${line.after}, where ${steps.length} steps stand before it`);
      clock.push(line);
    } else {
      if (line.index !== steps.length + 1)
        throw malformed(number, `step ${line.index} where step ${steps.length + 1} was expected`);
      steps.push(line);
    }
  }
  return {
    header: first.line,
    steps,
    ...(clock.length === 0 ? {} : { clock }),
    ...(finish === undefined ? {} : { finish }),
  };
}

function parseLine(row: string, number: number): LogLine {
  let value: Json;
  try {
    value = parseJson(row);
  } catch (error) {
    throw malformed(number, error instanceof MynahError ? error.message : 'it is not JSON');
  }
  const kind = isObject(value) ? value['kind'] : undefined;
  if (!isObject(value) || (kind !== 'header' && kind !== 'step' && kind !== 'clock' && kind !== 'finish')) {
    throw malformed(number, 'it has no kind header, step, clock or finish');
  }
  const complaint = complaintAbout(kind, value);
  if (complaint !== undefined) throw malformed(number, complaint);
  return value as unknown as LogLine;
}

const TEXT = { is: (value: Json | undefined) => typeof value === 'string', name: 'a text' };
const NUMBER = { is: (value: Json | undefined) => typeof value === 'number', name: 'a number' };
const BOOLEAN = { is: (value: Json | undefined) => typeof value === 'boolean', name: 'true or false' };
const OBJECT = { is: isObject, name: 'an object' };

/** What a reader of the log relies on; the rest of a line is shown, never interpreted. */
const MEMBERS = {
  header: { model: TEXT, runtime: TEXT, seed: NUMBER },
  step: { index: NUMBER, request: OBJECT, response: OBJECT, provenance: TEXT, reward: NUMBER },
  clock: { after: NUMBER, time: NUMBER, frozen: BOOLEAN },
  finish: { reward: NUMBER },
} as const;

function complaintAbout(kind: keyof typeof MEMBERS, value: JsonObject): string | undefined {
  const version = value['formatVersion'];
  if (kind === 'header' && version !== EPISODE_LOG_FORMAT_VERSION) {
    return `its format version is ${printJson(version ?? null)}, this mynah reads version ${EPISODE_LOG_FORMAT_VERSION}`;
  }
  for (const [name, { is, name: expected }] of Object.entries(MEMBERS[kind])) {
    if (!is(value[name])) return `its member ${name} is not ${expected}`;
  }
  if (kind === 'header' && value['faults'] !== undefined && !isFaults(value['faults']))
    return 'its member faults is not a rate from 0 to 1 with kinds that there are';
  if (kind === 'header' && value['latency'] !== undefined && !TEXT.is(value['latency']))
    return 'its member latency is not a text';
  return kind === 'step' ? complaintAboutRequest(value['request'] as JsonObject) : undefined;
}

function complaintAboutRequest(request: JsonObject): string | undefined {
  for (const name of ['method', 'target', 'origin']) {
    if (typeof request[name] !== 'string') return `the ${name} of its request is not a text`;
  }
  const headers = request['headers'];
  if (!isArray(headers) || !headers.every(isHeader)) return 'the headers of its request are not pairs of texts';
  const body = request['body'];
  if (
    body === undefined ||
    (isObject(body) && (typeof body['text'] === 'string' || typeof body['base64'] === 'string'))
  )
    return undefined;
  return 'the body of its request holds neither text nor base64';
}

function isHeader(value: Json): value is Header & Json {
  return isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function malformed(line: number, why: string): MynahError {
  return new MynahError('ERR_EPISODE_LOG', `line ${line} of the episode log: ${why}`, { line });
}
