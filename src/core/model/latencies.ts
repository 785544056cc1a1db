// `latency.json` beside the clone: how long the original took to answer, by route and status. No part of the model, for no answer
// depends on it; episodes that are asked to take their time draw from it.
import { z } from 'zod';
import type { Exchange } from '../exchange/exchange.ts';
import { MynahError } from '../std/errors.ts';
import { sha256Hex } from '../std/hashing.ts';
import { parseJson, printJson } from '../std/json.ts';
import { latencyMsMax, latencySamplesMax } from '../std/limits.ts';
import type { RoutedExchange } from './shapes.ts';
import { fileError } from './yaml-text.ts';

export const LATENCY_FILE = 'latency.json';

/** The answers of a route with one status. */
export interface RouteLatency {
  readonly service: string;
  readonly route: string;
  readonly status: number;
  /** Milliseconds from the request to the end of the answer, ascending: all that were recorded, or as many evenly spaced ones. */
  readonly ms: readonly number[];
}

export interface Latencies {
  readonly digest: string;
  /** By service, route and status; undefined where none was recorded. */
  readonly of: (service: string, route: string, status: number) => readonly number[] | undefined;
}

const latencyFile = z.strictObject({
  formatVersion: z.literal(1),
  answers: z.array(
    z.strictObject({
      service: z.string(),
      route: z.string(),
      status: z.number().int(),
      ms: z.array(z.number().int().min(0).max(latencyMsMax)).min(1).max(latencySamplesMax),
    }),
  ),
});

/** In order of service, route and status. */
export function collectLatencies(routed: readonly RoutedExchange[]): readonly RouteLatency[] {
  const taken = new Map<
    string,
    { readonly service: string; readonly route: string; readonly status: number; readonly ms: number[] }
  >();
  for (const { service, route, exchange } of routed) {
    const status = exchange.response?.status;
    // A connection that stays open has no end that an agent waits for.
    if (status === undefined || status === 101) continue;
    const key = `${service}\n${route}\n${status}`;
    const known = taken.get(key);
    if (known === undefined) taken.set(key, { service, route, status, ms: [tookMs(exchange)] });
    else known.ms.push(tookMs(exchange));
  }
  return [...taken.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, { ms, ...at }]) => ({ ...at, ms: thinned(ms.sort((a, b) => a - b)) }));
}

/** One line for the answers of a route with one status. */
export function printLatencies(latencies: readonly RouteLatency[]): string {
  const rows = latencies.map(({ service, route, status, ms }) => printJson({ service, route, status, ms }));
  return `{"formatVersion":1,"answers":[\n${rows.join(',\n')}\n]}\n`;
}

/** @throws {MynahError} ERR_CLONE_FILE */
export function readLatencies(text: string): Latencies {
  const parsed = latencyFile.safeParse(valueOf(text));
  if (!parsed.success)
    throw fileError(LATENCY_FILE, { line: 1, column: 1 }, 'it is no list of latencies; compile the recordings again');
  const known = new Map(
    parsed.data.answers.map(({ service, route, status, ms }) => [`${service}\n${route}\n${status}`, ms] as const),
  );
  return { digest: sha256Hex(text), of: (service, route, status) => known.get(`${service}\n${route}\n${status}`) };
}

function valueOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof MynahError) return undefined;
    throw error;
  }
}

function tookMs({ startedAt, endedAt }: Exchange): number {
  return Math.min(latencyMsMax, Math.max(0, Math.round(endedAt - startedAt)));
}

/** Of more than there may be, those in the middle of as many equal parts. */
function thinned(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= latencySamplesMax) return sorted;
  return Array.from(
    { length: latencySamplesMax },
    (_none, part) => sorted[Math.floor(((part + 0.5) * sorted.length) / latencySamplesMax)] as number,
  );
}
