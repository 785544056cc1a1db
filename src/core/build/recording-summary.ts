// What is in a recording, counted: sessions, services, routes as the compiler would make them, what was slow, what failed.
import { normaliseCalls, originsOf } from '../compiler/calls/call.ts';
import { inferRoutes } from '../compiler/entities/routes.ts';
import type { Body, Exchange } from '../exchange/exchange.ts';
import type { Recording, SessionStart } from '../recording/recording.ts';

export interface SessionSummary {
  readonly name: string;
  readonly start: SessionStart;
  readonly exchanges: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface RouteSummary {
  readonly route: string;
  readonly exchanges: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Bytes of answers, median and largest. */
  readonly bytesMedian: number;
  readonly bytesMax: number;
  readonly msMedian: number;
}

export interface ServiceSummary {
  readonly origin: string;
  readonly exchanges: number;
  /** In order of route. */
  readonly routes: readonly RouteSummary[];
}

export interface NotedExchange {
  readonly id: string;
  readonly request: string;
  /** Status, or the code of the transport error. */
  readonly outcome: string;
  readonly ms: number;
}

export interface RecordingSummary {
  readonly exchanges: number;
  readonly sessions: readonly SessionSummary[];
  readonly services: readonly ServiceSummary[];
  /** Exchanges that took much longer than most, slowest first. */
  readonly slow: readonly NotedExchange[];
  /** Exchanges without an answer or with a status from 500. */
  readonly failed: readonly NotedExchange[];
  readonly failedCount: number;
  readonly truncatedCount: number;
}

const NOTED_MAX = 10;
/** Slow is what takes many times as long as most, and longer than a person notices. */
const SLOW_TIMES = 4;
const SLOW_MS = 100;

export function summariseRecording(recording: Recording): RecordingSummary {
  const { exchanges } = recording;
  const failed = exchanges.filter(({ response }) => response === undefined || response.status >= 500);
  const slowMs = Math.max(SLOW_MS, SLOW_TIMES * median(exchanges.map(msOf)));
  const slow = exchanges.filter((exchange) => msOf(exchange) >= slowMs).sort((a, b) => msOf(b) - msOf(a));
  return {
    exchanges: exchanges.length,
    sessions: summariseSessions(recording),
    services: originsOf([recording]).map((origin) => summariseService(recording, origin)),
    slow: slow.slice(0, NOTED_MAX).map(noted),
    failed: failed.slice(0, NOTED_MAX).map(noted),
    failedCount: failed.length,
    truncatedCount: exchanges.filter(({ truncated }) => truncated !== undefined).length,
  };
}

function summariseSessions({ sessions, exchanges }: Recording): readonly SessionSummary[] {
  const spans = new Map<string, Omit<SessionSummary, 'name' | 'start'>>();
  for (const { session, startedAt, endedAt } of exchanges) {
    const span = spans.get(session) ?? { exchanges: 0, startedAt, endedAt };
    spans.set(session, {
      exchanges: span.exchanges + 1,
      startedAt: Math.min(span.startedAt, startedAt),
      endedAt: Math.max(span.endedAt, endedAt),
    });
  }
  return sessions.map(({ name, start }) => ({
    name,
    start,
    ...(spans.get(name) ?? { exchanges: 0, startedAt: 0, endedAt: 0 }),
  }));
}

function summariseService(recording: Recording, origin: string): ServiceSummary {
  const exchanges = recording.exchanges.filter((exchange) => exchange.origin === origin);
  const routeOf = routesById(recording, origin);
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const route = routeOf.get(exchange.id) ?? `${exchange.request.method} (no whole answer)`;
    const group = groups.get(route);
    if (group === undefined) groups.set(route, [exchange]);
    else group.push(exchange);
  }
  const routes = [...groups].sort(([a], [b]) => compare(pathOf(a), pathOf(b)) || compare(a, b));
  return { origin, exchanges: exchanges.length, routes: routes.map(([route, group]) => summariseRoute(route, group)) };
}

/** Route by exchange id, as the compiler finds them. */
function routesById(recording: Recording, origin: string): ReadonlyMap<string, string> {
  const calls = normaliseCalls([recording], origin);
  const routes = inferRoutes(calls);
  return new Map(calls.map(({ id }, index) => [id, routes[index]?.id ?? '']));
}

function summariseRoute(route: string, exchanges: readonly Exchange[]): RouteSummary {
  const outcomes = exchanges.map(outcomeOf).sort(compare);
  const statuses: Record<string, number> = {};
  for (const outcome of outcomes) statuses[outcome] = (statuses[outcome] ?? 0) + 1;
  const bytes = exchanges.map(({ response }) => bytesOf(response?.body));
  return {
    route,
    exchanges: exchanges.length,
    statuses,
    bytesMedian: median(bytes),
    bytesMax: bytes.reduce((most, each) => Math.max(most, each), 0),
    msMedian: median(exchanges.map(msOf)),
  };
}

function noted(exchange: Exchange): NotedExchange {
  const { id, request } = exchange;
  return { id, request: `${request.method} ${request.target}`, outcome: outcomeOf(exchange), ms: msOf(exchange) };
}

const outcomeOf = ({ response, error }: Exchange): string =>
  response === undefined ? (error?.code ?? 'no answer') : String(response.status);

const msOf = ({ startedAt, endedAt }: Exchange): number => Math.round(endedAt - startedAt);

function bytesOf(body: Body | undefined): number {
  if (body === undefined) return 0;
  return 'text' in body ? body.text.length : Math.floor((body.base64.length * 3) / 4);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const pathOf = (route: string): string => route.slice(route.indexOf(' ') + 1);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
