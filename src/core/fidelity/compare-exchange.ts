// Whether a clone's answer is the original's: status, body and headers, up to what each side makes up.
import { headerValue, type Header, type HttpResponse } from '../exchange/exchange.ts';
import { viewBody } from '../exchange/request-view.ts';
import type { Json } from '../std/json.ts';
import { JsonComparison, type Difference, type JsonMoment } from './compare-json.ts';
import { sameText } from './compare-text.ts';

export interface Comparison {
  readonly status: boolean;
  readonly body: boolean;
  readonly headers: boolean;
  /** At most a few; those of status and body first. */
  readonly differences: readonly Difference[];
}

/** Of the connection or the moment: nothing a client of the API builds on. */
const UNCOMPARED_HEADER =
  /^(?:date|server|via|connection|keep-alive|proxy-.*|transfer-encoding|content-length|content-encoding|accept-ranges|age|x-powered-by|x-runtime|x-response-time|x-ratelimit-.*|ratelimit.*|alt-svc)$/;
/** Whose value says little that the body does not say; that they are there counts. */
const PRESENT_HEADER = /^(?:etag|last-modified|set-cookie|expires|retry-after|(?:.*-)?request-id|traceparent)$/;

/**
 * Compares the recorded answer with the clone's. What the two made up is paired in the correspondence of the moment when
 * status and body agree, and left as it was when they do not.
 */
export function compareExchange(expected: HttpResponse, actual: HttpResponse, moment: JsonMoment): Comparison {
  const { correspondence } = moment;
  const comparison = new JsonComparison(moment);
  const status = expected.status === actual.status;
  if (!status) comparison.differ('status', expected.status, actual.status);
  const mark = correspondence.mark();
  const body = bodiesAgree(expected, actual, comparison, moment);
  if (!status || !body) correspondence.rollback(mark);
  const beforeHeaders = correspondence.mark();
  const headers = headersAgree(expected.headers, actual.headers, comparison, moment);
  if (!headers) correspondence.rollback(beforeHeaders);
  return { status, body, headers, differences: comparison.differences };
}

function bodiesAgree(
  expected: HttpResponse,
  actual: HttpResponse,
  comparison: JsonComparison,
  moment: JsonMoment,
): boolean {
  // What follows a handshake is a dialogue, which is not judged here.
  if (expected.status === 101 && actual.status === 101) return true;
  const [there, here] = [expected, actual].map((response) => viewBody(response.body, response.headers));
  if (there === undefined || here === undefined) return false;
  if (there.kind === 'binary' || here.kind === 'binary') {
    const same = base64Of(expected) === base64Of(actual);
    return same || comparison.differ('body', `${there.kind} body`, `${here.kind} body`);
  }
  if (there.kind === 'json' && here.kind === 'json')
    return comparison.agree(there.body as Json, here.body as Json, '$');
  const [left, right] = [textOf(expected), textOf(actual)];
  const same = there.kind !== 'json' && here.kind !== 'json' && sameText(left, right, moment);
  return same || comparison.differ('body', left, right);
}

function headersAgree(
  expected: readonly Header[],
  actual: readonly Header[],
  comparison: JsonComparison,
  moment: JsonMoment,
): boolean {
  let agree = true;
  for (const name of new Set([...expected, ...actual].map(([each]) => each))) {
    if (UNCOMPARED_HEADER.test(name)) continue;
    const [there, here] = [headerValue(expected, name), headerValue(actual, name)];
    // A client sends it back as it came.
    if (name === 'etag' && there !== undefined && here !== undefined) moment.correspondence.hold(there, here);
    const same =
      there === undefined || here === undefined
        ? there === here
        : PRESENT_HEADER.test(name) ||
          (name === 'content-type' ? mediaType(there) === mediaType(here) : sameText(there, here, moment));
    if (!same) agree = comparison.differ(`header ${name}`, there, here);
  }
  return agree;
}

const mediaType = (value: string): string => (value.split(';')[0] ?? '').trim().toLowerCase();
const textOf = ({ body }: HttpResponse): string => (body !== undefined && 'text' in body ? body.text : '');
const base64Of = ({ body }: HttpResponse): string | undefined =>
  body !== undefined && 'base64' in body ? body.base64 : undefined;
