// Judgements counted: per route and per recorded status, with the first misses and their reasons.
import type { Provenance } from '../model/clone-model.ts';
import type { Judgement } from './session-replay.ts';

export interface Tally {
  readonly exchanges: number;
  /** Answers with the right status. */
  readonly status: number;
  /** Answers with the right status and body. */
  readonly exact: number;
  /** Exact answers whose headers are right too. */
  readonly whole: number;
}

export interface Miss {
  /** Id of the exchange. */
  readonly exchange: string;
  readonly session: string;
  /** `METHOD target`, as recorded. */
  readonly request: string;
  readonly provenance: Provenance;
  readonly rules: readonly string[];
  /** Path in the answer, what was recorded there and what the clone answered; or why it did not know. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

export interface StatusScore extends Tally {
  /** As recorded. */
  readonly recordedStatus: number;
}

export interface RouteScore extends Tally {
  readonly service: string;
  /** Id of the route; `(no route)` for requests that the clone has no route for. */
  readonly route: string;
  readonly provenance: Readonly<Partial<Record<Provenance, number>>>;
  readonly statuses: readonly StatusScore[];
  readonly misses: readonly Miss[];
}

export interface Score extends Tally {
  readonly provenance: Readonly<Partial<Record<Provenance, number>>>;
  readonly routes: readonly RouteScore[];
}

export const NO_ROUTE = '(no route)';
const MISSES_MAX = 5;

interface Draft {
  readonly judgements: Judgement[];
  readonly service: string;
  readonly route: string;
}

/** Routes are in order of service and id. */
export function scoreJudgements(judgements: readonly Judgement[], missesMax: number = MISSES_MAX): Score {
  const drafts = new Map<string, Draft>();
  for (const judgement of judgements) {
    const { service = judgement.exchange.origin, route = NO_ROUTE } = judgement;
    const key = `${service}\n${route}`;
    const draft = drafts.get(key) ?? { judgements: [], service, route };
    drafts.set(key, draft);
    draft.judgements.push(judgement);
  }
  const sorted = [...drafts.values()].sort((a, b) => compare(a.service, b.service) || compare(a.route, b.route));
  return {
    ...tallyOf(judgements),
    provenance: provenanceOf(judgements),
    routes: sorted.map((draft) => routeScore(draft, missesMax)),
  };
}

function routeScore({ judgements, service, route }: Draft, missesMax: number): RouteScore {
  const statuses = [...new Set(judgements.map(recordedStatusOf))].sort((a, b) => a - b);
  return {
    service,
    route,
    ...tallyOf(judgements),
    provenance: provenanceOf(judgements),
    statuses: statuses.map((recordedStatus) => ({
      recordedStatus,
      ...tallyOf(judgements.filter((judgement) => recordedStatusOf(judgement) === recordedStatus)),
    })),
    misses: judgements
      .filter(({ isExact }) => !isExact)
      .slice(0, missesMax)
      .map(missOf),
  };
}

export function tallyOf(judgements: readonly Judgement[]): Tally {
  return {
    exchanges: judgements.length,
    status: judgements.filter(({ comparison }) => comparison.status).length,
    exact: judgements.filter(({ isExact }) => isExact).length,
    whole: judgements.filter(({ isExact, comparison }) => isExact && comparison.headers).length,
  };
}

/** The first thing that differs; an answer that the clone did not know says why it did not. */
export function missOf({ exchange, provenance, rules, unknown, comparison }: Judgement): Miss {
  const [first] = comparison.differences;
  return {
    exchange: exchange.id,
    session: exchange.session,
    request: `${exchange.request.method} ${exchange.request.target}`,
    provenance,
    rules,
    path: first?.path ?? 'body',
    expected: first?.expected ?? '',
    actual: unknown ?? first?.actual ?? '',
  };
}

function provenanceOf(judgements: readonly Judgement[]): Partial<Record<Provenance, number>> {
  const counts: Partial<Record<Provenance, number>> = {};
  for (const kind of ['synthesised', 'pooled', 'replayed', 'unknown'] as const) {
    const count = judgements.filter(({ provenance }) => provenance === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}

const recordedStatusOf = ({ exchange }: Judgement): number => exchange.response?.status ?? 0;

/** Order of code units, the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
