// What all answers of one service have in common: envelopes, errors, times, spelling. Drawn once per service.
import type { Dice } from '../dice.ts';
import { capital, spell, type Casing, type Noun } from '../words.ts';

export type Members = Record<string, unknown>;

/** Sets a member, or takes it away when the value is undefined. */
export function put(members: Members, name: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(members, name);
  else members[name] = structuredClone(value);
}

/** What was wrong with a request, before it is put into the service's words. */
export interface Problem {
  readonly status: number;
  /** Machine word: `not_found`. */
  readonly code: string;
  readonly message: string;
  /** The members that are to blame. */
  readonly members?: readonly { readonly name: string; readonly message: string }[];
}

export interface Style {
  readonly casing: Casing;
  /** Prefix of all paths: `/api/v2`. */
  readonly base: string;
  readonly envelope: EnvelopeStyle;
  readonly list: ListStyle;
  readonly error: ErrorStyle;
  readonly time: TimeStyle;
  /** Words of a 404. */
  readonly notFound: (noun: Noun, id: string) => string;
}

export interface EnvelopeStyle {
  readonly name: string;
  /** The thing itself: flat members in, its structure out. */
  readonly shape: (noun: Noun, id: unknown, members: Members) => Members;
  /** The whole body of an answer that shows one. */
  readonly wrap: (noun: Noun, shaped: Members) => unknown;
  /** What a client sends. */
  readonly send: (noun: Noun, members: Members) => unknown;
  /** The members that a client sent. */
  readonly take: (noun: Noun, body: unknown) => Members;
  /** Names of members that only hold others. */
  readonly wrappers: (noun: Noun) => readonly string[];
}

const flat = (_noun: Noun, id: unknown, members: Members): Members => ({ id, ...members });
const same = (_noun: Noun, value: Members): unknown => value;
const asMembers = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
const takeAll = (_noun: Noun, body: unknown): Members => asMembers(body);

const PLAIN: EnvelopeStyle = { name: 'none', shape: flat, wrap: same, send: same, take: takeAll, wrappers: () => [] };

export const ENVELOPES: readonly EnvelopeStyle[] = [
  PLAIN,
  { ...PLAIN, name: 'data', wrap: (_noun, shaped) => ({ data: shaped }), wrappers: () => ['data'] },
  {
    ...PLAIN,
    name: 'named',
    wrap: ({ one }, shaped) => ({ [one]: shaped }),
    send: ({ one }, members) => ({ [one]: members }),
    take: ({ one }, body) => asMembers(asMembers(body)[one]),
    wrappers: ({ one }) => [one],
  },
  {
    ...PLAIN,
    name: 'ok',
    wrap: ({ one }, shaped) => ({ ok: true, [one]: shaped }),
    wrappers: ({ one }) => ['ok', one],
  },
  {
    name: 'JSON:API',
    shape: ({ many }, id, members) => ({ id: String(id), type: many, attributes: members }),
    wrap: (_noun, shaped) => ({ data: shaped }),
    send: ({ many }, members) => ({ data: { type: many, attributes: members } }),
    take: (_noun, body) => asMembers(asMembers(asMembers(body)['data'])['attributes']),
    wrappers: () => ['data', 'attributes', 'type'],
  },
  {
    ...PLAIN,
    name: 'properties',
    shape: (_noun, id, members) => ({ id, properties: members }),
    send: (_noun, members) => ({ properties: members }),
    take: (_noun, body) => asMembers(asMembers(body)['properties']),
    wrappers: () => ['properties'],
  },
];

export interface ListStyle {
  readonly name: string;
  /** `facts` are what the paging style tells about the whole list. */
  readonly wrap: (noun: Noun, shaped: readonly unknown[], facts: Members) => unknown;
  readonly hasRoom: boolean;
}

export const LISTS: readonly ListStyle[] = [
  { name: 'array', wrap: (_noun, shaped) => shaped, hasRoom: false },
  { name: 'items', wrap: (_noun, shaped, facts) => ({ items: shaped, ...facts }), hasRoom: true },
  { name: 'data', wrap: (_noun, shaped, facts) => ({ object: 'list', data: shaped, ...facts }), hasRoom: true },
  { name: 'named', wrap: ({ many }, shaped, facts) => ({ [many]: shaped, ...facts }), hasRoom: true },
  { name: 'meta', wrap: (_noun, shaped, facts) => ({ data: shaped, meta: facts }), hasRoom: true },
];

export type ErrorStyle = (problem: Problem) => unknown;

export const ERRORS: readonly ErrorStyle[] = [
  ({ message, members }) => ({ message, ...(members === undefined ? {} : { errors: byName(members) }) }),
  ({ code, message, members }) => ({
    error: { code, message, ...(members === undefined ? {} : { details: members.map(fieldOf) }) },
  }),
  ({ status, code, message, members }) => ({
    errors: (members ?? [{ name: '', message }]).map(({ name, message: detail }) => ({
      status: String(status),
      title: code,
      detail,
      ...(name === '' ? {} : { source: { pointer: `/data/attributes/${name}` } }),
    })),
  }),
  ({ code, message, members }) => ({
    ok: false,
    error: code,
    ...(members === undefined ? {} : { fields: members.map(({ name }) => name) }),
    detail: message,
  }),
  ({ status, code, message, members }) => ({
    type: `https://errors.example/${code}`,
    title: code,
    status,
    detail: message,
    ...(members === undefined ? {} : { 'invalid-params': members.map(fieldOf) }),
  }),
];

const fieldOf = ({ name, message }: { readonly name: string; readonly message: string }): Members => ({
  field: name,
  message,
});
const byName = (members: NonNullable<Problem['members']>): Members =>
  Object.fromEntries(members.map(({ name, message }) => [name, [message]]));

export interface TimeStyle {
  readonly name: string;
  readonly print: (ms: number) => string | number;
  readonly created: string;
  readonly updated: string | undefined;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const TIMES: readonly Pick<TimeStyle, 'name' | 'print'>[] = [
  { name: 'ISO, milliseconds', print: iso },
  { name: 'ISO, seconds', print: (ms) => `${iso(ms).slice(0, 19)}Z` },
  { name: 'ISO, offset', print: (ms) => `${iso(ms).slice(0, 19)}+00:00` },
  { name: 'epoch seconds', print: (ms) => Math.floor(ms / 1000) },
  { name: 'epoch milliseconds', print: (ms) => ms },
];

export function drawStyle(dice: Dice): Style {
  const casing = dice.pick(['snake', 'camel'] as const);
  const envelope = dice.pick([PLAIN, ...ENVELOPES]);
  const times = dice.pick([
    { created: 'created at', updated: 'updated at' },
    { created: 'created', updated: 'modified' },
    { created: 'date created', updated: undefined },
  ]);
  return {
    casing,
    base: dice.pick(['', '', '/api', '/v1', '/api/v2']),
    envelope,
    list: envelope.name === 'JSON:API' ? (LISTS.at(-1) as ListStyle) : dice.pick(LISTS),
    error: dice.pick(ERRORS),
    time: {
      ...dice.pick(TIMES),
      created: spell(times.created, casing),
      updated: times.updated === undefined ? undefined : spell(times.updated, casing),
    },
    notFound: dice.pick<Style['notFound']>([
      () => 'Not Found',
      ({ one }) => `${capital(one)} not found`,
      ({ one }, id) => `No ${one} with id '${id}'`,
      () => 'The requested resource does not exist.',
    ]),
  };
}
