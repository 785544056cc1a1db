// The bodies of the control plane's calls, read and checked member by member.
import { MynahError } from '../../core/std/errors.ts';
import { isArray, isObject, parseJson, type Json, type JsonObject } from '../../core/std/json.ts';
import { batchCallsMax, forkCountMax } from '../../core/std/limits.ts';
import type { ClockChange } from '../../core/episode/episode-clock.ts';
import type { EpisodeStart } from '../../core/episode/episode.ts';
import { checkedFaults, type AskedFaults, type Faults } from '../../core/episode/faults.ts';
import type { EpisodeRequest, Moment } from './episode-registry.ts';

const EPISODE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const LABEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const LABEL_TEXT_MAX = 256;
const LABELS_MAX = 32;

const START_MEMBERS = ['seed', 'task', 'faults', 'latency'];
const EPISODE_MEMBERS = [...START_MEMBERS, 'id', 'labels', 'from'];

/** The body as JSON, undefined when there is none. @throws {MynahError} ERR_JSON_SYNTAX */
export function parseCallBody(bytes: Buffer): Json | undefined {
  const text = bytes.toString('utf8');
  return text.trim() === '' ? undefined : parseJson(text);
}

/** @throws {MynahError} ERR_CALL_INVALID */
export function episodeRequestOf(body: Json | undefined): EpisodeRequest {
  const { id, labels, from, ...start } = membersOf(body, EPISODE_MEMBERS);
  if (from !== undefined && Object.keys(start).length > 0)
    throw invalid('an episode that goes on from another has its seed, task, faults and latency');
  return {
    ...startOf(body, EPISODE_MEMBERS),
    ...(from === undefined ? {} : { from: momentOf(from) }),
    id: id === undefined ? undefined : checkedEpisodeId(id),
    labels: labels === undefined ? undefined : labelsOf(labels),
  };
}

/** An id that fits a URL and a proxy's user name. @throws {MynahError} ERR_CALL_INVALID */
export function checkedEpisodeId(id: Json): string {
  if (typeof id === 'string' && EPISODE_ID.test(id)) return id;
  throw invalid('id must be a text of letters, digits, dots, dashes and underscores, at most 128 long');
}

/** @throws {MynahError} ERR_CALL_INVALID */
export function startOf(body: Json | undefined, allowed = START_MEMBERS): EpisodeStart {
  const { seed, task, faults, latency } = membersOf(body, allowed);
  if (seed !== undefined && !isCount(seed)) throw invalid('seed must be a whole number from 0');
  if (task !== undefined && task !== null && typeof task !== 'string')
    throw invalid('task must be the id of a task, or null for none');
  if (latency !== undefined && typeof latency !== 'boolean') throw invalid('latency must be true or false');
  return { seed, task, faults: faults === undefined ? undefined : faultsOf(faults), latency };
}

/** @throws {MynahError} ERR_CALL_INVALID */
export function faultsOf(given: Json): Faults {
  if (!isObject(given)) throw invalid('faults must be an object: { rate, kinds }');
  return checkedFaults(membersOf(given, ['rate', 'kinds']) as unknown as AskedFaults);
}

/** @throws {MynahError} ERR_CALL_INVALID */
export function forkOf(body: Json | undefined): { readonly at: number | undefined; readonly count: number } {
  const { at, count = 1 } = membersOf(body, ['at', 'count']);
  if (at !== undefined && !isCount(at)) throw invalid('at must be a number of steps');
  if (!isCount(count) || count < 1 || count > forkCountMax)
    throw invalid(`count must be a number from 1 to ${forkCountMax}`);
  return { at, count };
}

/** `{ NAME: [ … ] }`: the elements of a call for many. @throws {MynahError} ERR_CALL_INVALID */
export function batchOf(body: Json | undefined, name: string): readonly Json[] {
  const list = membersOf(body, [name])[name];
  if (!isArray(list) || list.length > batchCallsMax)
    throw invalid(`${name} must be a list of at most ${batchCallsMax} elements`);
  return list;
}

/** One step of a call for many: an action with the id of its episode. @throws {MynahError} ERR_CALL_INVALID */
export function batchStepOf(step: Json): { readonly id: string; readonly action: JsonObject } {
  if (!isObject(step)) throw invalid('a step must be an object: { id, method, path, … }');
  const { id, ...action } = step;
  return { id: checkedEpisodeId(id ?? null), action };
}

function momentOf(from: Json): Moment {
  const { episode, step } = membersOf(from, ['episode', 'step']);
  if (step !== undefined && !isCount(step)) throw invalid('from.step must be a number of steps');
  return { episode: checkedEpisodeId(episode ?? null), step };
}

/** @throws {MynahError} ERR_CALL_INVALID */
export function answerOf(body: Json | undefined): Json {
  return membersOf(body, ['answer'])['answer'] ?? null;
}

/** `{ set?: time, advance?: milliseconds, frozen?: boolean }`. @throws {MynahError} ERR_CALL_INVALID */
export function clockChangeOf(body: Json | undefined): ClockChange {
  const { set, advance, frozen } = membersOf(body, ['set', 'advance', 'frozen']);
  if (frozen !== undefined && typeof frozen !== 'boolean') throw invalid('frozen must be true or false');
  if (advance !== undefined && (typeof advance !== 'number' || !Number.isSafeInteger(advance)))
    throw invalid('advance must be a whole number of milliseconds');
  return { timeMs: set === undefined ? undefined : timeOf(set), advanceMs: advance, isFrozen: frozen };
}

function timeOf(set: Json): number {
  if (typeof set === 'number' && Number.isSafeInteger(set)) return set;
  const time = typeof set === 'string' ? parseTime(set) : undefined;
  if (time === undefined) throw invalid('set must be a time: 2024-05-01T12:00:00Z, or milliseconds since the epoch');
  return time;
}

/** An ISO 8601 time with its zone as milliseconds since the epoch. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function labelsOf(labels: Json): Readonly<Record<string, string>> {
  if (!isObject(labels) || Object.keys(labels).length > LABELS_MAX)
    throw invalid(`labels must be an object of at most ${LABELS_MAX} texts`);
  const entries = Object.entries(labels).map(([name, value]): [string, string] => {
    if (!LABEL_NAME.test(name))
      throw invalid(
        `${JSON.stringify(name)} cannot be the name of a label: letters, digits, dots, dashes and underscores, at most 63`,
      );
    if (typeof value !== 'string' || value.length > LABEL_TEXT_MAX)
      throw invalid(`the label ${name} must be a text of at most ${LABEL_TEXT_MAX} characters`);
    return [name, value];
  });
  return Object.fromEntries(entries);
}

function membersOf(body: Json | undefined, allowed: readonly string[]): JsonObject {
  if (body === undefined) return {};
  if (!isObject(body)) throw invalid('the body must be a JSON object');
  const unknown = Object.keys(body).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw invalid(`this call has no member ${unknown}, only ${allowed.join(', ')}`);
  return body;
}

function isCount(value: Json): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function invalid(why: string): MynahError {
  return new MynahError('ERR_CALL_INVALID', why);
}
