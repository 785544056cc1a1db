// Pass "normalise": exchanges become calls, the compiler's view of one request and its answer. Everything later passes
// look at is here; what they infer (route, parameters, principal) is filled in by the passes that follow.
import { type Body, type Exchange, type Header } from '../../exchange/exchange.ts';
import { viewBody, viewRequest, type BodyKind } from '../../exchange/request-view.ts';
import type { XmlLayout } from '../../exchange/xml-layout.ts';
import type { Recording, SessionStart } from '../../recording/recording.ts';
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import type { Carried } from './bulk-calls.ts';
import { refusalFlag } from './refusals.ts';

export interface Call {
  /** Position among the calls of the service, in order of completion. */
  readonly index: number;
  readonly id: string;
  readonly session: string;
  readonly start: SessionStart;
  /** Counts the resets of the original: calls of one epoch share a world. */
  readonly epoch: number;
  readonly method: string;
  readonly path: string;
  readonly query: JsonObject;
  readonly body: Json | undefined;
  readonly bodyKind: BodyKind;
  /** Asks, though its method does not tell. */
  readonly isQuery?: boolean;
  readonly requestHeaders: readonly Header[];
  /** The request's body as it was sent, where it is text. */
  readonly sentText: string | undefined;
  readonly status: number;
  /** The service says no: by the status, or by the flag that all its answers carry. */
  readonly refused: boolean;
  /** JSON of the answer; undefined when it has none. */
  readonly answer: Json | undefined;
  /** What was answered, where `answer` says besides which item it is about. */
  readonly plainAnswer?: Json;
  /** The answer was lifted out of the address that it gave; it has no body. */
  readonly isLifted?: boolean;
  /** Text of an answer that is not JSON. */
  readonly answerText: string | undefined;
  readonly answerKind: BodyKind;
  /** The body of any answer, where it is text. */
  readonly gotText: string | undefined;
  /** `answer` is the thing that was stored or read: its body is `answerText`. */
  readonly isStored?: boolean;
  /** Its path stores bodies. */
  readonly isOfStored?: boolean;
  readonly headers: readonly Header[];
  /** Of an answer in XML: how documents of its kind are written. */
  readonly xml?: { readonly name: string; readonly layout: XmlLayout };
  /** Of a call that carries others: where, and what they answered. */
  readonly carries?: Carried;
  /** Of a call that another carried: the body of that one, but for the list. */
  readonly whole?: JsonObject;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Calls of one origin, in order of completion; exchanges without an answer teach nothing and are left out. */
export function normaliseCalls(recordings: readonly Recording[], origin: string): Call[] {
  const calls: Call[] = [];
  let epoch = 0;
  for (const recording of recordings) {
    const starts = new Map(recording.sessions.map((session) => [session.name, session.start]));
    const seen = new Set<string>();
    for (const exchange of recording.exchanges) {
      if (exchange.origin !== origin || exchange.response === undefined || exchange.truncated !== undefined) continue;
      const first = !seen.has(exchange.session);
      seen.add(exchange.session);
      const start = first ? (starts.get(exchange.session) ?? 'unknown') : 'continues';
      if (start === 'fresh' && calls.length > 0) epoch++;
      calls.push(normaliseCall(exchange, calls.length, start, epoch));
    }
  }
  const refuses = refusalFlag(calls);
  return refuses === undefined ? calls : calls.map((call) => ({ ...call, refused: call.refused || refuses(call) }));
}

function normaliseCall(exchange: Exchange, index: number, start: SessionStart, epoch: number): Call {
  const { request, response } = exchange;
  const view = viewRequest(request);
  const headers = response?.headers ?? [];
  const answer = viewBody(response?.body, headers);
  const isJson = answer.kind === 'json';
  return {
    index,
    id: exchange.id,
    session: exchange.session,
    start,
    epoch,
    method: request.method,
    path: view.path,
    query: view.query,
    body: view.body,
    bodyKind: view.bodyKind,
    requestHeaders: request.headers,
    sentText: textOf(request.body),
    status: response?.status ?? 0,
    refused: (response?.status ?? 0) >= 400,
    answer: isJson ? answer.body : undefined,
    answerText: isJson ? undefined : textOf(response?.body),
    answerKind: answer.kind,
    gotText: textOf(response?.body),
    headers,
    startedAt: exchange.startedAt,
    endedAt: exchange.endedAt,
  };
}

const textOf = (body: Body | undefined): string | undefined =>
  body !== undefined && 'text' in body ? body.text : undefined;

/** Origins in a recording, in order of their first exchange. */
export function originsOf(recordings: readonly Recording[]): string[] {
  return [...new Set(recordings.flatMap((recording) => recording.exchanges.map((exchange) => exchange.origin)))];
}

export const isSuccess = (call: Call): boolean => call.status >= 200 && call.status < 300 && !call.refused;

/** Methods that change nothing; a name says less: judging POST by its path made clones worse. */
export const isReadMethod = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

export const isRead = (call: Call): boolean => call.isQuery === true || isReadMethod(call.method);

/** How many calls came before each, and before the end, that may have changed something. */
export function writesBefore(calls: readonly Call[]): readonly number[] {
  let count = 0;
  return [...calls.map((call) => (isRead(call) || call.refused ? count : count++)), count];
}

/** A PUT answered by just what was put, and by the `field` that names it, shows all there is. */
export function isWholeDocument(call: Call, shown: JsonObject, field: string): boolean {
  if (call.method !== 'PUT' || !isObject(call.body)) return false;
  const body = call.body;
  return (
    Object.keys(body).every((name) => name in shown) &&
    Object.keys(shown).every((name) => name in body || name === field)
  );
}
