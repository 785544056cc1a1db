// The functions that expressions call and a world answers. docs/formats/expressions.md says what each gives.
import { keyPartText } from '../model/entity-key.ts';
import type { Value } from '../model/expression.ts';
import { formatTime } from '../std/clock.ts';
import { base64UrlEncode } from '../std/encoding.ts';
import { hmacSha256 } from '../std/hashing.ts';
import { isArray, isObject, printJson } from '../std/json.ts';
import { tupleTextOf } from './attribute-path.ts';
import { callExtern } from './externs.ts';
import { Ref, type EntityObject } from './entity-object.ts';
import { lastValue, nextValue } from './generators.ts';
import type { StepHost } from './host.ts';
import type { LoadedType } from './loaded-type.ts';
import { UnknownTransition } from './unknown.ts';

type WorldFunction = (host: StepHost, args: readonly Value[]) => Value;

/** By name as expressions call them; `$view` is how templates do. */
export const WORLD_FUNCTIONS: ReadonlyMap<string, WorldFunction> = new Map<string, WorldFunction>([
  ['entity', ofType(entityByKey)],
  ['find', ofType((host, type, [names, values]) => rowsByTuple(host, type, names, values)[0])],
  ['exists', ofType(exists)],
  ['ref', (host, [first, ...key]) => refTo(typeof first === 'string' ? entityOf(host, first, key) : host.deref(first))],
  ['deref', (host, [value]) => host.deref(value)],
  [
    'rows',
    ofType((host, type, [names, values]) =>
      names === undefined ? host.rows(type) : rowsByTuple(host, type, names, values),
    ),
  ],
  ['free', ofType(freeName)],
  ['deleted', ofType(isDeleted)],
  ['sign', sign],
  ['view', view],
  ['$view', view],
  ['now', (host, [format = 'iso-ms']) => (typeof format === 'string' ? formatTime(host.time, format) : undefined)],
  ['gen', (host, [name, ...scope]) => (typeof name === 'string' ? nextValue(host, name, scope) : undefined)],
  ['unknown', () => unknownValue()],
  ['extern', (host, args) => callExtern(host.service.externs, args)],
  ['counter', (host, [name, ...scope]) => (typeof name === 'string' ? lastValue(host, name, scope) : undefined)],
]);

function unknownValue(): never {
  throw new UnknownTransition('the answer rests on state of the recorded world that no rule explains');
}

/** Those whose values follow from entities alone: what they looked at is known to the draft. */
export const FOLLOWED_FUNCTIONS: ReadonlySet<string> = new Set([
  'entity',
  'find',
  'exists',
  'ref',
  'deref',
  'rows',
  'free',
  'deleted',
  'view',
  '$view',
]);

/** A function whose first argument names an entity type; missing for a name that is none. */
function ofType(apply: (host: StepHost, type: LoadedType, args: readonly Value[]) => Value): WorldFunction {
  return (host, [name, ...args]) => {
    const type = typeof name === 'string' ? host.service.types.get(name) : undefined;
    return type === undefined ? undefined : apply(host, type, args);
  };
}

/** The original's key is not known; clients that only pass a token on never miss it. */
function sign(host: StepHost, [header, claims]: readonly Value[]): Value {
  const [head, body] = [header, claims].map((part) => (isObject(part) ? base64UrlEncode(printJson(part)) : undefined));
  if (head === undefined || body === undefined) return undefined;
  const key = `${host.draft.seed}\n${host.service.name}\nsigning key`;
  return `${head}.${body}.${base64UrlEncode(hmacSha256(key, `${head}.${body}`))}`;
}

function view(host: StepHost, [name, entity]: readonly Value[]): Value {
  return typeof name === 'string' ? host.renderer.view(name, entity) : undefined;
}

/** By its key; or by what references and `$key` hold, which differs from it after a change of the key. */
function entityByKey(host: StepHost, type: LoadedType, key: readonly Value[]): EntityObject | undefined {
  const text = keyTextOf(type, key);
  if (text === undefined) return undefined;
  const entity = host.draft.withKey(type, text) ?? host.draft.withId(type, text);
  return entity === undefined ? undefined : host.objectOf(type, entity);
}

function entityOf(host: StepHost, name: string, key: readonly Value[]): EntityObject | undefined {
  const type = host.service.types.get(name);
  return type === undefined ? undefined : entityByKey(host, type, key);
}

function refTo(entity: EntityObject | undefined): Value {
  return entity === undefined ? undefined : new Ref(entity.$type, entity.$key);
}

/** Is there an entity with that key, or (`names`, list of values) with those values? */
function exists(host: StepHost, type: LoadedType, args: readonly Value[]): boolean {
  if (isArray(args[1])) return rowsByTuple(host, type, args[0], args[1]).length > 0;
  const text = keyTextOf(type, args);
  return text !== undefined && host.draft.withKey(type, text) !== undefined;
}

function isDeleted(host: StepHost, type: LoadedType, key: readonly Value[]): boolean {
  const text = keyTextOf(type, key);
  return text !== undefined && host.draft.isDeleted(type, text);
}

/** The text as it is where no living entity has it under the attribute, else with 2, 3 … behind the separator. */
function freeName(host: StepHost, type: LoadedType, [attribute, text, separator]: readonly Value[]): Value {
  if (typeof attribute !== 'string' || typeof text !== 'string' || typeof separator !== 'string') return undefined;
  const isTaken = (name: string): boolean => rowsByTuple(host, type, attribute, name).length > 0;
  let name = text;
  for (let number = 2; isTaken(name); number++) name = `${text}${separator}${number}`;
  return name;
}

/** The parts of a key as arguments or as one list; or, for a key of several parts, its text. */
function keyTextOf(type: LoadedType, args: readonly Value[]): string | undefined {
  const [first] = args;
  const parts = args.length === 1 && isArray(first) ? first : args;
  if (parts.length === 1 && type.key.paths.length > 1) return keyPartText(first);
  return parts.length === type.key.paths.length ? tupleTextOf(parts) : undefined;
}

/** `names` are attributes divided by commas; `values` theirs, as a list or alone. */
function rowsByTuple(host: StepHost, type: LoadedType, names: Value, values: Value): readonly EntityObject[] {
  const text = tupleTextOf(isArray(values) ? values : [values]);
  if (typeof names !== 'string' || text === undefined) return [];
  const tuple = [type.key, ...type.tuples].find(({ name }) => name === names);
  if (tuple === undefined) return host.rowsWith(type, names, text);
  return host.draft.allWithTuple(type, tuple, text).map((entity) => host.objectOf(type, entity));
}
