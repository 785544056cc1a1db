// A drift report for people: what changed, how sure that is, and what could not be looked at.
import { splitMemberPath } from '../model/body-profile.ts';
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
  const groups = new Map<string, DriftFinding[]>();
  for (const finding of findings) {
    const name = `${finding.rule} ${finding.cause}`;
    groups.set(name, [...(groups.get(name) ?? []), finding]);
  }
  return groups.size === 0 ? [] : ['', title, ...[...groups.values()].flatMap(groupLines)];
}

/** One change of the API, and every place that shows it. */
function groupLines(findings: readonly DriftFinding[]): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  return [
    `  ${first.severity.padEnd(8)} ${first.rule} ${whatOf(first)} (p ${first.probability})`,
    ...findings.map((each) => `    ${placeOf(each)}`),
  ];
}

/** What a finding is about, wherever it was found: `title -> headline`, `201 -> 200`. */
function whatOf({ rule, field, status, argument }: DriftFinding): string {
  if (field === undefined) return argument === undefined ? '' : `${status ?? ''} -> ${argument}`;
  return rule === 'field.renamed' ? `${keyOf(field)} -> ${keyOf(argument ?? '')}` : keyOf(field);
}

function keyOf(path: string): string {
  return splitMemberPath(path)?.key ?? (path || 'the body');
}

function placeOf({ id, route, status, field, expected, observed }: DriftFinding): string {
  const where = [route.method, route.path, status, field].filter((word) => word !== undefined && word !== '').join(' ');
  return `${where}: ${expected} before, ${observed} now [${id}]`;
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
    ...groupLines([finding]),
    `  before     ${baseline.count} of ${baseline.of} units of evidence`,
    `  now        ${fresh.count} of ${fresh.of}`,
    `  confidence ${confidence}: without drift this would be seen with probability ${probability}`,
    `  cause      ${cause} (findings of one cause are one change of the API)`,
  ];
}
