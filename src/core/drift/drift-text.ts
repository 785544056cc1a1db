// A drift report for people: what changed, how sure that is, and what could not be looked at.
import { DRIFT_RULES } from './drift-rules.ts';
import type { DriftReport } from './drift-check.ts';
import type { DriftFinding } from './finding.ts';

const UNROUTED_SHOWN_MAX = 10;

/** Lines without line ends. */
export function driftText({ verdict, reason, findings, coverage }: DriftReport): readonly string[] {
  const asked = `${coverage.askedRouteCount} of ${coverage.routeCount} routes asked by ${coverage.routedCount} of ${coverage.exchangeCount} exchanges`;
  const confirmed = findings.filter(({ confidence }) => confidence === 'confirmed');
  const suspected = findings.filter(({ confidence }) => confidence === 'suspected');
  return [
    verdict === 'inconclusive' ? `inconclusive: ${reason ?? 'nothing could be compared'}` : `${verdict}: ${asked}`,
    ...section('confirmed', confirmed),
    ...section('suspected (more evidence would tell)', suspected),
    ...unrouted(coverage.unrouted),
    ...coverage.foreignOrigins.map((origin) => `not looked at: ${origin} is no service of the clone`),
  ];
}

function section(title: string, findings: readonly DriftFinding[]): readonly string[] {
  return findings.length === 0 ? [] : ['', title, ...findings.flatMap(findingLines)];
}

function findingLines(finding: DriftFinding): readonly string[] {
  const { id, rule, severity, route, status, expected, observed, probability } = finding;
  return [
    `  ${severity.padEnd(8)} ${rule} ${whatOf(finding)}`,
    `           ${route.method} ${route.path}${status === undefined ? '' : ` ${status}`}`,
    `           clone: ${expected}; recording: ${observed} (p ${probability}, ${id})`,
  ];
}

/** The field or status that a finding is about: `title -> headline`, `201 -> 200`. */
function whatOf({ rule, field, status, argument }: DriftFinding): string {
  if (rule === 'field.renamed') return `${field ?? ''} -> ${argument ?? ''}`;
  if (field !== undefined) return field;
  return argument === undefined ? '' : `${status ?? ''} -> ${argument}`;
}

function unrouted(requests: readonly string[]): readonly string[] {
  if (requests.length === 0) return [];
  const shown = requests.slice(0, UNROUTED_SHOWN_MAX).map((request) => `  ${request}`);
  const rest = requests.length - shown.length;
  return ['', 'requests that no route of the clone matches', ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

/** Everything about one finding, for `drift show`. */
export function findingText(finding: DriftFinding): readonly string[] {
  const { baseline, fresh, confidence, cause, probability } = finding;
  return [
    DRIFT_RULES[finding.rule].title,
    ...findingLines(finding),
    `  before     ${baseline.count} of ${baseline.of} units of evidence`,
    `  now        ${fresh.count} of ${fresh.of}`,
    `  confidence ${confidence}: without drift this would be seen with probability ${probability}`,
    `  cause      ${cause} (findings of one cause are one change of the API)`,
  ];
}
