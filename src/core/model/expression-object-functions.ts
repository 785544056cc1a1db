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
  omit: { least: 2, most: 2, apply: (object, names) => pickOrOmit(object, names, false) },
  pick: { least: 2, most: 2, apply: (object, names) => pickOrOmit(object, names, true) },
  set: { least: 2, most: 3, apply: set },
};
