// What differs between the fields of a route's answers before and now. Each function asks one kind of question of one field.
import { splitMemberPath } from '../model/body-profile.ts';
import type { AnswerShape, FieldShape } from '../model/shapes.ts';
import type { Change, Hypothesis } from './change.ts';
import type { ClientDifferences } from './client-differences.ts';
import type { DriftRule } from './drift-rules.ts';
import type { Evidence } from './evidence.ts';
import type { KnownFields } from './known-fields.ts';
import { kindsBesideNull, rareMemberCount, type Steadiness } from './steadiness.ts';

/** The answers of one route with one status, before and now. */
export interface AnswerPair {
  readonly service: string;
  readonly route: string;
  readonly baseline: AnswerShape;
  readonly fresh: AnswerShape;
}

/** What is known beside the two answers. */
export interface Surroundings {
  readonly steadiness: Steadiness;
  readonly clients: ClientDifferences;
  readonly known: KnownFields;
}

interface Question extends Surroundings {
  readonly pair: AnswerPair;
  readonly path: string;
  /** Last key of the path, or the path of elements and of the body itself. */
  readonly key: string;
}

/** Every question that the fields of these answers allow, with what it found. */
export function compareFields(pair: AnswerPair, surroundings: Surroundings): readonly Hypothesis[] {
  const asked: (Hypothesis | undefined)[] = [];
  const { baseline, fresh } = pair;
  for (const [path, before] of Object.entries(baseline.fields)) {
    const question = { ...surroundings, pair, path, key: splitMemberPath(path)?.key ?? path };
    const now = fresh.fields[path];
    if (now === undefined) asked.push(askRemoved(question, before));
    else {
      asked.push(askPresence(question, before, now), askNull(question, before, now), askKinds(question, before, now));
      asked.push(askFormat(question, before, now), askValues(question, before, now));
    }
  }
  for (const [path, now] of Object.entries(fresh.fields)) {
    if (baseline.fields[path] !== undefined) continue;
    asked.push(askAdded({ ...surroundings, pair, path, key: splitMemberPath(path)?.key ?? path }, now));
  }
  return asked.filter((hypothesis) => hypothesis !== undefined);
}

/** Was it there, and is it in no object that could hold it now? */
function askRemoved(question: Question, before: FieldShape): Hypothesis | undefined {
  const { pair, path, key, steadiness, clients } = question;
  const freshUnits = objectUnits(pair.fresh, splitMemberPath(path)?.holder);
  if (freshUnits === 0 || clients.sentByOne.has(key)) return undefined;
  const rule = before.every === before.of ? 'field.removed' : 'field.optional-removed';
  return answer(question, 'presence', {
    evidence: { units: before.of, deviations: before.of - before.some, freshUnits, freshDeviations: freshUnits },
    sessions: before.sessions,
    freshSessions: pair.fresh.fields[splitMemberPath(path)?.holder ?? '']?.sessions ?? 0,
    steadiness: steadiness.presence,
    rule,
    expected: `present in ${before.some} of ${before.of} answers`,
    observed: `missing in all ${freshUnits}`,
    baseline: { count: before.some, of: before.of },
    fresh: { count: 0, of: freshUnits },
  });
}

/** Was it always there, and is it missing from some objects now? */
function askPresence(question: Question, before: FieldShape, now: FieldShape): Hypothesis | undefined {
  const { pair, path, key, steadiness, clients } = question;
  const holder = splitMemberPath(path)?.holder;
  if (holder === undefined || before.every !== before.of || clients.sentByOne.has(key)) return undefined;
  const missing = now.of - now.every;
  return answer(question, 'presence', {
    evidence: { units: before.of, deviations: 0, freshUnits: now.of, freshDeviations: missing },
    sessions: before.sessions,
    freshSessions: pair.fresh.fields[holder]?.sessions ?? 0,
    steadiness: steadiness.presence,
    isOrdinary: clients.sentKeys.has(key),
    rule: 'field.became-optional',
    expected: `present in all ${before.of} answers`,
    observed: `missing in ${missing} of ${now.of}`,
    baseline: { count: before.every, of: before.of },
    fresh: { count: now.every, of: now.of },
  });
}

