// One request with its response or transport error, as it went over the wire (content encodings undone by the shell).
// Headers are an ordered list with lower-case names; a body is text when it is valid UTF-8, else base64.

export type Header = readonly [name: string, value: string];

export type Body = { readonly text: string } | { readonly base64: string };

export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as sent, for example `/v1/items?limit=3`. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body?: Body;
  readonly trailers?: readonly Header[];
  readonly arrivals?: Arrivals;
}

/** An answer before the answer, for example 103 with links to what will be needed. */
export interface InterimResponse {
  readonly status: number;
  readonly headers: readonly Header[];
}

export interface HttpResponse {
  readonly status: number;
  /** What the server wrote after the status; absent where that is the usual phrase, or none. */
  readonly reason?: string;
  readonly headers: readonly Header[];
  readonly body?: Body;
  readonly trailers?: readonly Header[];
  /** What came before it, in order. */
  readonly interim?: readonly InterimResponse[];
  readonly arrivals?: Arrivals;
}

/**
 * When each unit of a streamed body was whole, in milliseconds from the exchange's start: events of an event stream, lines
 * of NDJSON, length-prefixed messages of gRPC. Other bodies have none.
 */
export type Arrivals = readonly number[];

export interface TransportError {
  /** Stable code, for example `ERR_UPSTREAM_REFUSED`. */
  readonly code: string;
  readonly message: string;
}

/** One whole message on a WebSocket connection, its compression undone; pings and pongs are not kept. */
export interface SocketMessage {
  readonly sender: 'client' | 'server';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 1 text, 2 binary, 8 close (two bytes of code, then the reason); RFC 6455, 5.2. */
  readonly opcode: number;
  readonly body?: Body;
  /** Bytes and hash of a message that was too long to keep. */
  readonly truncated?: { readonly length: number; readonly sha256: string };
}

export interface Exchange {
  /** Unique in its recording and stable, in order of the request's arrival. */
  readonly id: string;
  readonly session: string;
  /** Origin of the service as the client knew it, for example `https://api.example.com`. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** What the client spoke: `1.0`, `1.1` or `2`. Absent where nobody said. */
  readonly httpVersion?: string;
  readonly request: HttpRequest;
  readonly response?: HttpResponse;
  readonly error?: TransportError;
  /** Why the stored bodies are not whole, when they are not. */
  readonly truncated?: { readonly reason: string; readonly length: number; readonly sha256: string };
  /** What went over a WebSocket after its handshake, in order; absent where no message did. */
  readonly messages?: readonly SocketMessage[];
}

/** Value of the first header with that lower-case name. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  for (const [key, value] of headers) if (key === name) return value;
  return undefined;
}
