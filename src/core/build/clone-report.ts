// What a build tells about its clone: what was recorded, how much of it the clone says again, how much it knows about what
// it was not compiled from, and what is missing. The JSON of `compile --json`; report-page.ts prints it for people.
import type { CloneModel, Rule } from '../model/clone-model.ts';
import type { Recording } from '../recording/recording.ts';
import { NO_ROUTE, scoreJudgements, type Miss, type RouteScore, type Tally } from '../fidelity/score.ts';
import type { Judgement } from '../fidelity/session-replay.ts';
import type { Diagnostic } from './diagnostic.ts';

export const REPORT_FORMAT_VERSION = 1;

/** Below this, what an answer depends on cannot be told from what happened to be so. */
export const EXAMPLES_MIN = 3;

/** Shares are of exchanges, 0 to 1, to four places; null where nothing was measured. */
export interface Shares {
  readonly exchanges: number;
  /** Share of recorded answers that self-replay gives again, status and body. */
  readonly reproduced: number | null;
  readonly reproduced_status: number | null;
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

/** What was measured. */
export interface Measurement {
  /** Self-replay of everything, from its start. */
  readonly replayed: readonly Judgement[];
  /** Held-out exchanges of all folds. */
  readonly heldOut: readonly Judgement[];
  /** Folds that were measured. */
  readonly folds: number;
}

export function reportRoutes(model: CloneModel, { replayed, heldOut }: Measurement): readonly RouteReport[] {
  const scores = scoreJudgements(replayed).routes;
  // A fold knows fewer exchanges, so its routes may have other ids: held-out exchanges count for the route that answers
  // them in the clone itself.
  const routeOf = new Map(replayed.map(({ exchange, service, route }) => [exchange, { service, route }]));
  const own = heldOut.map((judgement) => {
    const { service, route } = routeOf.get(judgement.exchange) ?? judgement;
    return { ...judgement, service, route };
  });
  const held = new Map(scoreJudgements(own).routes.map((score) => [`${score.service}\n${score.route}`, score]));
  return scores.map((score) => routeReport(model, score, held.get(`${score.service}\n${score.route}`)));
}

function routeReport(model: CloneModel, score: RouteScore, held: RouteScore | undefined): RouteReport {
  const service = model.services.find(({ name }) => name === score.service);
  const route = service?.routes.find(({ id }) => id === score.route);
  const rules: readonly Rule[] = route === undefined ? [] : [...(route.guards ?? []), ...route.cases];
  return {
    service: score.service,
    route: score.route,
    ...shares(score, held),
    statuses: score.statuses.map((status) => ({
      status: status.recordedStatus,
      ...shares(
        status,
        held?.statuses.find(({ recordedStatus }) => recordedStatus === status.recordedStatus),
      ),
    })),
    pooled_rules: rules.filter(({ provenance }) => provenance === 'pooled').length,
    misses: score.misses,
  };
}

export function shares(replayed: Tally, heldOut: Tally | undefined): Shares {
  return {
    exchanges: replayed.exchanges,
    reproduced: share(replayed.exact, replayed.exchanges),
    reproduced_status: share(replayed.status, replayed.exchanges),
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
  const { replayed, heldOut, folds } = measurement;
  const judged = heldOut.length > 0 ? heldOut : replayed;
  const totals = { replayed: scoreJudgements(replayed, 0), heldOut: scoreJudgements(heldOut, 0) };
  const silent = judged.filter(({ isExact, provenance }) => !isExact && provenance !== 'unknown').length;
  return {
    ...shares(totals.replayed, totals.heldOut),
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
