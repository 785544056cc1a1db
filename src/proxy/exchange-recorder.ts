// Makes exchanges of what went over the wire and appends them to the recording. A disk that fails never stops the traffic.
import type { Body, Exchange, Header, HttpResponse, TransportError } from '../core/exchange/exchange.ts';
import { headerValue } from '../core/exchange/exchange.ts';
import { responseUnderOrigin } from '../core/recording/origin-rewriting.ts';
import { withoutBytes, type CollectedBody } from './body-collector.ts';
import { contentEncodings, decodeContent } from './content-encoding.ts';

/** An exchange that has begun: its place in the recording is fixed. */
export interface BegunExchange {
  readonly id: string;
  readonly session: string;
  readonly startedAt: number;
}

/** What went over the wire. Headers have lower-case names; bodies are as they were sent, encodings not undone. */
export interface WireExchange {
  readonly origin: string;
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: readonly Header[];
  readonly requestBody: CollectedBody;
  readonly response?: {
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: CollectedBody;
    readonly trailers?: readonly Header[];
  };
  readonly error?: TransportError;
  /** Set where the response is recorded as if it came from the second of two origins. */
  readonly rewriting?: { readonly from: string; readonly to: string };
}

/** Counts of replaced secrets by kind. */
type RedactionCounts = Readonly<Record<string, number>>;

/** Where exchanges are kept. */
export interface ExchangeSink {
  /** The id of the next exchange, in order of arrival. */
  nextId(): string;
  /** Resolves once the exchange is safe from the death of this process. */
  append(exchange: Exchange, counts: RedactionCounts): Promise<void>;
}

/** Replaces what must not reach the disk, and says how much of what kind it was. */
export type RedactExchange = (exchange: Exchange) => { readonly exchange: Exchange; readonly counts: RedactionCounts };

export interface ExchangeRecorder {
  /** Notes the arrival of a request. */
  begin(session: string): BegunExchange;
  /** Resolves once the exchange is committed, or cannot be; never rejects. */
  finish(begun: BegunExchange, wire: WireExchange): Promise<void>;
}

export interface ExchangeRecorderOptions {
  readonly sink: ExchangeSink;
  /** The body that bytes are, content encodings undone; undefined for none. */
  readonly bodyOf: (bytes: Buffer) => Body | undefined;
  readonly redact: RedactExchange;
  /** Bytes of one body that are kept; of a longer one only length and hash. */
  readonly bodyMax: number;
  readonly now: () => number;
  /** Told of every exchange that was kept. */
  readonly onRecorded?: (exchange: Exchange) => void;
  /** Told of every exchange that the disk refused. */
  readonly onLost: (id: string, error: unknown) => void;
}

export function createExchangeRecorder(options: ExchangeRecorderOptions): ExchangeRecorder {
  const { sink, redact, now, onRecorded, onLost } = options;
  return {
    begin: (session) => ({ id: sink.nextId(), session, startedAt: now() }),
    finish: async (begun, wire) => {
      try {
        const { exchange, counts } = redact(exchangeOf(begun, wire, now(), options));
        await sink.append(exchange, counts);
        onRecorded?.(exchange);
      } catch (error) {
        onLost(begun.id, error);
      }
    },
  };
}

function exchangeOf(
  begun: BegunExchange,
  wire: WireExchange,
  endedAt: number,
  { bodyMax, bodyOf }: ExchangeRecorderOptions,
): Exchange {
  const request = decoded(wire.requestBody, wire.requestHeaders, bodyMax);
  const response = wire.response && decoded(wire.response.body, wire.response.headers, bodyMax);
  return {
    id: begun.id,
    session: begun.session,
    origin: wire.origin,
    startedAt: begun.startedAt,
    endedAt,
    request: { method: wire.method, target: wire.target, headers: wire.requestHeaders, ...bodyPart(request, bodyOf) },
    ...(wire.response && response ? { response: responseOf(wire, wire.response, response, bodyOf) } : {}),
    ...(wire.error ? { error: wire.error } : {}),
    ...truncation(request, response, wire.error),
  };
}

function responseOf(
  { rewriting }: WireExchange,
  { status, headers, trailers }: NonNullable<WireExchange['response']>,
  body: CollectedBody,
  bodyOf: ExchangeRecorderOptions['bodyOf'],
): HttpResponse {
  const response = { status, headers, ...bodyPart(body, bodyOf), ...(trailers?.length ? { trailers } : {}) };
  return rewriting ? responseUnderOrigin(response, rewriting.from, rewriting.to) : response;
}

/** The body with its encodings undone; without bytes where that cannot be done. */
function decoded(body: CollectedBody, headers: readonly Header[], limit: number): CollectedBody {
  const encodings = contentEncodings(headerValue(headers, 'content-encoding'));
  if (body.bytes === undefined || body.length === 0 || encodings.length === 0) return body;
  const bytes = decodeContent(body.bytes, encodings, limit);
  return bytes === undefined ? withoutBytes(body) : { bytes, length: bytes.length };
}

function bodyPart({ bytes }: CollectedBody, bodyOf: ExchangeRecorderOptions['bodyOf']): Pick<HttpResponse, 'body'> {
  const body = bytes && bodyOf(bytes);
  return body === undefined ? {} : { body };
}

function truncation(
  request: CollectedBody,
  response: CollectedBody | undefined,
  error: TransportError | undefined,
): Pick<Exchange, 'truncated'> {
  const mark = (reason: string, body: CollectedBody) => {
    const { length, sha256 } = withoutBytes(body);
    return { truncated: { reason, length, sha256 } };
  };
  if (response?.bytes === undefined && response !== undefined)
    return mark('response body too large or not decodable', response);
  if (request.bytes === undefined) return mark('request body too large or not decodable', request);
  if (error && response) return mark(`response cut off: ${error.code}`, response);
  return {};
}
