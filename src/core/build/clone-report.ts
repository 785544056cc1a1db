// What a build tells about its clone: what was recorded, how much of it the clone says again, how much it knows about what
// it was not compiled from, and what is missing. The JSON of `compile --json`; report-page.ts prints it for people.
import type { CloneModel, Rule } from '../model/clone-model.ts';
import type { Recording } from '../recording/recording.ts';
import { NO_ROUTE, scoreJudgements, tallyOf, type Miss, type RouteScore, type Tally } from '../fidelity/score.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Measurement } from './measurement.ts';

export const REPORT_FORMAT_VERSION = 1;

/** Below this, what an answer depends on cannot be told from what happened to be so. */
export const EXAMPLES_MIN = 3;

/** Shares are of exchanges, 0 to 1, to four places; null where nothing was measured. */
export interface Shares {
  readonly exchanges: number;
  /** Share of recorded answers that one replay from the start gives again, status and body. */
  readonly reproduced: number | null;
  readonly reproduced_status: number | null;
  /** The same, where each session is replayed from the world before it. */
  readonly by_session: number | null;
  /** Exchanges that folds held out, and the share of them answered right. */
  readonly held_out_exchanges: number;
  readonly held_out: number | null;
  readonly held_out_status: number | null;
}

export interface StatusReport extends Shares {
  readonly status: number;
}

export interface RouteReport extends Shares {
  readonly service: string;
  readonly route: string;
  readonly statuses: readonly StatusReport[];
  /** Rules whose answers were learnt from other routes. */
  readonly pooled_rules: number;
  /** The first of the replay by session. */
  readonly misses: readonly Miss[];
}

export interface CloneReport {
  readonly format_version: typeof REPORT_FORMAT_VERSION;
  readonly services: readonly { readonly name: string; readonly origins: readonly string[]; readonly routes: number }[];
  readonly sessions: number;
  readonly totals: Shares & {
    readonly routes: number;
    /** Share of held-out answers (of replayed ones where nothing was held out) that were wrong without saying so. */
    readonly silently_wrong: number | null;
    readonly unknown: number | null;
    readonly folds: number;
  };
  readonly routes: readonly RouteReport[];
  readonly hints: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export function reportRoutes(model: CloneModel, { replayed, bySession, heldOut }: Measurement): readonly RouteReport[] {
  const scores = scoreJudgements(replayed).routes;
  const sessions = routesByKey(scoreJudgements(bySession).routes);
  // A fold knows fewer exchanges, so its routes may have other ids: held-out exchanges count for the route that answers
  // them in the clone itself.
  const routeOf = new Map(replayed.map(({ exchange, service, route }) => [exchange, { service, route }]));
  const own = heldOut.map((judgement) => {
    const { service, route } = routeOf.get(judgement.exchange) ?? judgement;
    return { ...judgement, service, route };
  });
  const held = routesByKey(scoreJudgements(own).routes);
  return scores.map((score) => routeReport(model, score, sessions.get(keyOf(score)), held.get(keyOf(score))));
}

const keyOf = ({ service, route }: RouteScore): string => `${service}\n${route}`;

const routesByKey = (scores: readonly RouteScore[]): ReadonlyMap<string, RouteScore> =>
  new Map(scores.map((score) => [keyOf(score), score]));

function routeReport(
  model: CloneModel,
  score: RouteScore,
  sessions: RouteScore | undefined,
  held: RouteScore | undefined,
): RouteReport {
  const statusIn = (other: RouteScore | undefined, status: number): Tally | undefined =>
    other?.statuses.find(({ recordedStatus }) => recordedStatus === status);
  const service = model.services.find(({ name }) => name === score.service);
  const route = service?.routes.find(({ id }) => id === score.route);
  const rules: readonly Rule[] = route === undefined ? [] : [...(route.guards ?? []), ...route.cases];
  return {
    service: score.service,
    route: score.route,
    ...shares(score, sessions, held),
    statuses: score.statuses.map((tally) => ({
      status: tally.recordedStatus,
      ...shares(tally, statusIn(sessions, tally.recordedStatus), statusIn(held, tally.recordedStatus)),
    })),
    pooled_rules: rules.filter(({ provenance }) => provenance === 'pooled').length,
    misses: sessions?.misses ?? [],
  };
}

function shares(replayed: Tally, bySession: Tally | undefined, heldOut: Tally | undefined): Shares {
  return {
    exchanges: replayed.exchanges,
    reproduced: share(replayed.exact, replayed.exchanges),
    reproduced_status: share(replayed.status, replayed.exchanges),
    by_session: share(bySession?.exact ?? 0, bySession?.exchanges ?? 0),
    held_out_exchanges: heldOut?.exchanges ?? 0,
    held_out: share(heldOut?.exact ?? 0, heldOut?.exchanges ?? 0),
    held_out_status: share(heldOut?.status ?? 0, heldOut?.exchanges ?? 0),
  };
}

/** To four places; null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

export function reportTotals(routes: readonly RouteReport[], measurement: Measurement): CloneReport['totals'] {
  const { replayed, bySession, heldOut, folds } = measurement;
  const judged = heldOut.length > 0 ? heldOut : bySession;
  const silent = judged.filter(({ isExact, provenance }) => !isExact && provenance !== 'unknown').length;
  return {
    ...shares(tallyOf(replayed), tallyOf(bySession), tallyOf(heldOut)),
    routes: routes.filter(({ route }) => route !== NO_ROUTE).length,
    silently_wrong: share(silent, judged.length),
    unknown: share(judged.filter(({ provenance }) => provenance === 'unknown').length, judged.length),
    folds,
  };
}

export function reportServices(model: CloneModel): CloneReport['services'] {
  return model.services.map(({ name, origins, routes }) => ({ name, origins, routes: routes.length }));
}

export function countSessions(recordings: readonly Recording[]): number {
  return new Set(recordings.flatMap(({ exchanges }, index) => exchanges.map(({ session }) => `${index}\n${session}`)))
    .size;
}