/** Is it in objects that never had it? */
function askAdded(question: Question, now: FieldShape): Hypothesis | undefined {
  const { pair, path, key, steadiness, clients, known } = question;
  const holder = splitMemberPath(path)?.holder;
  const units = objectUnits(pair.baseline, holder);
  if (holder === undefined || units === 0 || clients.sentByOne.has(key)) return undefined;
  const rare = Math.min(rareMemberCount(pair.baseline, holder), units);
  return answer(question, 'addition', {
    evidence: { units, deviations: rare, freshUnits: now.of, freshDeviations: now.some },
    sessions: pair.baseline.fields[holder]?.sessions ?? 0,
    freshSessions: pair.fresh.fields[holder]?.sessions ?? 0,
    steadiness: steadiness.members,
    isOrdinary: known.keys.has(key),
    rule: 'field.added',
    expected: `absent from ${units} answers`,
    observed: `present in ${now.some} of ${now.of}`,
    baseline: { count: 0, of: units },
    fresh: { count: now.some, of: now.of },
  });
}

/** Is it null where it never was? */
function askNull(question: Question, before: FieldShape, now: FieldShape): Hypothesis | undefined {
  const { key, steadiness, clients, known } = question;
  if (before.kinds.null !== undefined || clients.sendsNewKind(key, 'null')) return undefined;
  const count = now.kinds.null ?? 0;
  return answer(question, 'null', {
    evidence: { units: before.some, deviations: 0, freshUnits: now.some, freshDeviations: count },
    sessions: before.sessions,
    freshSessions: now.sessions,
    steadiness: steadiness.nulls,
    isOrdinary: known.hasKind(key, 'null'),
    rule: 'null.added',
    expected: `null in none of ${before.some} answers`,
    observed: `null in ${count} of ${now.some}`,
    baseline: { count: 0, of: before.some },
    fresh: { count, of: now.some },
  });
}

/** Has it values of a kind that it never had? */
function askKinds(question: Question, before: FieldShape, now: FieldShape): Hypothesis | undefined {
  const { key, steadiness, clients, known } = question;
  const knownKinds = kindsBesideNull(before);
  const [kind] = kindsBesideNull(now)
    .filter((each) => !knownKinds.includes(each) && !clients.sendsNewKind(key, each))
    .sort((a, b) => (now.kinds[b] ?? 0) - (now.kinds[a] ?? 0));
  const rare = knownKinds.length > 1 ? knownKinds.filter((each) => before.kinds[each] === 1).length : 0;
  const count = kind === undefined ? 0 : (now.kinds[kind] ?? 0);
  const isReplaced = knownKinds.every((each) => now.kinds[each] === undefined);
  return answer(question, 'kind', {
    evidence: {
      units: before.some,
      deviations: Math.min(rare, before.some),
      freshUnits: now.some,
      freshDeviations: count,
    },
    sessions: before.sessions,
    freshSessions: now.sessions,
    steadiness: steadiness.kinds,
    isOrdinary: kind !== undefined && known.hasKind(key, kind),
    rule: knownKinds.length === 0 ? 'type.filled' : isReplaced ? 'type.changed' : 'type.widened',
    argument: kind ?? '',
    expected: `${knownKinds.join(' or ') || 'null'} in ${before.some} answers`,
    observed: `${kind ?? ''} in ${count} of ${now.some}`,
    baseline: { count: 0, of: before.some },
    fresh: { count, of: now.some },
  });
}

