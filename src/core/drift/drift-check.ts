// Compares a fresh recording with the counts that a clone was compiled from. "Could not be checked" is an answer of its own
// and never looks like "no drift".
import { viewRequest } from '../exchange/request-view.ts';
import type { CloneModel } from '../model/clone-model.ts';
import { routeExchanges, type ExchangeRouting } from '../model/exchange-routing.ts';
import { collectShapes, type AnswerShape, type RouteShape, type RoutedExchange, type Shapes } from '../model/shapes.ts';
import type { Recording } from '../recording/recording.ts';
import type { Hypothesis } from './change.ts';
import { clientDifferences } from './client-differences.ts';
import { isAtLeast, type Severity } from './drift-rules.ts';
import { compareFields, type AnswerPair, type Surroundings } from './field-changes.ts';
import { judge, type DriftFinding } from './finding.ts';
import { knownFields } from './known-fields.ts';
import { mergeRenames } from './renames.ts';
import { compareStatuses } from './status-changes.ts';
import { steadinessOf } from './steadiness.ts';
import { weigh, type WeighedHypothesis } from './weight.ts';

export interface DriftCoverage {
  /** Exchanges of the recording, and those that asked a route of the clone. */
  readonly exchangeCount: number;
  readonly routedCount: number;
  /** Routes of the clone with counts, and those that the recording asked. */
  readonly routeCount: number;
  readonly askedRouteCount: number;
  /** Requests to known services that no route of the clone matches, `METHOD /path` each, once. */
  readonly unrouted: readonly string[];
  /** Origins of the recording that are no service of the clone. */
  readonly foreignOrigins: readonly string[];
}

export interface DriftReport {
  readonly verdict: 'clean' | 'drift' | 'inconclusive';
  /** Why nothing can be said, when it cannot. */
  readonly reason?: string;
  readonly findings: readonly DriftFinding[];
  readonly coverage: DriftCoverage;
}

export interface DriftOptions {
  /** The least severity of a confirmed finding that makes the verdict `drift`. */
  readonly failOn?: Severity;
}

/** @param shapes the counts kept beside the clone (see shapes-file.ts) */
export function checkDrift(
  model: CloneModel,
  shapes: Shapes,
  recording: Recording,
  options: DriftOptions = {},
): DriftReport {
  const routing = routeExchanges(model, recording.exchanges);
  const fresh = collectShapes(routing.routed);
  const coverage = coverageOf(shapes, fresh, routing, recording);
  const obstacle = obstacleOf(shapes, fresh, routing, coverage);
  if (obstacle !== undefined) return { verdict: 'inconclusive', reason: obstacle, findings: [], coverage };
  const findings = judge(model, compareShapes(shapes, fresh, routing.routed));
  const failOn = options.failOn ?? 'warning';
  const isDrift = findings.some(
    ({ confidence, severity }) => confidence === 'confirmed' && isAtLeast(severity, failOn),
  );
  return { verdict: isDrift ? 'drift' : 'clean', findings, coverage };
}

/** Asks everything that can be asked of two sets of counts, and weighs what was found. */
function compareShapes(
  baseline: Shapes,
  fresh: Shapes,
  routed: readonly RoutedExchange[],
): readonly WeighedHypothesis[] {
  const exchanges = routed.map(({ exchange }) => exchange);
  const clients = clientDifferences(baseline, fresh, exchanges);
  const surroundings = { steadiness: steadinessOf(baseline), clients, known: knownFields(baseline) };
  const pairs: AnswerPair[] = [];
  const hypotheses = ask(baseline, fresh, surroundings, pairs);
  let changed: ReadonlyMap<string, number> | undefined;
  const weighed = weigh(hypotheses, () => (changed ??= changedSessions(baseline, routed, surroundings)));
  return mergeRenames(weighed, ({ service, route, status }) =>
    pairs.find((pair) => pair.service === service && pair.route === route && pair.baseline.status === status),
  );
}

/** Asks about every answer that both sides have; the pairs that were compared are added to `pairs`. */
function ask(
  baseline: Shapes,
  fresh: Shapes,
  surroundings: Surroundings,
  pairs: AnswerPair[] = [],
): readonly Hypothesis[] {
  return fresh.routes.flatMap((now) => {
    const before = sameRoute(baseline, now);
    if (before === undefined) return [];
    const statuses = compareStatuses(before, now, surroundings.steadiness);
    const fields = now.answers.flatMap((answer) => {
      const status = statuses.replaced.get(answer.status) ?? answer.status;
      const known = sameAnswer(before, status, answer.outcome);
      if (known === undefined) return [];
      const pair = { service: now.service, route: now.route, baseline: known, fresh: answer };
      pairs.push(pair);
      return compareFields(pair, surroundings);
    });
    return [...statuses.hypotheses, ...fields];
  });
}

