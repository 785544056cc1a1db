// Pass "service counters": numbers that writes of every kind advance and that answers show as they stand (the index of a
// store, the sequence of changes, a revision of everything), in headers and in bodies. Found as places in answers whose
// numbers only grow, by one at most for each call and hardly ever for a read.
import type { Generator } from '../../model/clone-model.ts';
import { isObject, type Json } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import { routeOf, type Evidence } from '../evidence.ts';

export interface ServiceCounter {
  /** Name of the generator that it draws from. */
  readonly name: string;
  readonly generator: Generator;
  /** How it stands after each call, by call index; undefined where nothing tells. */
  readonly after: readonly (number | undefined)[];
  /** Whether each call advanced it; undefined where nothing tells. */
  readonly drew: readonly (boolean | undefined)[];
}

interface Observation {
  readonly index: number;
  readonly value: number;
}

const OBSERVATIONS_MIN = 12;
const DISTINCT_MIN = 8;
/** Answers out of the order, such as those of requests that never reached the store. */
const OUTLIERS_MAX = 0.1;
/** Reads that seem to advance it: some do, where the service counts what it was asked to agree on. */
const READ_DRAWS_MAX = 0.15;
const CONSISTENT_MIN = 0.8;
/** Share of the writes that advance it. */
const WRITES_MIN = 0.3;

const found = new WeakMap<Evidence, readonly ServiceCounter[]>();

export function serviceCounters(evidence: Evidence): readonly ServiceCounter[] {
  let counters = found.get(evidence);
  if (counters === undefined) found.set(evidence, (counters = findCounters(evidence)));
  return counters;
}

function findCounters(evidence: Evidence): ServiceCounter[] {
  const counters: ServiceCounter[] = [];
  const channels = [...channelsOf(evidence.calls)].sort((a, b) => b[1].length - a[1].length);
  for (const [place, observations] of channels) {
    const growing = withoutOutliers(evidence.calls, observations);
    if (growing === undefined || counters.some((counter) => tellsOf(counter, growing))) continue;
    const counter = counterOf(evidence, place, growing);
    if (counter !== undefined) counters.push(counter);
  }
  return counters;
}

/** Whole numbers in answers by where they stand: in a header, or in a body, of all answers or of those of writes alone. */
function channelsOf(calls: readonly Call[]): Map<string, Observation[]> {
  const channels = new Map<string, Observation[]>();
  const add = (place: string, index: number, value: number): void => {
    const same = channels.get(place);
    if (same === undefined) channels.set(place, [{ index, value }]);
    else same.push({ index, value });
  };
  for (const call of calls) {
    for (const [name, text] of call.headers)
      if (/^\d{1,15}$/.test(text) && name !== 'content-length') add(`header ${name}`, call.index, Number(text));
    for (const [path, value] of numbersIn(call.answer, '$', 3)) {
      add(path, call.index, value);
      if (!isRead(call)) add(`${path} of writes`, call.index, value);
    }
  }
  return channels;
}

function* numbersIn(value: Json | undefined, path: string, depth: number): Iterable<[string, number]> {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) yield [path, value];
  else if (depth > 0 && isObject(value))
    for (const [name, member] of Object.entries(value)) yield* numbersIn(member, `${path}.${name}`, depth - 1);
}

/** The observations that never fall; undefined where too many do, or where they are clocks or tell too little. */
function withoutOutliers(calls: readonly Call[], all: readonly Observation[]): Observation[] | undefined {
  if (all.length < OBSERVATIONS_MIN) return undefined;
  const kept: Observation[] = [];
  for (const each of all) {
    const last = kept.at(-1);
    const isFresh = last === undefined || calls[last.index]?.epoch !== calls[each.index]?.epoch;
    if (isFresh || (each.value >= last.value && each.value - last.value <= each.index - last.index)) kept.push(each);
  }
  const distinct = new Set(kept.map(({ value }) => value));
  if (kept.length < (1 - OUTLIERS_MAX) * all.length || distinct.size < DISTINCT_MIN) return undefined;
  return kept.every((each) => isClock(calls, each)) ? undefined : kept;
}

const CLOCK_SLACK_S = 100_000;

/** The second, or the millisecond, of the call. */
function isClock(calls: readonly Call[], { index, value }: Observation): boolean {
  const seconds = (calls[index] as Call).startedAt / 1000;
  return Math.abs(value - seconds) < CLOCK_SLACK_S || Math.abs(value / 1000 - seconds) < CLOCK_SLACK_S;
}

/** The counter stands at these numbers after these calls anyway. */
function tellsOf({ after }: ServiceCounter, observations: readonly Observation[]): boolean {
  const same = observations.filter(({ index, value }) => after[index] === value).length;
  return same >= CONSISTENT_MIN * observations.length;
}

