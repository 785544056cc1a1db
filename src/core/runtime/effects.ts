// What a rule does to the world. All effects of a rule happen or none: they change a draft that is thrown away when one
// cannot be done.
import { eachElementsMax } from '../std/limits.ts';
import { isTrue, type Scope, type Value } from '../model/expression.ts';
import { equalJson, isArray, isObject, putMember, type Json, type JsonObject } from '../std/json.ts';
import { isEntity, storedValue, UNTOLD, type EntityObject } from './entity-object.ts';
import type { StepHost } from './host.ts';
import type { LoadedType } from './loaded-type.ts';
import type { LoadedEffect, NamedTemplate } from './loaded-rule.ts';
import type { Entity } from './entity-store.ts';
import { ifKnown, UnknownTransition } from './unknown.ts';

/** Draws of a generator for one key: a scope that begins full of seeded entities takes one for each. */
const KEY_DRAWS_MAX = 100_000;

type Draft = Record<string, Json>;

/**
 * Runs effects in order. Names in `scope` that hold entities see each change, except those in `kept`; `it` and the name of a
 * create effect are added.
 * An effect on what is not there does nothing. Throws UnknownTransition when an entity would have no key.
 */
export function runEffects(
  effects: readonly LoadedEffect[],
  scope: Scope,
  host: StepHost,
  kept: ReadonlySet<string> = new Set(),
): void {
  for (const loaded of effects) {
    const { effect } = loaded;
    const version = host.draft.version;
    switch (effect.kind) {
      case 'create':
        if (loaded.when === undefined || isTrue(loaded.when.evaluate(scope, host)))
          create(loaded, effect.as, scope, host);
        break;
      case 'merge':
      case 'replace':
        change(loaded, effect.kind, scope[effect.target], effect.keep ?? [], scope, host);
        break;
      case 'each':
        runForEach(loaded, effect.as, scope, host, kept);
        break;
      case 'delete':
        remove(scope[effect.target], host);
        break;
      case 'delete-where':
        for (const row of rowsWhere(loaded, scope, host)) remove(row, host);
        break;
      case 'merge-where':
        for (const row of rowsWhere(loaded, scope, host)) change(loaded, 'merge', row, [], scope, host);
        break;
    }
    if (host.draft.version !== version) refresh(scope, host, kept);
  }
}

function runForEach(
  { list, inner }: LoadedEffect,
  as: string,
  scope: Scope,
  host: StepHost,
  kept: ReadonlySet<string>,
): void {
  const elements = list?.evaluate(scope, host);
  const outer = scope[as];
  if (!isArray(elements)) return;
  if (elements.length > eachElementsMax)
    throw new UnknownTransition(`an effect is for ${elements.length} elements, of at most ${eachElementsMax}`);
  try {
    for (const element of elements) {
      scope[as] = element;
      runEffects(inner, scope, host, kept);
    }
  } finally {
    scope[as] = outer;
  }
}

/** In templates of `set`, `it` is the entity under construction: scope attributes (`$…`) come first, then the order of `set`. */
function create(loaded: LoadedEffect, as: string, scope: Scope, host: StepHost): void {
  const type = loaded.type as LoadedType;
  let attributes = newAttributes(loaded, type, scope, host);
  let key = host.draft.keyOf(type, attributes);
  // A generated key that is taken is drawn again, as long as drawing gives other keys.
  for (
    let draws = 1;
    key !== undefined && draws < KEY_DRAWS_MAX && host.draft.withKey(type, key) !== undefined;
    draws += 1
  ) {
    for (const { name, expression } of loaded.drawn) scope[name] = expression.evaluate(scope, host);
    attributes = newAttributes(loaded, type, scope, host);
    const next = host.draft.keyOf(type, attributes);
    if (next === key) break;
    key = next;
  }
  if (key === undefined) {
    throw new UnknownTransition(`a new ${type.name} has no value for its key ${type.key.name}`);
  }
  scope['it'] = scope[as] = host.objectOf(type, host.draft.insert(type, key, attributes));
}

