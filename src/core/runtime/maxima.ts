// The largest number that an attribute has among the living entities of a scope, followed through changes: generators that
// give one more need not look at every entity each time.
import type { Service } from '../model/clone-model.ts';
import { joinKey, keyPartText } from '../model/entity-key.ts';
import { memberOf, type JsonObject } from '../std/json.ts';
import type { PersistentMap } from '../std/persistent-map.ts';
import type { Entity, EntityStore } from './entity-store.ts';

/** What a `max-plus-one` generator looks at. */
export interface Maximum {
  /** Unique in the model. */
  readonly name: string;
  readonly attribute: string;
  /** Attributes that entities of one scope have in common. */
  readonly scope: readonly string[];
}

/** Largest numbers known, by maximum and scope. What is not known yet is not in it. */
export type Maxima = PersistentMap<number>;

/** The maxima that a service's generators follow in one entity type. */
export function maximaOf(service: Service, type: string): readonly Maximum[] {
  return Object.entries(service.generators).flatMap(([name, generator]) =>
    generator.kind === 'max-plus-one' && generator.type === type
      ? [{ name: `${service.name}\n${name}`, attribute: generator.attribute, scope: generator.scope ?? [] }]
      : [],
  );
}

/** Text of a scope, by the attributes of an entity in it. */
export function scopeTextOf(maximum: Maximum, attributes: JsonObject): string {
  return joinKey(maximum.scope.map((name) => keyPartText(memberOf(attributes, name)) ?? ''));
}

/** The largest number in a scope, and the maxima that know it from now on; `largest` is undefined in an empty scope. */
export function largestIn(
  maxima: Maxima,
  maximum: Maximum,
  scope: string,
  store: EntityStore,
): { readonly largest: number | undefined; readonly maxima: Maxima } {
  const name = `${maximum.name}\n${scope}`;
  const known = maxima.get(name);
  if (known !== undefined) return { largest: known, maxima };
  let largest: number | undefined;
  store.slots.forEach(({ attributes }) => {
    const number = numberOf(maximum, attributes);
    if (number === undefined || (largest !== undefined && number <= largest)) return;
    if (scopeTextOf(maximum, attributes) === scope) largest = number;
  });
  return { largest, maxima: largest === undefined ? maxima : maxima.set(name, largest) };
}

/** The maxima after one entity has changed, come or gone. When the largest goes, the next one has to be looked for. */
export function followChange(
  maxima: Maxima,
  followed: readonly Maximum[],
  before: Entity | undefined,
  after: Entity | undefined,
): Maxima {
  let next = maxima;
  for (const maximum of followed) {
    if (before !== undefined) {
      const name = nameIn(maximum, before.attributes);
      if (next.get(name) === numberOf(maximum, before.attributes)) next = next.delete(name);
    }
    if (after === undefined) continue;
    const name = nameIn(maximum, after.attributes);
    const known = next.get(name);
    const number = numberOf(maximum, after.attributes);
    if (known !== undefined && number !== undefined && number > known) next = next.set(name, number);
  }
  return next;
}

function nameIn(maximum: Maximum, attributes: JsonObject): string {
  return `${maximum.name}\n${scopeTextOf(maximum, attributes)}`;
}

function numberOf({ attribute }: Maximum, attributes: JsonObject): number | undefined {
  const value = memberOf(attributes, attribute);
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}
