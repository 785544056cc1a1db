// The functions that expressions call and a world answers. docs/formats/expressions.md says what each gives.
import { keyPartText } from '../model/entity-key.ts';
import type { Value } from '../model/expression.ts';
import { formatTime } from '../std/clock.ts';
import { isArray } from '../std/json.ts';
import { tupleTextOf } from './attribute-path.ts';
import { Ref, type EntityObject } from './entity-object.ts';
import type { Entity } from './entity-store.ts';
import { nextValue } from './generators.ts';
import type { StepHost } from './host.ts';
import type { LoadedType } from './loaded-type.ts';

type WorldFunction = (host: StepHost, args: readonly Value[]) => Value;

/** By name as expressions call them; `$view` is how templates do. */
export const WORLD_FUNCTIONS: ReadonlyMap<string, WorldFunction> = new Map<string, WorldFunction>([
  ['entity', (host, [type, ...key]) => entityByKey(host, type, key)],
  ['find', (host, [type, names, values]) => findByTuple(host, type, names, values)],
  [
    'exists',
    (host, [type, ...rest]) =>
      (isArray(rest[1]) ? findByTuple(host, type, rest[0], rest[1]) : entityByKey(host, type, rest)) !== undefined,
  ],
  [
    'deleted',
    (host, [name, ...key]) => {
      const type = typeOf(host, name);
      const text = type === undefined ? undefined : keyTextOf(type, key);
      return type !== undefined && text !== undefined && host.draft.isDeleted(type, text);
    },
  ],
  [
    'rows',
    (host, [name, names, values]) => {
      const type = typeOf(host, name);
      if (type === undefined || names === undefined) return type === undefined ? undefined : host.rows(type);
      const text = tupleTextOf(isArray(values) ? values : [values]);
      return typeof names !== 'string' || text === undefined ? [] : host.rowsWith(type, names, text);
    },
  ],
  [
    'ref',
    (host, [first, ...key]) => refTo(typeof first === 'string' ? entityByKey(host, first, key) : host.deref(first)),
  ],
  ['deref', (host, [value]) => host.deref(value)],
  ['view', (host, [name, value]) => (typeof name === 'string' ? host.view(name, value) : undefined)],
  ['$view', (host, [name, value]) => (typeof name === 'string' ? host.view(name, value) : undefined)],
  ['now', (host, [format = 'iso-ms']) => (typeof format === 'string' ? formatTime(host.time, format) : undefined)],
  ['gen', (host, [name, ...scope]) => (typeof name === 'string' ? nextValue(host, name, scope) : undefined)],
]);

function typeOf(host: StepHost, name: Value): LoadedType | undefined {
  return typeof name === 'string' ? host.service.types.get(name) : undefined;
}

function refTo(entity: EntityObject | undefined): Value {
  return entity === undefined ? undefined : new Ref(entity.$type, entity.$key);
}

function entityByKey(host: StepHost, name: Value, key: readonly Value[]): EntityObject | undefined {
  const type = typeOf(host, name);
  const text = type === undefined ? undefined : keyTextOf(type, key);
  const entity = type === undefined || text === undefined ? undefined : entityNamed(host, type, text);
  return type === undefined || entity === undefined ? undefined : host.objectOf(type, entity);
}

/** The parts of a key as arguments or as one list; or, for a key of several parts, its text. */
function keyTextOf(type: LoadedType, args: readonly Value[]): string | undefined {
  const first = args[0];
  const parts = args.length === 1 && isArray(first) ? first : args;
  if (parts.length === 1 && type.key.paths.length > 1) return keyPartText(first);
  return parts.length === type.key.paths.length ? tupleTextOf(parts) : undefined;
}

/** By its key; or by what references and `$key` hold, which differs from it after a change of the key. */
function entityNamed(host: StepHost, type: LoadedType, text: string): Entity | undefined {
  return host.draft.withKey(type, text) ?? host.draft.withId(type, text);
}

/** `find(type, "attribute,attribute", [value, value])`: by an index where the model has that tuple, else by looking. */
function findByTuple(host: StepHost, typeName: Value, names: Value, values: Value): EntityObject | undefined {
  const type = typeOf(host, typeName);
  if (type === undefined || typeof names !== 'string') return undefined;
  const text = tupleTextOf(isArray(values) ? values : [values]);
  if (text === undefined) return undefined;
  const tuple = [type.key, ...type.tuples].find(({ name }) => name === names);
  if (tuple === undefined) return host.rowsWith(type, names, text)[0];
  const entity = host.draft.withTuple(type, tuple, text);
  return entity === undefined ? undefined : host.objectOf(type, entity);
}
