// Pure functions over objects. None changes its argument.
import { isArray, isObject, putMember, type Json, type JsonObject } from '../std/json.ts';
import type { PureFunction } from './expression-functions.ts';
import type { Value } from './expression.ts';

/** Members of the later objects over those of the earlier; what is no object is passed over. Missing when none is. */
function merge(args: readonly Value[]): Value {
  const objects = args.filter(isObject);
  if (objects.length < 2) return objects[0];
  const merged: Record<string, Json> = {};
  for (const object of objects) for (const key of Object.keys(object)) putMember(merged, key, object[key] as Json);
  return merged;
}

/** RFC 7396: null deletes, objects merge, anything else replaces. */
function mergePatch(target: Value, patch: Value): Value {
  if (patch === undefined) return target;
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = {};
  const base: JsonObject = isObject(target) ? target : {};
  for (const key of Object.keys(base))
    if (!Object.hasOwn(patch, key)) putMember(merged, key, base[key] as Json);
    else if (patch[key] !== null) putMember(merged, key, mergePatch(base[key], patch[key]) as Json);
  for (const key of Object.keys(patch)) {
    if (!Object.hasOwn(base, key) && patch[key] !== null)
      putMember(merged, key, mergePatch(undefined, patch[key]) as Json);
  }
  return merged;
}

const POINTER_DEPTH_MAX = 8;

/**
 * The members that a JSON Patch (RFC 6902) writes, inside each other where its pointers lead inside; null for what it
 * removes. Elements of lists have no member name, so operations on them are passed over. Missing for what is no patch.
 */
export function patchMembers(patch: Value): Value {
  if (!isArray(patch) || patch.length === 0 || !patch.every(isOperation)) return undefined;
  let written: JsonObject = {};
  for (const { op, path, value } of patch as readonly unknown[] as readonly Operation[]) {
    const names = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const isMember =
      names.length > 0 && names.length <= POINTER_DEPTH_MAX && !names.some((part) => /^(\d+|-)$/.test(part));
    if (!isMember || !/^(add|replace|remove)$/.test(op)) continue;
    written = withMember(written, names, op === 'remove' ? null : (value ?? null));
  }
  return written;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: Json;
}

const isOperation = (element: Json): boolean =>
  isObject(element) && typeof element['op'] === 'string' && typeof element['path'] === 'string';

function withMember(object: JsonObject, [name = '', ...inner]: readonly string[], value: Json): JsonObject {
  const own = Object.hasOwn(object, name) ? object[name] : undefined;
  const changed: Record<string, Json> = { ...object };
  putMember(changed, name, inner.length === 0 ? value : withMember(isObject(own) ? own : {}, inner, value));
  return changed;
}

/** The members whose key the test holds for, in their order. */
function select(object: JsonObject, test: (key: string) => boolean): JsonObject {
  const selected: Record<string, Json> = {};
  for (const key of Object.keys(object)) if (test(key)) putMember(selected, key, object[key] as Json);
  return selected;
}

function pickOrOmit(object: Value, names: Value, pick: boolean): Value {
  if (!isObject(object)) return undefined;
  const keys = isArray(names) ? new Set(names) : new Set([names]);
  return select(object, (key) => keys.has(key) === pick);
}

/** The object with that member in its place (a new one comes last), or without it when the value is missing. */
function set(object: Value, key: Value, value: Value): Value {
  if (!isObject(object) || typeof key !== 'string') return undefined;
  if (value === undefined) return select(object, (name) => name !== key);
  const changed: Record<string, Json> = {};
  for (const name of Object.keys(object)) putMember(changed, name, object[name] as Json);
  putMember(changed, key, value);
  return changed;
}

function ofObject(make: (object: JsonObject) => Value): PureFunction {
  return { least: 1, most: 1, apply: (value) => (isObject(value) ? make(value) : undefined) };
}

export const objectFunctions: Readonly<Record<string, PureFunction>> = {
  keys: ofObject((object) => Object.keys(object)),
  values: ofObject((object) => Object.values(object)),
  entries: ofObject((object) => Object.entries(object).map(([key, value]) => ({ key, value }))),
  merge: { least: 1, applyAll: merge },
  mergePatch: { least: 2, most: 2, apply: mergePatch },
  patchMembers: { least: 1, most: 1, apply: patchMembers },
  omit: { least: 2, most: 2, apply: (object, names) => pickOrOmit(object, names, false) },
  pick: { least: 2, most: 2, apply: (object, names) => pickOrOmit(object, names, true) },
  set: { least: 2, most: 3, apply: set },
};