function counterOf(
  evidence: Evidence,
  place: string,
  observations: readonly Observation[],
): ServiceCounter | undefined {
  const { calls } = evidence;
  const drew = labelled(evidence, observations);
  const judged = calls.filter((call) => drew[call.index] !== undefined);
  const writes = judged.filter((call) => !isRead(call) && isSuccess(call));
  if (writes.filter((call) => drew[call.index]).length < WRITES_MIN * writes.length) return undefined;
  const reads = judged.filter(isRead);
  const shown = observations.filter(({ index }) => drew[index] === false).length;
  if (reads.filter((call) => drew[call.index]).length > READ_DRAWS_MAX * reads.length) return undefined;
  const kinds = kindsOf(evidence, judged, drew);
  const drawing = kinds.filter(({ share }) => share >= 0.5);
  // A number that only one kind of call advances and shows is what that kind makes.
  if (drawing.length === 0 || (drawing.length < 2 && shown < OBSERVATIONS_MIN)) return undefined;
  const total = kinds.reduce((sum, kind) => sum + kind.count, 0);
  const agreeing = kinds.reduce((sum, kind) => sum + kind.count * Math.max(kind.share, 1 - kind.share), 0);
  if (agreeing < CONSISTENT_MIN * total) return undefined;
  const after = standsAfter(calls, observations, drew);
  const first = calls.find((call) => after[call.index] !== undefined);
  if (first === undefined) return undefined;
  const value = after[first.index] as number;
  const start = drew[first.index] === false || (drew[first.index] === undefined && isRead(first)) ? value + 1 : value;
  return { name: `counter ${place}`, generator: { kind: 'sequence', start, step: 1 }, after, drew };
}

interface Kind {
  readonly count: number;
  /** Of the calls that are judged: how many advanced it. */
  readonly share: number;
}

const kindOf = (evidence: Evidence, call: Call): string =>
  `${routeOf(evidence, call).id} ${call.status} ${Object.keys(call.query).sort().join()}`;

function kindsOf(evidence: Evidence, judged: readonly Call[], drew: readonly (boolean | undefined)[]): Kind[] {
  const tallies = new Map<string, { count: number; draws: number }>();
  for (const call of judged) {
    const id = kindOf(evidence, call);
    const tally = tallies.get(id) ?? { count: 0, draws: 0 };
    tallies.set(id, tally);
    tally.count++;
    if (drew[call.index] === true) tally.draws++;
  }
  return [...tallies.values()].map(({ count, draws }) => ({ count, share: draws / count }));
}

const ROUNDS = 3;

/** Which calls advanced it: told by the numbers around each, and where several calls share a step, by what others of their kind did. */
function labelled(evidence: Evidence, observations: readonly Observation[]): (boolean | undefined)[] {
  const { calls } = evidence;
  const drew: (boolean | undefined)[] = calls.map(() => undefined);
  const open: { from: number; to: number; steps: number }[] = [];
  observations.forEach(({ index, value }, i) => {
    const last = observations[i - 1];
    if (last === undefined || calls[last.index]?.epoch !== calls[index]?.epoch) return;
    open.push({ from: last.index + 1, to: index, steps: value - last.value });
  });
  for (let round = 0; round < ROUNDS; round++) {
    const usual = new Map<string, boolean>();
    if (round > 0) {
      const tallies = new Map<string, number[]>();
      for (const call of calls) {
        const label = drew[call.index];
        if (label === undefined) continue;
        const tally = tallies.get(kindOf(evidence, call)) ?? [0, 0];
        tallies.set(kindOf(evidence, call), tally);
        tally[Number(label)] = (tally[Number(label)] as number) + 1;
      }
      for (const [id, [no, yes]] of tallies as Map<string, [number, number]>)
        if (Math.max(no, yes) >= CONSISTENT_MIN * (no + yes)) usual.set(id, yes > no);
    }
    for (const { from, to, steps } of open) {
      const inside = calls.slice(from, to + 1);
      const guess = (call: Call): boolean | undefined =>
        drew[call.index] ??
        usual.get(kindOf(evidence, call)) ??
        ((round === 0 && isRead(call)) || call.carries !== undefined ? false : undefined);
      const unsure = inside.filter((call) => guess(call) === undefined);
      const missing = steps - inside.filter((call) => guess(call) === true).length;
      if (steps === 0) for (const call of inside) drew[call.index] = false;
      else if (steps === inside.length) for (const call of inside) drew[call.index] = true;
      else if (missing === 0 || missing === unsure.length)
        for (const call of inside) drew[call.index] = guess(call) ?? missing > 0;
    }
  }
  return drew;
}

/** How it stands after each call: as shown, or as the calls since it was shown left it. */
function standsAfter(
  calls: readonly Call[],
  observations: readonly Observation[],
  drew: readonly (boolean | undefined)[],
): (number | undefined)[] {
  const shown = new Map(observations.map(({ index, value }) => [index, value]));
  const after: (number | undefined)[] = [];
  for (const call of calls) {
    const before = call.epoch === calls[call.index - 1]?.epoch ? after[call.index - 1] : undefined;
    const label = drew[call.index];
    const moved = before === undefined || label === undefined ? undefined : before + Number(label);
    after.push(shown.get(call.index) ?? moved);
  }
  return after;
}
