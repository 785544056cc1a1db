// When the units of a streamed body arrive: events of an event stream, lines of NDJSON, messages of gRPC.
import type { Header } from '../core/exchange/exchange.ts';
import { headerValue } from '../core/exchange/exchange.ts';
import { arrivalsMax } from '../core/std/limits.ts';

export interface ArrivalTimes {
  add(chunk: Buffer): void;
  /** Milliseconds from the start, one a unit; a unit that is not whole has none. */
  readonly times: readonly number[];
}

/** Gives how many units end in a chunk. */
type CountUnits = (chunk: Buffer) => number;

/**
 * Notes when each unit of a body is whole; undefined for bodies that have no units, or whose encoding hides them.
 * @param elapsed milliseconds since the exchange began
 */
export function arrivalTimes(headers: readonly Header[], elapsed: () => number): ArrivalTimes | undefined {
  const encoding = headerValue(headers, 'content-encoding') ?? 'identity';
  const count =
    encoding === 'identity' ? counterOf(headerValue(headers, 'content-type')?.toLowerCase() ?? '') : undefined;
  if (count === undefined) return undefined;
  const times: number[] = [];
  return {
    times,
    add: (chunk) => {
      const units = Math.min(count(chunk), arrivalsMax - times.length);
      if (units > 0) times.push(...Array<number>(units).fill(elapsed()));
    },
  };
}

function counterOf(contentType: string): CountUnits | undefined {
  if (contentType.startsWith('text/event-stream')) return eventCounter();
  if (/^application\/(?:x-)?(?:ndjson|jsonl|json-lines|stream\+json)\b/.test(contentType)) return lineCounter;
  return contentType.startsWith('application/grpc') ? messageCounter() : undefined;
}

const LF = 0x0a;
const CR = 0x0d;

/** An event ends with an empty line; lines end with LF, CR LF or CR. An empty line that ends nothing is no event. */
function eventCounter(): CountUnits {
  let isLineEmpty = true;
  let hasContent = false;
  let afterCr = false;
  return (chunk) => {
    let ended = 0;
    for (const byte of chunk) {
      const isSecondHalf = byte === LF && afterCr;
      afterCr = byte === CR;
      if (isSecondHalf) continue;
      if (byte !== LF && byte !== CR) {
        isLineEmpty = false;
        hasContent = true;
      } else if (!isLineEmpty) {
        isLineEmpty = true;
      } else if (hasContent) {
        ended++;
        hasContent = false;
      }
    }
    return ended;
  };
}

function lineCounter(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) lines++;
  return lines;
}

/** Bytes before each message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;

function messageCounter(): CountUnits {
  let prefix = Buffer.alloc(0);
  let remaining = 0;
  return (chunk) => {
    let ended = 0;
    let rest = chunk;
    while (rest.length > 0) {
      if (remaining > 0) {
        const taken = Math.min(remaining, rest.length);
        remaining -= taken;
        rest = rest.subarray(taken);
        if (remaining === 0) ended++;
        continue;
      }
      const missing = PREFIX_BYTES - prefix.length;
      prefix = Buffer.concat([prefix, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (prefix.length < PREFIX_BYTES) break;
      remaining = prefix.readUInt32BE(1);
      prefix = Buffer.alloc(0);
      if (remaining === 0) ended++;
    }
    return ended;
  };
}
