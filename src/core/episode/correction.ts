// A logged answer as it should have been, with the requests that led to it: what the next compile of the clone is held to.
import { headerValue, type Body, type Exchange, type Header, type HttpResponse } from '../exchange/exchange.ts';
import { MynahError } from '../std/errors.ts';
import { tryParseJson } from '../std/json.ts';
import type { EpisodeLog } from './log-line.ts';

/** What the original would have said otherwise; what is absent was right. */
export interface Correction {
  readonly status?: number;
  /** Replace those of the same name. */
  readonly headers: readonly Header[];
  readonly body?: Body;
}

/** The session that corrected exchanges are in; it starts in the world at reset. */
export const CORRECTED_SESSION = 'counterexample';

/**
 * The episode as exchanges of one session, up to a step whose answer is corrected. Steps before it that the clone could not
 * answer are left out: they changed nothing, and what the original would have said is not known.
 *
 * @param number of the step, from 1
 * @throws {MynahError} ERR_USAGE for a step that the log does not have, and for a correction that changes nothing
 */
export function correctedExchanges(log: EpisodeLog, number: number, correction: Correction): readonly Exchange[] {
  const line = log.steps[number - 1];
  if (line === undefined)
    throw new MynahError('ERR_USAGE', `the log has ${log.steps.length} steps, and none of number ${number}`, {
      number,
    });
  if (saysNothing(line.response, correction))
    throw new MynahError('ERR_USAGE', `step ${number} was answered just so; say what the original answers`, { number });
  const before = log.steps
    .slice(0, number - 1)
    .filter(({ provenance }) => provenance !== 'unknown' && provenance !== 'injected');
  return [...before, { ...line, response: correctedResponse(line.response, correction) }].map(
    ({ index, time, request: { origin, ...request }, response }) => ({
      id: String(index),
      session: CORRECTED_SESSION,
      origin,
      startedAt: time,
      endedAt: time,
      request,
      response,
    }),
  );
}

function saysNothing(response: HttpResponse, { status, headers, body }: Correction): boolean {
  return (
    (status ?? response.status) === response.status &&
    headers.every(([name, value]) => headerValue(response.headers, name) === value) &&
    (body === undefined || JSON.stringify(body) === JSON.stringify(response.body))
  );
}

function correctedResponse(response: HttpResponse, { status, headers, body }: Correction): HttpResponse {
  const typed = body === undefined ? headers : withContentType(response, headers, body);
  const replaced = new Set(typed.map(([name]) => name));
  if (body !== undefined) replaced.add('content-length');
  return {
    ...response,
    status: status ?? response.status,
    headers: [...response.headers.filter(([name]) => !replaced.has(name)), ...typed],
    ...(body === undefined ? {} : { body }),
  };
}

/** A JSON text is said to be one, unless somebody says otherwise. */
function withContentType(response: HttpResponse, headers: readonly Header[], body: Body): readonly Header[] {
  const isJson = 'text' in body && tryParseJson(body.text) !== undefined;
  const said = headerValue(headers, 'content-type') ?? headerValue(response.headers, 'content-type') ?? '';
  return isJson && !/json/i.test(said) && headerValue(headers, 'content-type') === undefined
    ? [...headers, ['content-type', 'application/json']]
    : headers;
}
