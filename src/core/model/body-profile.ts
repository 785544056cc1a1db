// What one answer's body, or several bodies of one and the same question, look like field by field: how many objects there
// were, how many of them had the field, and of which kinds and formats its values were. Array indexes are all one: `items[].id`.
import { isArray, isObject, RawNumber, type Json } from '../std/json.ts';
import { profileDepthMax, profileFieldsMax } from '../std/limits.ts';
import { textFormat, type TextFormat } from './text-format.ts';

export type Kind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

export interface FieldProfile {
  /** Path of the object that holds the field; undefined for elements of arrays and for the body itself. */
  readonly holder: string | undefined;
  /** How often a value stood there. */
  readonly present: number;
  readonly kinds: ReadonlySet<Kind>;
  /** Formats of its strings. */
  readonly formats: ReadonlySet<TextFormat>;
  /** Its strings. */
  readonly texts: ReadonlySet<string>;
  /** How many of its values were objects. */
  readonly objects: number;
}

/** Fields by path; the body itself has the path ''. */
export type BodyProfile = ReadonlyMap<string, FieldProfile>;

interface Draft {
  holder: string | undefined;
  present: number;
  objects: number;
  kinds: Set<Kind>;
  formats: Set<TextFormat>;
  texts: Set<string>;
}

/** Path of a member: `owner.login`, `labels["odd key"]`. */
export function memberPath(path: string, key: string): string {
  if (!/^(?!__)[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The holder's path and the key of a member's path; undefined for the body itself and for elements of arrays. */
export function splitMemberPath(path: string): { readonly holder: string; readonly key: string } | undefined {
  const quoted = /^(.*?)\[("(?:[^"\\]|\\.)*")\]$/s.exec(path);
  if (quoted !== null) return { holder: quoted[1] ?? '', key: JSON.parse(quoted[2] ?? '""') as string };
  const plain = /^(?:(.*)\.)?([A-Za-z_$][\w$-]*)$/s.exec(path);
  return plain === null ? undefined : { holder: plain[1] ?? '', key: plain[2] ?? '' };
}

/** Path of the elements of an array. */
export function elementPath(path: string): string {
  return `${path}[]`;
}

/** Fields beyond `profileFieldsMax` and deeper than `profileDepthMax` are left out. */
export function profileBodies(bodies: readonly Json[]): BodyProfile {
  const profile = new Map<string, Draft>();
  for (const body of bodies) observe(profile, '', undefined, body, 0);
  return profile;
}

function observe(
  profile: Map<string, Draft>,
  path: string,
  holder: string | undefined,
  value: Json,
  depth: number,
): void {
  let field = profile.get(path);
  if (field === undefined) {
    if (profile.size >= profileFieldsMax) return;
    field = { holder, present: 0, objects: 0, kinds: new Set(), formats: new Set(), texts: new Set() };
    profile.set(path, field);
  }
  field.present += 1;
  field.kinds.add(kindOf(value));
  if (typeof value === 'string') {
    field.texts.add(value);
    field.formats.add(textFormat(value));
  }
  if (isObject(value)) field.objects += 1;
  if (depth >= profileDepthMax) return;
  if (isArray(value)) for (const element of value) observe(profile, elementPath(path), undefined, element, depth + 1);
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) observe(profile, memberPath(path, key), path, member, depth + 1);
  }
}

export function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (value instanceof RawNumber) return 'number';
  return typeof value as 'string' | 'number' | 'boolean' | 'object';
}
