// Makes exchanges of what went over the wire and appends them to the recording. A disk that fails never stops the traffic.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type {
  Arrivals,
  Body,
  Exchange,
  Header,
  HttpResponse,
  InterimResponse,
  TransportError,
} from '../core/exchange/exchange.ts';
import { headerValue } from '../core/exchange/exchange.ts';
import { createOriginRewriter, holdsLinks, responseUnderOrigin } from '../core/recording/origin-rewriting.ts';
import type { Sides, UnreadBody } from '../core/recording/redaction.ts';
import type { BodyRedaction } from '../core/recording/redaction-stream.ts';
import { spooledBodyBytesMin } from '../core/std/limits.ts';
import { BodyCollector, type CollectedBody } from './body-collector.ts';
import { BodySpool, type BodySink, type SpooledBody } from './body-spool.ts';
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
  /** What the client spoke: `1.0`, `1.1` or `2`. */
  readonly httpVersion?: string;
  readonly requestHeaders: readonly Header[];
  readonly requestBody: CollectedBody;
  readonly requestArrivals?: Arrivals | undefined;
  readonly requestTrailers?: readonly Header[];
  /** Set where the answer came before the whole request was there. */
  readonly isRequestCut?: boolean;
  readonly response?: {
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: CollectedBody;
    readonly trailers?: readonly Header[];
    readonly reason?: string | undefined;
    readonly interim?: readonly InterimResponse[];
    readonly arrivals?: Arrivals | undefined;
  };
  readonly error?: TransportError;
  /** Set where the response is recorded as if it came from the second of two origins. */
  readonly rewriting?: { readonly from: string; readonly to: string };
}

/** Counts of replaced secrets by kind. */
type RedactionCounts = Readonly<Record<string, number>>;

/** Bodies that an exchange itself does not have: stored as they came, or bytes in which nothing was to be replaced. */
type BodiesApart = Sides<SpooledBody | Uint8Array>;

/** Bytes of the decoded bodies of an exchange. */
export interface BodyLengths {
  readonly request: number;
  readonly response: number;
}

/** Where exchanges are kept. */
export interface ExchangeSink {
  /** The id of the next exchange, in order of arrival. */
  nextId(): string;
  /** Resolves once the exchange is safe from the death of this process. */
  append(exchange: Exchange, counts: RedactionCounts, bodies: BodiesApart): Promise<void>;
  /** Begins a body that is stored as it comes. */
  beginBody(): BodySink;
}

/** Replaces what must not reach the disk, and says how much of what kind it was. */
export type RedactExchange = (
  exchange: Exchange,
  unread: Sides<UnreadBody>,
) => { readonly exchange: Exchange; readonly counts: RedactionCounts; readonly untouched: Sides<Uint8Array> };

/** One side of an exchange, as far as its body depends on it. */
export interface MessageHead {
  readonly direction: 'request' | 'response';
  readonly headers: readonly Header[];
  /** Set where the body is recorded as if it came from the second of two origins. */
  readonly rewriting?: { readonly from: string; readonly to: string } | undefined;
}

export interface ExchangeRecorder {
  /** Notes the arrival of a request. */
  begin(session: string): BegunExchange;
  /** Milliseconds since the exchange began. */
  elapsed(begun: BegunExchange): number;
  /** Collects a body of an exchange that is recorded. */
  collect(head: MessageHead): BodyCollector;
  /** Resolves once the exchange is committed, or cannot be; never rejects. */
  finish(begun: BegunExchange, wire: WireExchange): Promise<void>;
}

export interface ExchangeRecorderOptions {
  readonly sink: ExchangeSink;
  /** The body that bytes are, content encodings undone; undefined for none. */
  readonly bodyOf: (bytes: Buffer) => Body | undefined;
  readonly redact: RedactExchange;
  /** Begins the redaction of a body that is stored as it comes. */
  readonly redactBody: (head: MessageHead) => BodyRedaction;
  /** Bytes of one body that are kept; of a longer one only length and hash. */
  readonly bodyMax: number;
  /** Bytes of one body that are held in memory; a longer one is stored as it comes. */
  readonly heldMax?: number;
  readonly now: () => number;
  /** Told of every exchange that was kept; bodies may be apart from it. */
  readonly onRecorded?: (exchange: Exchange, lengths: BodyLengths) => void;
  /** Told of every exchange that the disk refused. */
  readonly onLost: (id: string, error: unknown) => void;
}

/** A body of an exchange: held, in the recording already, or not kept. */
interface SettledBody {
  readonly bytes?: Buffer | undefined;
  readonly spooled?: SpooledBody;
  readonly counts?: RedactionCounts;
  readonly reason?: string;
  readonly length: number;
  readonly sha256?: string;
}

const NOTHING: SettledBody = { length: 0 };

