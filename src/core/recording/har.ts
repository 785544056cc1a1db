// HTTP Archive 1.2, as far as Mynah writes and reads it. Members that begin with `_` are Mynah's own, as the format permits.
// http://www.softwareishard.com/blog/har-12-spec/

export interface HarPair {
  readonly name: string;
  readonly value: string;
}

export interface HarPage {
  readonly startedDateTime: string;
  /** Name of the session. */
  readonly id: string;
  readonly title: string;
  readonly pageTimings: Readonly<Record<string, never>>;
  readonly _start: string;
}

/** A message of a WebSocket, in the form that Chrome writes. */
export interface HarSocketMessage {
  readonly type: 'send' | 'receive';
  /** Seconds since the epoch. */
  readonly time: number;
  readonly opcode: number;
  /** Text where the opcode is 1, else base64. */
  readonly data: string;
  /** Set where a text message was no valid text. */
  readonly _encoding?: 'base64';
  readonly _truncated?: { readonly length: number; readonly sha256: string };
}

export interface HarRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly cookies: readonly HarPair[];
  readonly headers: readonly HarPair[];
  readonly queryString: readonly HarPair[];
  readonly postData?: { readonly mimeType: string; readonly text: string; readonly _encoding?: 'base64' };
  readonly headersSize: number;
  readonly bodySize: number;
  readonly _trailers?: readonly HarPair[];
  /** When each unit of a streamed body was whole, in milliseconds from the entry's start. */
  readonly _arrivals?: readonly number[];
}

export interface HarResponse {
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  readonly cookies: readonly HarPair[];
  readonly headers: readonly HarPair[];
  readonly content: {
    readonly size: number;
    readonly mimeType: string;
    readonly text?: string;
    readonly encoding?: 'base64';
  };
  readonly redirectURL: string;
  readonly headersSize: number;
  readonly bodySize: number;
  readonly _trailers?: readonly HarPair[];
  /** Interim answers, in order. */
  readonly _interim?: readonly { readonly status: number; readonly headers: readonly HarPair[] }[];
  readonly _arrivals?: readonly number[];
}

export interface HarEntry {
  readonly pageref: string;
  readonly startedDateTime: string;
  /** Milliseconds. */
  readonly time: number;
  readonly request: HarRequest;
  readonly response: HarResponse;
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  /** Id of the exchange. */
  readonly _id: string;
  readonly _error?: { readonly code: string; readonly message: string };
  /** As Chrome marks entries with messages. */
  readonly _resourceType?: 'websocket';
  readonly _webSocketMessages?: readonly HarSocketMessage[];
  readonly _truncated?: { readonly reason: string; readonly length: number; readonly sha256: string };
}

export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: { readonly name: string; readonly version: string };
    readonly pages: readonly HarPage[];
    readonly entries: readonly HarEntry[];
    /** Secrets in it are pseudonyms already, and entries stand in order of completion. */
    readonly _mynah: { readonly redacted: true; readonly createdAt: string };
  };
}

/** Status of an entry whose request was never answered, as browsers write it. */
export const NO_ANSWER = 0;
