// Findings: changes judged against everything that was asked. One change of the API seen in many places is stronger evidence
// than each place, and a thousand questions must not make one by chance.
import type { CloneModel, Route } from '../model/clone-model.ts';
import { parseRoutePath } from '../model/route-path.ts';
import { sha256Hex } from '../std/hashing.ts';
import { printJson } from '../std/json.ts';
import type { Change } from './change.ts';
import { isUniversal } from './change.ts';
import { severityOf, type DriftRule, type Severity } from './drift-rules.ts';
import { combined, falseDiscoveryThreshold } from './evidence.ts';
import { hasChange, isConvincing, type WeighedHypothesis } from './weight.ts';

/** `confirmed`: at most one in a hundred such findings is chance. `suspected`: surprising, but more evidence is needed. */
export type Confidence = 'confirmed' | 'suspected';

export interface DriftFinding extends Omit<Change, 'route'> {
  /** Stable across runs, recordings and renamed path parameters: what a team accepts or tracks. */
  readonly id: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly route: { readonly id: string; readonly method: string; readonly path: string };
  /** How surprising the cause would be without drift, from 0 to 1. */
  readonly probability: number;
  /** Findings of one cause are one change of the API. */
  readonly cause: string;
}

const FALSE_DISCOVERY_RATE = 0.01;
const SUSPECTED_MAX = 0.01;

/** Confirmed and suspected findings, the most certain and severe first. */
export function judge(model: CloneModel, hypotheses: readonly WeighedHypothesis[]): readonly DriftFinding[] {
  const groups = new Map<string, WeighedHypothesis[]>();
  for (const hypothesis of hypotheses) {
    const group = groups.get(hypothesis.cause);
    if (group === undefined) groups.set(hypothesis.cause, [hypothesis]);
    else group.push(hypothesis);
  }
  const judged = [...groups.values()].map((group) => ({ group, probability: groupProbability(model, group) }));
  const probabilities = judged.map(({ probability }) => probability);
  const threshold = falseDiscoveryThreshold(probabilities, judged.length, FALSE_DISCOVERY_RATE);
  const findings = judged.flatMap(({ group, probability }) => {
    if (probability > Math.max(threshold, SUSPECTED_MAX)) return [];
    const isConfirmed = probability <= threshold && group.some((each) => hasChange(each) && isConvincing(each));
    return group.filter(hasChange).map((each) => findingOf(model, each.change, each.cause, isConfirmed, probability));
  });
  return findings.sort(compareFindings);
}

/**
 * How surprising a cause is. Where all that could show it does, places count as independent evidence (Fisher), routes of one
 * path as one place, because they answer about the same entities. Where only some does, the most surprising place counts,
 * once a try.
 */
function groupProbability(model: CloneModel, group: readonly WeighedHypothesis[]): number {
  const changes = group.filter(hasChange);
  if (changes.length === 0) return 1;
  const strongest = Math.min(...changes.map(({ probability }) => probability)) * group.length;
  const places = new Map<string, number>();
  for (const { change } of changes) places.set(placeOf(model, change), 0);
  for (const each of changes.filter(isUniversal)) {
    const place = placeOf(model, each.change);
    places.set(place, Math.max(places.get(place) ?? 0, each.probability));
  }
  const unchanged = group.length - changes.length;
  const together = combined(
    [...places.values(), ...Array.from({ length: unchanged }, () => 1)].map((each) => each || 1),
  );
  return Math.min(strongest, together, 1);
}

function placeOf(model: CloneModel, { service, route }: Change): string {
  return `${service} ${routeOf(model, service, route).path}`;
}

function findingOf(
  model: CloneModel,
  change: Change,
  cause: string,
  isConfirmed: boolean,
  probability: number,
): DriftFinding {
  const { route: routeId, rule, ...rest } = change;
  const route = routeOf(model, change.service, routeId);
  return {
    id: findingId(rule, route, change),
    rule,
    severity: severityOf(rule),
    confidence: isConfirmed ? 'confirmed' : 'suspected',
    ...rest,
    route: { id: routeId, method: route.method, path: route.path },
    probability: rounded(probability),
    cause: sha256Hex(cause).slice(0, 8),
  };
}

/** Names what differs and where; no counts, times or texts, so that it survives the next recording. */
function findingId(
  rule: DriftRule,
  route: Pick<Route, 'method' | 'path'>,
  { service, status, field, argument }: Change,
): string {
  const shape =
    route.path === ''
      ? ''
      : parseRoutePath(route.path)
          .map((segment) => (segment.kind === 'literal' ? segment.text : '{}'))
          .join('/');
  const parts = ['drift/1', rule, service, route.method, shape, String(status ?? ''), field ?? '', argument ?? ''];
  return sha256Hex(printJson(parts)).slice(0, 12);
}

function routeOf(model: CloneModel, service: string, id: string): Pick<Route, 'method' | 'path'> {
  const routes = model.services.find(({ name }) => name === service)?.routes ?? [];
  return routes.find((route) => route.id === id) ?? { method: '', path: '' };
}

/** Two significant digits: what a logarithm gives beyond them may differ between machines. */
function rounded(probability: number): number {
  return Number(probability.toPrecision(2));
}

const SEVERITY_ORDER: readonly Severity[] = ['breaking', 'warning', 'info'];

function compareFindings(a: DriftFinding, b: DriftFinding): number {
  const rank = (finding: DriftFinding): number =>
    (finding.confidence === 'confirmed' ? 0 : 10) + SEVERITY_ORDER.indexOf(finding.severity);
  const place = ({ rule, service, route, status, field }: DriftFinding): string =>
    [rule, service, route.path, route.method, status ?? '', field ?? ''].join('\n');
  return rank(a) - rank(b) || (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0);
}
