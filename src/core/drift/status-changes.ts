// What differs between the statuses of a route's answers before and now. Statuses are compared within their class: how often
// a client meets an error is its own doing, which error it meets is not.
import type { AnswerShape, RouteShape } from '../model/shapes.ts';
import type { Change, Hypothesis } from './change.ts';
import type { DriftRule } from './drift-rules.ts';
import { surprise, type Evidence } from './evidence.ts';
import type { Steadiness } from './steadiness.ts';

/** Statuses that a server gives for routes it does not have. */
const NO_ROUTE = [404, 405, 410, 501];
/** How surprising it must be that a status does not occur before another one is taken for its successor. */
const ABSENCE_CONVINCING = 0.01;

export interface StatusComparison {
  readonly hypotheses: readonly Hypothesis[];
  /** For a fresh status, the one of the clone that it stands for now. */
  readonly replaced: ReadonlyMap<number, number>;
}

interface StatusQuestion {
  readonly route: RouteShape;
  readonly steadiness: number;
  readonly before: readonly AnswerShape[];
  readonly now: readonly AnswerShape[];
}

export function compareStatuses(baseline: RouteShape, fresh: RouteShape, steadiness: Steadiness): StatusComparison {
  const replaced = new Map<number, number>();
  const success = { route: baseline, steadiness: steadiness.presence, before: baseline.answers, now: fresh.answers };
  const hypotheses = [askSuccess(success)];
  for (const statusClass of [2, 3, 4, 5]) {
    const before = inClass(baseline, statusClass);
    const now = inClass(fresh, statusClass);
    if (before.length === 0 || now.length === 0) continue;
    const added = mostFrequent(now.filter(({ status }) => !hasStatus(before, status)));
    const gone = mostFrequent(before.filter(({ status }) => !hasStatus(now, status)));
    if (added !== undefined && gone !== undefined) replaced.set(added.status, gone.status);
    hypotheses.push(askStatus({ route: baseline, steadiness: steadiness.statuses, before, now }, added, gone));
  }
  return { hypotheses: hypotheses.filter((hypothesis) => hypothesis !== undefined), replaced };
}

/** Within a class: is there a new status, and did another one go for it? */
function askStatus(
  question: StatusQuestion,
  added: AnswerShape | undefined,
  gone: AnswerShape | undefined,
): Hypothesis {
  const { before, now } = question;
  const [units, freshUnits] = [total(before), total(now)];
  const rare = before.length > 1 ? before.filter(({ count }) => count === 1).length : 0;
  const evidence = { units, deviations: Math.min(rare, units), freshUnits, freshDeviations: added?.count ?? 0 };
  const asked = `status ${statusWords(before)}`;
  if (added === undefined) return answer(question, asked, { evidence });
  const observed = `${added.status} in ${added.count} of ${freshUnits}`;
  const absence = { units, deviations: units - (gone?.count ?? 0), freshUnits, freshDeviations: freshUnits };
  if (gone === undefined || surprise(absence, question.steadiness) > ABSENCE_CONVINCING) {
    return answer(question, asked, {
      evidence,
      rule: isError(added.status) ? 'error-status.added' : 'status.added',
      status: mostFrequent(before)?.status,
      added,
      expected: `${statusWords(before)} in all ${units} answers`,
      observed,
    });
  }
  return answer(question, asked, {
    evidence,
    rule: 'status.changed',
    status: gone.status,
    added,
    expected: `${gone.status} in ${gone.count} of ${units} answers`,
    observed: `${observed}, ${gone.status} in none`,
  });
}

/** Did the route succeed, and does it never do so now? */
function askSuccess(question: StatusQuestion): Hypothesis | undefined {
  const { before, now } = question;
  const successes = before.filter(({ status }) => status < 400);
  const success = mostFrequent(successes);
  const failure = mostFrequent(now);
  if (success === undefined || failure === undefined) return undefined;
  const [units, freshUnits] = [total(before), total(now)];
  const isFailing = now.every(({ status }) => status >= 400);
  return answer(question, `success ${statusWords(successes)}`, {
    evidence: { units, deviations: units - total(successes), freshUnits, freshDeviations: isFailing ? freshUnits : 0 },
    ...(isFailing ? { rule: goneRule(now), added: failure } : {}),
    status: success.status,
    expected: `${statusWords(successes)} in ${total(successes)} of ${units} answers`,
    observed: `${statusWords(now)} in all ${freshUnits}`,
  });
}

function goneRule(answers: readonly AnswerShape[]): DriftRule {
  return answers.every(({ status }) => NO_ROUTE.includes(status)) ? 'route.removed' : 'status.changed';
}

interface Answer extends Partial<Pick<Change, 'expected' | 'observed'>> {
  readonly evidence: Evidence;
  readonly rule?: DriftRule;
  readonly status?: number | undefined;
  readonly added?: AnswerShape;
}

function answer({ route, steadiness, before, now }: StatusQuestion, asked: string, found: Answer): Hypothesis {
  const { evidence, rule, status, added, expected = '', observed = '' } = found;
  const hypothesis: Hypothesis = {
    subject: `${asked} ${route.service} ${route.route}`,
    // A change of statuses everywhere is one cause; every route that kept its own was a question of its own.
    cause:
      rule === undefined || added === undefined
        ? `${asked} ${route.service} ${route.route}`
        : `${asked} ${added.status}`,
    evidence,
    sessions: Math.max(...before.map(({ sessions }) => sessions)),
    freshSessions: Math.max(...now.map(({ sessions }) => sessions)),
    steadiness,
    isAboutRoute: true,
    isOrdinary: isError(status) && isError(added?.status) && evidence.freshDeviations < evidence.freshUnits,
  };
  if (rule === undefined || evidence.freshDeviations === 0) return hypothesis;
  const { units, deviations, freshUnits, freshDeviations } = evidence;
  const change: Change = {
    rule,
    service: route.service,
    route: route.route,
    ...(status === undefined ? {} : { status }),
    ...(added === undefined ? {} : { argument: String(added.status) }),
    expected,
    observed,
    baseline: { count: deviations, of: units },
    fresh: { count: freshDeviations, of: freshUnits },
  };
  return { ...hypothesis, change };
}

function inClass({ answers }: RouteShape, statusClass: number): readonly AnswerShape[] {
  return answers.filter(({ status }) => Math.floor(status / 100) === statusClass);
}

function isError(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}

function hasStatus(answers: readonly AnswerShape[], status: number): boolean {
  return answers.some((each) => each.status === status);
}

function total(answers: readonly AnswerShape[]): number {
  return answers.reduce((sum, { count }) => sum + count, 0);
}

function mostFrequent(answers: readonly AnswerShape[]): AnswerShape | undefined {
  let best: AnswerShape | undefined;
  for (const answer of answers) if (best === undefined || answer.count > best.count) best = answer;
  return best;
}

function statusWords(answers: readonly AnswerShape[]): string {
  return [...new Set(answers.map(({ status }) => status))].join(' or ');
}
