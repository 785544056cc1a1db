// Pass "stored bodies": paths whose reads give back byte for byte what was written there (objects of a bucket, files,
// items of a calendar). What such a path answers with is a thing with a name, its `content`, and the headers that tell of
// it (`etag`, `last-modified`), and is learnt as things in JSON are.
import { isPassingHeader } from '../../exchange/passing-headers.ts';
import { decodePathText } from '../../model/route-path.ts';
import { groupBy } from '../../std/grouping.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../std/json.ts';
import { isReadMethod, isSuccess, type Call } from './call.ts';
import { hexDigests } from '../explain/digests.ts';
import type { CallRoute } from '../entities/routes.ts';
import { stripSuffix } from '../entities/sites.ts';

/** The member that holds the body. */
export const CONTENT = 'content';

/** Reads that give back what was written, before a path is believed to store it. */
const READS_MIN = 3;
/** Of reads of what was written, the share that must give it back; the service may write some of them in its own way. */
const VERBATIM_MIN = 0.6;
/** Of headers, and of contents as they were sent, the share that must agree to be told of. */
const AGREEING_MIN = 0.9;

const writes = (call: Call): boolean =>
  (call.method === 'PUT' || call.method === 'POST') && isSuccess(call) && call.sentText !== undefined;

/** Reads with the text that was written last at their path, where that is known. */
function* readsOfWritten(calls: Iterable<Call>): Generator<{ readonly call: Call; readonly written: string }> {
  const last = new Map<string, string>();
  for (const call of calls) {
    if (call.sentText !== undefined && writes(call)) last.set(call.path, call.sentText);
    else if (call.method === 'DELETE' && isSuccess(call)) last.delete(call.path);
    const written = last.get(call.path);
    if (call.method === 'GET' && call.status === 200 && written !== undefined) yield { call, written };
  }
}

/** Gives back a body that is no JSON, or says the digest of one that is: other JSON is better known by its members. */
const isStored = (call: Call, written: string): boolean =>
  call.gotText === written && (call.answerKind !== 'json' || saysDigest(call));

/** An object nowhere in which the last segment of its path stands. */
const isNameless = ({ path, answer }: Call): boolean => {
  const name = decodePathText(path.slice(path.lastIndexOf('/') + 1)).replace(/\.json$/i, '');
  return isObject(answer) && !holds(answer, name);
};

const holds = (value: Json, name: string): boolean =>
  isArray(value)
    ? value.some((element) => holds(element, name))
    : isObject(value)
      ? Object.values(value).some((member) => holds(member, name))
      : String(value) === name;

const saysDigest = ({ gotText = '', headers }: Call): boolean => {
  const digests = hexDigests(gotText).map(({ hex }) => hex);
  return headers.some(([, value]) => digests.some((hex) => value.includes(hex)));
};

/** Paths that were seen to give back what was written there. */
export function storedPaths(calls: readonly Call[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { call, written } of readsOfWritten(calls)) if (isStored(call, written)) found.add(call.path);
  return found;
}

/** The calls; those of paths that store bodies answer with things. */
export function liftStoredBodies(calls: readonly Call[], routes: readonly CallRoute[]): readonly Call[] {
  const lifted = new Map<number, Call>();
  for (const [path, group] of groupBy(calls, (call) => (routes[call.index] as CallRoute).path)) {
    const reads = [...readsOfWritten(group)];
    const stored = reads.filter(({ call, written }) => isStored(call, written)).length;
    const isKept = stored >= READS_MIN && stored >= VERBATIM_MIN * reads.length;
    if (!isKept && !isDocuments(path, group, reads)) continue;
    const telling = { ...tellingHeaders(group), isVerbatim: !isKept || stored >= AGREEING_MIN * reads.length };
    for (const call of group) {
      const thing = thingOf(call, routes[call.index] as CallRoute, path, telling);
      if (thing === undefined) lifted.set(call.index, { ...call, isOfStored: true });
      else
        lifted.set(call.index, { ...call, answer: thing, answerText: call.gotText, isStored: true, isOfStored: true });
    }
  }
  return lifted.size === 0 ? calls : calls.map((call) => lifted.get(call.index) ?? call);
}