function newAttributes(loaded: LoadedEffect, type: LoadedType, scope: Scope, host: StepHost): JsonObject {
  const attributes: Draft = {};
  const from = loaded.from?.evaluate(scope, host);
  if (isObject(from)) {
    for (const name of storableNames(from, type)) putMember(attributes, name, storedValue(from[name] as Json));
  }
  scope['it'] = attributes;
  const inOrder = [...loaded.set.filter(isScopeAttribute), ...loaded.set.filter((one) => !isScopeAttribute(one))];
  for (const { name, template } of inOrder) {
    const value = template.render(scope, host);
    if (value !== undefined && !type.derived.has(name)) putMember(attributes, name, storedValue(value));
  }
  return attributes;
}

function isScopeAttribute({ name }: NamedTemplate): boolean {
  return name.startsWith('$');
}

/** In templates of `set`, `it` is the entity as it was before. */
function change(
  loaded: LoadedEffect,
  kind: 'merge' | 'replace',
  target: Value,
  keep: readonly string[],
  scope: Scope,
  host: StepHost,
): void {
  const found = host.resolve(target);
  if (found === undefined) return;
  const { type, entity } = found;
  const outer = scope['it'];
  if (loaded.readsIt) scope['it'] = host.objectOf(type, entity);
  const from = loaded.from?.evaluate(scope, host);
  const given = isObject(from) ? from : {};
  const attributes = kind === 'merge' ? merged(entity, given, keep, type) : replaced(entity, given, keep, type);
  for (const { name, template } of loaded.set) {
    const value = template.render(scope, host);
    if (value !== undefined && !type.derived.has(name)) putMember(attributes, name, storedValue(value));
  }
  scope['it'] = outer;
  if (!equalJson(attributes, entity.attributes)) host.replace(type, entity, attributes);
}

function merged(entity: Entity, given: JsonObject, keep: readonly string[], type: LoadedType): Draft {
  const attributes: Draft = { ...entity.attributes };
  for (const name of storableNames(given, type)) {
    if (!keep.includes(name)) putMember(attributes, name, storedValue(given[name] as Json));
  }
  return attributes;
}

/** What is given, with the old values of scope attributes, of the key and of the names to keep. */
function replaced(entity: Entity, given: JsonObject, keep: readonly string[], type: LoadedType): Draft {
  const attributes: Draft = {};
  const isKept = (name: string): boolean => keep.includes(name) && Object.hasOwn(entity.attributes, name);
  for (const name of storableNames(given, type)) {
    putMember(attributes, name, isKept(name) ? (entity.attributes[name] as Json) : storedValue(given[name] as Json));
  }
  const keyNames = type.key.paths.map((path) => path[0] as string);
  for (const name of Object.keys(entity.attributes)) {
    if (Object.hasOwn(attributes, name) || name === UNTOLD) continue;
    if (name.startsWith('$') || keyNames.includes(name) || keep.includes(name)) {
      putMember(attributes, name, entity.attributes[name] as Json);
    }
  }
  return attributes;
}

/** Members that may become attributes: neither hidden ones, which clients must not set, nor derived ones. */
function storableNames(given: JsonObject, type: LoadedType): readonly string[] {
  return Object.keys(given).filter(
    (name) => !name.startsWith('$') && !type.derived.has(name) && given[name] !== undefined,
  );
}

function remove(target: Value, host: StepHost): void {
  const found = host.resolve(target);
  if (found !== undefined) host.draft.remove(found.type, found.entity);
}

/** Found before the first change, so that one change cannot hide or reveal another row. Of what is not known nothing is done. */
function rowsWhere(loaded: LoadedEffect, scope: Scope, host: StepHost): readonly EntityObject[] {
  const outer = scope['x'];
  const rows = host.rows(loaded.type as LoadedType).filter((row) => {
    scope['x'] = row;
    return loaded.where === undefined || ifKnown(() => isTrue(loaded.where?.evaluate(scope, host))) === true;
  });
  scope['x'] = outer;
  return rows;
}

/** Names that hold an entity hold it as it is now, apart from those kept; a deleted one keeps its last attributes. */
function refresh(scope: Scope, host: StepHost, kept: ReadonlySet<string>): void {
  for (const name of Object.keys(scope)) {
    if (kept.has(name)) continue;
    const value = scope[name];
    if (isEntity(value)) scope[name] = host.deref(value) ?? value;
  }
}