/** Had all its strings one format, and has none of them it now? */
function askFormat(question: Question, before: FieldShape, now: FieldShape): Hypothesis | undefined {
  const formats = formatCounts(before);
  const [format] = formats.keys();
  const units = before.kinds.string ?? 0;
  if (format === undefined || format === 'text' || formats.get(format) !== units) return undefined;
  const freshUnits = now.kinds.string ?? 0;
  const [freshFormat = 'mixed formats'] = formatCounts(now).keys();
  const isGone = !formatCounts(now).has(format) && !question.clients.sendsNewKind(question.key, 'string');
  return answer(question, 'format', {
    evidence: { units, deviations: 0, freshUnits, freshDeviations: isGone ? freshUnits : 0 },
    sessions: before.sessions,
    freshSessions: now.sessions,
    steadiness: question.steadiness.kinds,
    rule: 'format.changed',
    argument: freshFormat,
    expected: `${format} in all ${units} answers`,
    observed: `${freshFormat} in all ${freshUnits}`,
    baseline: { count: units, of: units },
    fresh: { count: 0, of: freshUnits },
  });
}

/** Has a field with few values, seen often, one that it never had? */
function askValues(question: Question, before: FieldShape, now: FieldShape): Hypothesis | undefined {
  const { values } = before;
  if (values === undefined || !isClosed(before, values)) return undefined;
  const isNew = (value: string): boolean => !Object.hasOwn(values, value) && !question.clients.texts.has(value);
  const added = Object.entries(now.values ?? {}).filter(([value]) => isNew(value));
  const count = Math.min(
    now.some,
    added.reduce((sum, [, units]) => sum + units, 0),
  );
  const rare = Object.values(values).filter((units) => units === 1).length;
  const names = added.map(([value]) => value).join(', ');
  return answer(question, 'values', {
    evidence: {
      units: before.some,
      deviations: Math.min(rare, before.some),
      freshUnits: now.some,
      freshDeviations: count,
    },
    sessions: before.sessions,
    freshSessions: now.sessions,
    steadiness: 0,
    rule: 'enum.value-added',
    argument: names,
    expected: `one of ${Object.keys(values).join(', ')} in ${before.some} answers`,
    observed: `${names} in ${count} of ${now.some}`,
    baseline: { count: 0, of: before.some },
    fresh: { count, of: now.some },
  });
}

const ENUM_UNITS_MIN = 10;
const ENUM_UNITS_ENOUGH = 30;
const ENUM_VALUES_FEW = 12;

/** Few distinct values for how often they were seen, and no format that makes values. */
function isClosed(field: FieldShape, values: Readonly<Record<string, number>>): boolean {
  const distinct = Object.keys(values).length;
  if ([...formatCounts(field).keys()].some((format) => format !== 'text')) return false;
  if (field.some >= ENUM_UNITS_MIN && distinct * distinct < field.some) return true;
  return field.some >= ENUM_UNITS_ENOUGH && distinct <= ENUM_VALUES_FEW && distinct * 4 < field.some;
}

function formatCounts(field: FieldShape): ReadonlyMap<string, number> {
  return new Map(Object.entries(field.formats ?? {}));
}

/** Units in which an object occurred whose keys are fields. */
function objectUnits(shape: AnswerShape, path: string | undefined): number {
  const holder = path === undefined ? undefined : shape.fields[path];
  return holder?.isMap === true ? 0 : (holder?.kinds.object ?? 0);
}

interface Answer extends Omit<Change, 'service' | 'route' | 'status' | 'field'> {
  readonly rule: DriftRule;
  readonly evidence: Evidence;
  readonly sessions: number;
  readonly freshSessions: number;
  readonly steadiness: number;
  readonly isOrdinary?: boolean;
}

function answer({ pair, path, key }: Question, asked: string, found: Answer): Hypothesis {
  const { evidence, sessions, freshSessions, steadiness, isOrdinary = false, ...rest } = found;
  const { service, route, baseline } = pair;
  const hypothesis = {
    subject: [asked, service, route, baseline.status, baseline.outcome ?? '', path].join(' '),
    cause: `${asked} ${key}`,
    evidence,
    sessions,
    freshSessions,
    steadiness,
    // Which of its errors a route gives, and so what they look like, depends on what the client does wrong.
    isOrdinary: isOrdinary || baseline.status >= 400,
    isAboutRoute: false,
  };
  if (evidence.freshDeviations === 0) return hypothesis;
  return { ...hypothesis, change: { service, route, status: baseline.status, field: path, ...rest } };
}