/** Asks every session of the recording alone: in how many of them each subject changed. */
function changedSessions(
  baseline: Shapes,
  routed: readonly RoutedExchange[],
  surroundings: Surroundings,
): ReadonlyMap<string, number> {
  const sessions = new Map<string, RoutedExchange[]>();
  for (const each of routed) {
    const known = sessions.get(each.exchange.session);
    if (known === undefined) sessions.set(each.exchange.session, [each]);
    else known.push(each);
  }
  const changed = new Map<string, number>();
  for (const session of sessions.values()) {
    for (const { subject, change } of ask(baseline, collectShapes(session), surroundings)) {
      if (change !== undefined) changed.set(subject, (changed.get(subject) ?? 0) + 1);
    }
  }
  return changed;
}

/** The answers with that status and outcome; where the body no longer tells the outcome, those with the status. */
function sameAnswer({ answers }: RouteShape, status: number, outcome: boolean | undefined): AnswerShape | undefined {
  const sameStatus = answers.filter((each) => each.status === status);
  const same = sameStatus.find((each) => each.outcome === outcome);
  return same ?? (outcome === undefined ? sameStatus.sort((a, b) => b.count - a.count)[0] : undefined);
}

function sameRoute(shapes: Shapes, { service, route }: RouteShape): RouteShape | undefined {
  return shapes.routes.find((each) => each.service === service && each.route === route);
}

function coverageOf(shapes: Shapes, fresh: Shapes, routing: ExchangeRouting, recording: Recording): DriftCoverage {
  const requests = routing.origins
    .flatMap(({ unrouted }) => unrouted)
    .map(({ request }) => `${request.method} ${viewRequest(request).path}`);
  return {
    exchangeCount: recording.exchanges.length,
    routedCount: routing.routed.length,
    routeCount: shapes.routes.length,
    askedRouteCount: fresh.routes.filter((route) => sameRoute(shapes, route) !== undefined).length,
    unrouted: [...new Set(requests)].sort(),
    foreignOrigins: routing.origins.filter(({ service }) => service === undefined).map(({ origin }) => origin),
  };
}

/** Of the fields that answers always had, so many must be there for the recording to be of the same API. */
const FAMILIAR_FIELDS_MIN = 0.3;

/** Of the requests to the clone's services, so many must ask its routes. */
const ROUTED_SHARE_MIN = 0.3;

/** What makes any verdict impossible. */
function obstacleOf(
  shapes: Shapes,
  fresh: Shapes,
  { origins }: ExchangeRouting,
  coverage: DriftCoverage,
): string | undefined {
  if (shapes.routes.length === 0) return 'the clone keeps no counts of what it was compiled from';
  if (coverage.exchangeCount === 0) return 'the recording holds no exchange';
  if (coverage.askedRouteCount === 0) {
    const where = origins.map(({ origin }) => origin).join(', ');
    return `none of the ${coverage.exchangeCount} recorded requests (${where}) asks a route of the clone; is it a recording of another API?`;
  }
  const lookedAt = origins
    .filter(({ service }) => service !== undefined)
    .reduce((sum, { exchangeCount }) => sum + exchangeCount, 0);
  if (coverage.routedCount < lookedAt * ROUTED_SHARE_MIN) {
    return `only ${coverage.routedCount} of ${lookedAt} recorded requests ask a route of the clone; is it a recording of another API?`;
  }
  const answers = fresh.routes.flatMap((route) => route.answers);
  const hasSuccess = (routes: readonly RouteShape[]): boolean =>
    routes.some((route) => route.answers.some(({ status }) => status < 400));
  if (hasSuccess(shapes.routes) && !hasSuccess(fresh.routes)) {
    const statuses = [...new Set(answers.map(({ status }) => status))].sort().join(', ');
    return `every answer in the recording is a failure (${statuses}); check its credentials and its base URL`;
  }
  const isNamed = origins.some(({ matchedBy }) => matchedBy === 'origin');
  if (!isNamed && familiarFieldShare(shapes, fresh) < FAMILIAR_FIELDS_MIN) {
    return 'the paths fit routes of the clone, but hardly any field of the answers does; is it a recording of another API?';
  }
  return undefined;
}

/** Share of the fields that successful answers always had which fresh answers of the same routes have at all. */
function familiarFieldShare(shapes: Shapes, fresh: Shapes): number {
  let [known, found] = [0, 0];
  for (const now of fresh.routes) {
    const freshFields = new Set(
      now.answers.filter(({ status }) => status < 400).flatMap(({ fields }) => Object.keys(fields)),
    );
    if (freshFields.size === 0) continue;
    for (const { status, fields } of sameRoute(shapes, now)?.answers ?? []) {
      const always =
        status < 400
          ? Object.keys(fields).filter((path) => path !== '' && fields[path]?.every === fields['']?.some)
          : [];
      known += always.length;
      found += always.filter((path) => freshFields.has(path)).length;
    }
  }
  return known === 0 ? 1 : found / known;
}