export function createExchangeRecorder(options: ExchangeRecorderOptions): ExchangeRecorder {
  const { sink, redact, redactBody, bodyMax, heldMax = spooledBodyBytesMin, now, onRecorded, onLost } = options;

  function spool(head: MessageHead): BodySpool {
    const { headers, rewriting } = head;
    const rewrites = rewriting !== undefined && holdsLinks(headerValue(headers, 'content-type'));
    return new BodySpool({
      headers,
      sink: sink.beginBody(),
      redaction: redactBody(head),
      bodyMax,
      ...(rewrites ? { rewriting: createOriginRewriter(rewriting.from, rewriting.to) } : {}),
    });
  }

  function collect(head: MessageHead): BodyCollector {
    const declared = Number(headerValue(head.headers, 'content-length') ?? 0);
    // What says that it is too long need not be begun.
    return new BodyCollector({ heldMax, bodyMax, spool: () => (declared > bodyMax ? undefined : spool(head)) });
  }

  /** The body with its encodings undone; one that decodes to more than can be held is stored like one that came so. */
  async function settle(body: CollectedBody, head: MessageHead): Promise<SettledBody> {
    const { bytes } = body;
    const encodings = contentEncodings(headerValue(head.headers, 'content-encoding'));
    if (bytes === undefined || bytes.length === 0 || encodings.length === 0) return body;
    const decoded = decodeContent(bytes, encodings, Math.min(heldMax, bodyMax));
    if (decoded !== undefined) return { bytes: decoded, length: decoded.length };
    const spooling = spool(head);
    spooling.push(bytes, () => undefined);
    const result = await spooling.end();
    return 'body' in result
      ? { spooled: result.body, counts: spooling.counts, length: result.body.length }
      : { reason: result.reason, length: bytes.length, sha256: sha256Of(bytes) };
  }

  async function record(begun: BegunExchange, wire: WireExchange): Promise<void> {
    const { requestHeaders, requestBody, response, rewriting } = wire;
    const asked = await settle(requestBody, { direction: 'request', headers: requestHeaders });
    const answered = response
      ? await settle(response.body, { direction: 'response', headers: response.headers, rewriting })
      : NOTHING;
    const unread = { ...unreadPart('request', asked), ...(rewriting ? {} : unreadPart('response', answered)) };
    const whole = exchangeOf(begun, wire, { asked, answered, endedAt: now() }, rewriting && options.bodyOf);
    const { exchange, counts, untouched } = redact(whole, unread);
    await sink.append(exchange, summed([counts, asked.counts, answered.counts]), {
      ...untouched,
      ...(asked.spooled ? { request: asked.spooled } : {}),
      ...(answered.spooled ? { response: answered.spooled } : {}),
    });
    onRecorded?.(exchange, { request: asked.length, response: answered.length });
  }

  function unreadPart(side: keyof Sides<UnreadBody>, { bytes }: SettledBody): Sides<UnreadBody> {
    if (bytes === undefined || bytes.length === 0) return {};
    return { [side]: { bytes, isText: isUtf8(bytes), read: () => options.bodyOf(bytes) } };
  }

  return {
    begin: (session) => ({ id: sink.nextId(), session, startedAt: now() }),
    elapsed: ({ startedAt }) => now() - startedAt,
    collect,
    finish: async (begun, wire) => {
      try {
        await record(begun, wire);
      } catch (error) {
        onLost(begun.id, error);
      }
    },
  };
}

function summed(accounts: readonly (RedactionCounts | undefined)[]): RedactionCounts {
  const sums: Record<string, number> = {};
  for (const account of accounts)
    for (const [kind, count] of Object.entries(account ?? {})) sums[kind] = (sums[kind] ?? 0) + count;
  return sums;
}

interface Bodies {
  readonly asked: SettledBody;
  readonly answered: SettledBody;
  readonly endedAt: number;
}

function exchangeOf(
  begun: BegunExchange,
  wire: WireExchange,
  { asked, answered, endedAt }: Bodies,
  responseBodyOf: ExchangeRecorderOptions['bodyOf'] | undefined,
): Exchange {
  const { requestArrivals, requestTrailers, httpVersion } = wire;
  return {
    id: begun.id,
    session: begun.session,
    origin: wire.origin,
    startedAt: begun.startedAt,
    endedAt,
    ...(httpVersion ? { httpVersion } : {}),
    request: {
      method: wire.method,
      target: wire.target,
      headers: wire.requestHeaders,
      ...(requestTrailers?.length ? { trailers: requestTrailers } : {}),
      ...(requestArrivals?.length ? { arrivals: requestArrivals } : {}),
    },
    ...(wire.response ? { response: responseOf(wire, wire.response, answered, responseBodyOf) } : {}),
    ...(wire.error ? { error: wire.error } : {}),
    ...truncation(wire, asked, answered),
  };
}

function responseOf(
  { rewriting }: WireExchange,
  { status, headers, trailers, reason, interim, arrivals }: NonNullable<WireExchange['response']>,
  { bytes }: SettledBody,
  bodyOf: ExchangeRecorderOptions['bodyOf'] | undefined,
): HttpResponse {
  const body = bytes && bodyOf?.(bytes);
  const response = {
    status,
    headers,
    ...(body ? { body } : {}),
    ...(trailers?.length ? { trailers } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(interim?.length ? { interim } : {}),
    ...(arrivals?.length ? { arrivals } : {}),
  };
  return rewriting ? responseUnderOrigin(response, rewriting.from, rewriting.to) : response;
}

function truncation(
  { response, error, isRequestCut }: WireExchange,
  asked: SettledBody,
  answered: SettledBody,
): Pick<Exchange, 'truncated'> {
  const mark = (reason: string, { length, sha256, spooled, bytes }: SettledBody) => ({
    truncated: spooled ? { reason, ...spooled } : { reason, length, sha256: sha256 ?? sha256Of(bytes ?? NO_BYTES) },
  });
  if (answered.reason !== undefined) return mark(`response body not kept: ${answered.reason}`, answered);
  if (asked.reason !== undefined) return mark(`request body not kept: ${asked.reason}`, asked);
  if (error && response) return mark(`response cut off: ${error.code}`, answered);
  return isRequestCut ? mark('request cut off: the answer came before it was whole', asked) : {};
}

const NO_BYTES = Buffer.alloc(0);

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