/** Documents by a name of the client's choice, which is nowhere in them, and that nothing but a whole document ever changed. */
function isDocuments(
  path: string,
  calls: readonly Call[],
  reads: readonly { readonly call: Call; readonly written: string }[],
): boolean {
  const isReplaced = calls.every(
    (call) => isReadMethod(call.method) || /^(PUT|DELETE)$/.test(call.method) || !isSuccess(call),
  );
  const whole = reads.filter(({ call, written }) => call.gotText === written && isNameless(call));
  const distinct = new Set(whole.map(({ written }) => written)).size;
  return path.endsWith('}') && isReplaced && distinct >= READS_MIN && whole.length >= AGREEING_MIN * reads.length;
}

interface TellingHeaders {
  /** Of reads. */
  readonly read: ReadonlySet<string>;
  /** Of writes, that say the same as the next read. */
  readonly written: ReadonlySet<string>;
}

interface Telling extends TellingHeaders {
  /** A write tells the content: it is read as it was sent. */
  readonly isVerbatim: boolean;
}

function thingOf(call: Call, route: CallRoute, path: string, telling: Telling): JsonObject | undefined {
  const isRead = isReadMethod(call.method) && call.status === 200;
  if (!isRead && (!writes(call) || (call.gotText ?? '') !== '')) return undefined;
  const last = route.prefixes.at(-1);
  const names = isRead ? telling.read : telling.written;
  const sent = isRead || !telling.isVerbatim ? undefined : call.sentText;
  const content = call.method === 'GET' ? call.gotText : sent;
  return {
    ...(last?.prefix === stripSuffix(path) ? { name: route.params[last.name] ?? '' } : {}),
    ...(content === undefined ? {} : { [CONTENT]: content }),
    ...Object.fromEntries(call.headers.filter(([name]) => names.has(name))),
  };
}

/** Headers that stay as they are while nothing is written at the path, and are not the same everywhere. */
function tellingHeaders(calls: readonly Call[]): TellingHeaders {
  const read = new Map<string, Tally>();
  const written = new Map<string, Tally>();
  const last = new Map<string, Call>();
  for (const call of calls) {
    if (!isReadMethod(call.method) && isSuccess(call)) last.set(call.path, call);
    if (!isReadMethod(call.method) || call.status !== 200 || call.method === 'OPTIONS') continue;
    const before = last.get(call.path);
    if (before !== undefined) compare(before, call, isReadMethod(before.method) ? read : written);
    for (const [name, value] of call.headers) tallyOf(read, name).values.add(value);
    last.set(call.path, call);
  }
  const steady = [...read].filter(([name, tally]) => agrees(tally, 0) && tally.values.size > 1 && !isUntold(name));
  const names = new Set(steady.map(([name]) => name));
  return {
    read: names,
    written: new Set([...written].filter(([name, tally]) => names.has(name) && agrees(tally, 2)).map(([name]) => name)),
  };
}

/** Of the connection, of who asks or of the moment: no header of a thing. */
const isUntold = (name: string): boolean =>
  isPassingHeader(name) || /^(set-cookie|.*request-id|.*ratelimit.*)$/.test(name);

interface Tally {
  same: number;
  total: number;
  readonly values: Set<string>;
}

const agrees = ({ same, total }: Tally, totalMin: number): boolean => total >= totalMin && same >= AGREEING_MIN * total;

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name) ?? { same: 0, total: 0, values: new Set<string>() };
  tallies.set(name, known);
  return known;
}

function compare(before: Call, after: Call, tallies: Map<string, Tally>): void {
  const values = new Map(before.headers);
  for (const [name, value] of after.headers) {
    if (!values.has(name)) continue;
    const tally = tallyOf(tallies, name);
    tally.total++;
    if (values.get(name) === value) tally.same++;
  }
}
