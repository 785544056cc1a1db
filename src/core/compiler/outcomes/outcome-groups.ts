// The ways a route answers: by status, by shape where one status means several things, and by the reason where the
// service says no.
import { append } from '../../std/grouping.ts';
import { isObject, type Json } from '../../std/json.ts';
import { type Call } from '../calls/call.ts';
import { scalarOf } from '../explain/samples.ts';
import { valueAt } from '../entities/sites.ts';

export interface Outcome {
  readonly status: number;
  /** The service says no. */
  readonly refused: boolean;
  readonly calls: readonly Call[];
}

/** Outcomes of one route's calls, most frequent first. */
export function groupOutcomes(calls: readonly Call[]): Outcome[] {
  const groups: { call: Call; shape: Set<string> | undefined; calls: Call[] }[] = [];
  for (const call of calls) {
    const shape = isObject(call.answer) ? new Set(Object.keys(call.answer)) : undefined;
    const group = groups.find((each) => isOfKind(each.call, call) && alike(each.shape, shape));
    if (group === undefined) groups.push({ call, shape, calls: [call] });
    else {
      group.calls.push(call);
      if (shape !== undefined) for (const name of shape) group.shape?.add(name);
    }
  }
  return groups
    .map(({ call: { status, refused }, calls: own }) => ({ status, refused, calls: own }))
    .flatMap(splitByReason)
    .sort((a, b) => b.calls.length - a.calls.length);
}

const isOfKind = (a: Call, b: Call): boolean =>
  a.status === b.status && a.refused === b.refused && a.xml?.name === b.xml?.name;

const REASONS_MAX = 8;

/** Refusals of one shape by the reason that their answers tell: a word out of few, each told twice or more. */
function splitByReason(group: Outcome): Outcome[] {
  if (!group.refused || group.calls.length < 3) return [group];
  const path = reasonPath(group.calls);
  if (path === undefined) return [group];
  const reasons = new Map<string, Call[]>();
  for (const call of group.calls) {
    const reason = withoutEchoes(call, scalarOf(valueAt(call.answer, path)) ?? '');
    append(reasons, reason, call);
  }
  const frequent = [...reasons.values()].filter((calls) => calls.length >= 2);
  const rest = [...reasons.values()].filter((calls) => calls.length < 2).flat();
  return [...frequent, ...(rest.length > 0 ? [rest] : [])].map((calls) => ({ ...group, calls }));
}

/** The scalar of fewest values, two at least, among those that all answers have. */
function reasonPath(calls: readonly Call[]): string | undefined {
  const values = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  const visit = (call: Call, value: Json | undefined, path: string, depth: number): void => {
    const text = scalarOf(value);
    if (text !== undefined) {
      values.set(path, (values.get(path) ?? new Set()).add(withoutEchoes(call, text)));
      counts.set(path, (counts.get(path) ?? 0) + 1);
    } else if (isObject(value) && depth > 0)
      for (const [name, member] of Object.entries(value))
        visit(call, member, path === '' ? name : `${path}.${name}`, depth - 1);
  };
  for (const call of calls) visit(call, call.answer, '', 3);
  return [...values]
    .filter(
      ([path, words]) =>
        path !== '' &&
        words.size >= 2 &&
        words.size <= REASONS_MAX &&
        words.size <= 0.67 * calls.length &&
        counts.get(path) === calls.length,
    )
    .sort((a, b) => a[1].size - b[1].size)[0]?.[0];
}

const ECHO_LENGTH_MIN = 2;

/** The text with blanks in place of what the request said. */
function withoutEchoes(call: Call, text: string): string {
  const said = [
    ...Object.values(call.query),
    ...(isObject(call.body) ? Object.values(call.body) : []),
    ...call.path.split('/'),
  ];
  return said
    .map((value) => scalarOf(value) ?? '')
    .filter((value) => value.length >= ECHO_LENGTH_MIN)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, '\u0000'), text);
}

function alike(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  let both = 0;
  for (const name of b) if (a.has(name)) both++;
  return both >= 0.5 * b.size && both > 0.34 * Math.min(a.size, 12) ? true : a.size === 0 && b.size === 0;
}
