// From the bodies of a route's answers to counts per field: presence, kinds, formats and few values, in units of evidence.
import { enumTextLengthMax, enumValuesMax } from '../std/limits.ts';
import { profileBodies, splitMemberPath, type FieldProfile, type Kind } from './body-profile.ts';
import type { Answered, FieldShape } from './shapes.ts';
import type { TextFormat } from './text-format.ts';

interface Counts {
  readonly holder: string | undefined;
  some: number;
  every: number;
  objects: number;
  readonly sessions: Set<string>;
  readonly kinds: Map<Kind, number>;
  readonly formats: Map<TextFormat, number>;
  /** Undefined once there were too many. */
  values: Map<string, number> | undefined;
}

type FieldCounts = Map<string, Counts>;

/** Fields by path, sorted by path. */
export function countFields(answered: readonly Answered[]): Readonly<Record<string, FieldShape>> {
  const fields: FieldCounts = new Map();
  for (const { session, bodies } of answered) {
    const profile = profileBodies(bodies);
    for (const [path, field] of profile) {
      const holder = field.holder === undefined ? undefined : profile.get(field.holder);
      count(
        countsOf(fields, path, field.holder),
        field,
        session,
        holder === undefined || holder.objects === field.present,
      );
    }
  }
  const maps = mapPaths(fields);
  const shapes = [...fields]
    .filter(([path]) => !isInMap(maps, path))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, counts]) => [path, fieldShape(counts, fields, maps.has(path))] as const);
  return Object.fromEntries(shapes);
}

function countsOf(fields: FieldCounts, path: string, holder: string | undefined): Counts {
  const known = fields.get(path);
  if (known !== undefined) return known;
  const fresh: Counts = {
    holder,
    some: 0,
    every: 0,
    objects: 0,
    sessions: new Set(),
    kinds: new Map(),
    formats: new Map(),
    values: new Map(),
  };
  fields.set(path, fresh);
  return fresh;
}

/** Adds one unit of evidence; `everywhere`: every object that could hold the field did. */
function count(counts: Counts, field: FieldProfile, session: string, everywhere: boolean): void {
  counts.some += 1;
  if (everywhere) counts.every += 1;
  if (field.objects > 0) counts.objects += 1;
  counts.sessions.add(session);
  for (const kind of field.kinds) increase(counts.kinds, kind);
  const [format] = field.formats;
  if (format !== undefined && field.formats.size === 1) increase(counts.formats, format);
  for (const text of field.texts) {
    if (text.length > enumTextLengthMax) counts.values = undefined;
    if (counts.values === undefined) break;
    increase(counts.values, text);
    if (counts.values.size > enumValuesMax) counts.values = undefined;
  }
}

function fieldShape(counts: Counts, fields: FieldCounts, isMap: boolean): FieldShape {
  const { some, every, sessions, kinds, formats, values } = counts;
  const of = counts.holder === undefined ? some : (fields.get(counts.holder)?.objects ?? some);
  return {
    of,
    some,
    every,
    sessions: sessions.size,
    kinds: sorted(kinds),
    ...(formats.size === 0 ? {} : { formats: sorted(formats) }),
    ...(values === undefined || values.size === 0 ? {} : { values: sorted(values) as Record<string, number> }),
    ...(isMap ? { isMap } : {}),
  };
}

const VALUE_LIKE_KEY = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d{4}-\d\d-\d\d.*)$/i;
const MAP_KEYS_MIN = 24;

/** Objects whose keys are values: all of them look like ids or dates, or there are many and most are rare. */
function mapPaths(fields: FieldCounts): ReadonlySet<string> {
  const members = new Map<string, { keys: string[]; rare: number }>();
  for (const [path, { holder, some }] of fields) {
    if (holder === undefined) continue;
    const entry = members.get(holder) ?? { keys: [], rare: 0 };
    entry.keys.push(splitMemberPath(path)?.key ?? '');
    if (some * 4 < (fields.get(holder)?.objects ?? 0)) entry.rare += 1;
    members.set(holder, entry);
  }
  const isMap = ({ keys, rare }: { keys: string[]; rare: number }): boolean =>
    keys.every((key) => VALUE_LIKE_KEY.test(key)) || (keys.length >= MAP_KEYS_MIN && rare * 2 > keys.length);
  return new Set([...members].filter(([, entry]) => isMap(entry)).map(([path]) => path));
}

/** Whether a path leads into one of these maps. */
function isInMap(maps: ReadonlySet<string>, path: string): boolean {
  for (const map of maps) {
    if (path.length > map.length && path.startsWith(map) && (map === '' || /[.[]/.test(path[map.length] ?? '')))
      return true;
  }
  return false;
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted<K extends string>(counts: ReadonlyMap<K, number>): Partial<Record<K, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) as Partial<Record<K, number>>;
}
