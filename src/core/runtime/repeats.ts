// Requests that are sent again under a key of the client's: they get the first answer again, and nothing is done.
import { headerValue, type Header, type HttpRequest, type HttpResponse } from '../exchange/exchange.ts';
import type { RequestView } from '../exchange/request-view.ts';
import { keyPartText } from '../model/entity-key.ts';
import type { Scope } from '../model/expression.ts';
import { canonicalText } from '../std/canonical.ts';
import { isArray, type Json } from '../std/json.ts';
import type { StepHost } from './host.ts';
import type { LoadedRepeats } from './loaded-model.ts';
import { renderReply } from './reply.ts';

/** A request under a key, as the world keeps it. */
export interface KeyedRequest {
  readonly repeats: LoadedRepeats;
  readonly key: string;
  /** What was asked under it: equal texts are the same request. */
  readonly asked: string;
}

/** Undefined for a request without a key, or of a method that keeps none. */
export function keyedRequest(
  repeats: LoadedRepeats | undefined,
  { headers }: HttpRequest,
  { method, path, query, body }: RequestView,
): KeyedRequest | undefined {
  if (repeats === undefined || !repeats.methods.includes(method)) return undefined;
  const key = keyPartText(headerValue(headers, repeats.header));
  if (key === undefined) return undefined;
  return { repeats, key, asked: canonicalText([method, path, query, body ?? null]) };
}

/** The answer that was kept under the key, or the refusal of another request under it; undefined for a new key. */
export function answerAgain(
  { repeats, key, asked }: KeyedRequest,
  scope: Scope,
  host: StepHost,
): HttpResponse | undefined {
  const kept = host.draft.withKey(repeats.type, key)?.attributes;
  if (kept === undefined) return undefined;
  if (kept['asked'] !== asked)
    return repeats.otherwise === undefined ? undefined : renderReply(repeats.otherwise, scope, host);
  const headers = (isArray(kept['headers']) ? kept['headers'] : []) as readonly Json[] as readonly Header[];
  const text = kept['body'];
  return { status: Number(kept['status']), headers, ...(typeof text === 'string' ? { body: { text } } : {}) };
}

/** Keeps an answer under the key of its request. Bodies that are no text are not kept, nor is what answered with them. */
export function keepAnswer({ repeats, key, asked }: KeyedRequest, response: HttpResponse, host: StepHost): void {
  const { status, headers, body } = response;
  if (body !== undefined && !('text' in body)) return;
  if (host.draft.withKey(repeats.type, key) !== undefined) return;
  const kept = { key, asked, status, headers, ...(body === undefined ? {} : { body: body.text }) };
  host.draft.insert(repeats.type, key, kept as unknown as { [name: string]: Json });
}
