// Pass "shared counters": one sequence that several types draw from (issues and pull requests numbered together), and
// sequences that the making of another type advances without showing it.
import type { Generator } from '../../model/clone-model.ts';
import { isRead, isSuccess } from '../calls/call.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import type { Evidence } from '../evidence.ts';
import { birthsOf, fitSequence, sequenceOf, type Birth } from './generated.ts';
import { serviceCounters } from './service-counters.ts';
import { valueAt } from '../entities/sites.ts';
import { attributesAt } from '../timeline/timeline.ts';

export interface SharedCounter {
  readonly name: string;
  readonly attribute: string;
  /** Types that store the value drawn. */
  readonly types: readonly EntityDraft[];
  /** Types whose creation draws a value that nobody sees. */
  readonly consumers: readonly EntityDraft[];
  readonly generator: Generator;
  /** Every write to such an entity draws, not only its making. */
  readonly onWrite: boolean;
}

const FIT_MIN = 0.95;
const GAIN_MIN = 0.05;

export function inferSharedCounters(evidence: Evidence): SharedCounter[] {
  return findShared(evidence).filter((counter) => !isOfService(evidence, counter));
}

/** A counter of the whole service tells these numbers. */
function isOfService(evidence: Evidence, { attribute, types }: SharedCounter): boolean {
  const births = types.flatMap((type) => birthsOf(evidence, type));
  return serviceCounters(evidence).some(({ after }) => {
    const same = births.filter(({ life, at }) => valueAt(attributesAt(life, at), attribute) === after[at]);
    return same.length >= FIT_MIN * births.length;
  });
}

function findShared(evidence: Evidence): SharedCounter[] {
  const found: SharedCounter[] = writeCounters(evidence);
  const types = evidence.entities.types.filter((type) => birthsOf(evidence, type).length >= 2);
  for (const type of types)
    for (const attribute of type.fields) {
      if (found.some((counter) => counter.attribute === attribute && counter.types.includes(type))) continue;
      const own = numbered(evidence, type, attribute);
      if (own === undefined) continue;
      const alone = fitSequence(own, []);
      if (alone.fit >= FIT_MIN) continue;
      const shared =
        shareWith(evidence, type, attribute, own, types, alone.fit) ??
        consumedBy(evidence, type, attribute, own, types, alone.fit);
      if (shared !== undefined) found.push(shared);
    }
  return found;
}

/** Births with the number each got; undefined where any got none. */
function numbered(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
): { birth: Birth; value: number }[] | undefined {
  const births = birthsOf(evidence, type);
  const values = births.map((birth) => ({ birth, value: valueAt(attributesAt(birth.life, birth.at), attribute) }));
  return values.every(({ value }) => typeof value === 'number' && Number.isInteger(value))
    ? (values as { birth: Birth; value: number }[])
    : undefined;
}

function shareWith(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  own: readonly { birth: Birth; value: number }[],
  types: readonly EntityDraft[],
  alone: number,
): SharedCounter | undefined {
  for (const other of types) {
    if (other === type || !other.fields.has(attribute)) continue;
    const theirs = numbered(evidence, other, attribute);
    if (theirs === undefined || fitSequence(theirs, []).fit >= FIT_MIN) continue;
    const merged = [...own, ...theirs].sort((a, b) => a.birth.at - b.birth.at);
    const { fit, scope } = fitSequence(merged, []);
    if (fit < FIT_MIN || fit < alone + GAIN_MIN) continue;
    return {
      name: `${type.name}.${attribute}`,
      attribute,
      types: [type, other],
      consumers: [],
      generator: sequenceOf(merged, scope),
      onWrite: false,
    };
  }
  return undefined;
}

function consumedBy(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  own: readonly { birth: Birth; value: number }[],
  types: readonly EntityDraft[],
  alone: number,
): SharedCounter | undefined {
  for (const other of types) {
    if (other === type) continue;
    const { fit, scope } = fitSequence(own, birthsOf(evidence, other));
    if (fit < FIT_MIN || fit < alone + GAIN_MIN) continue;
    return {
      name: `${type.name}.${attribute}`,
      attribute,
      types: [type],
      consumers: [other],
      generator: sequenceOf(own, scope),
      onWrite: false,
    };
  }
  return undefined;
}

const WRITES_MIN = 8;

/** Numbers that grow by one with every write to any entity of the type (revisions of a store). */
function writeCounters(evidence: Evidence): SharedCounter[] {
  const found: SharedCounter[] = [];
  for (const type of evidence.entities.types)
    for (const attribute of type.fields) {
      const values = writtenValues(evidence, type, attribute);
      if (values.length < WRITES_MIN) continue;
      const steps = values.slice(1).map((value, at) => value - (values[at] as number));
      if (steps.filter((step) => step === 1).length < 0.7 * steps.length || steps.some((step) => step < 1)) continue;
      found.push({
        name: `${type.name}.${attribute}`,
        attribute,
        types: [type],
        consumers: [],
        generator: { kind: 'sequence', start: values[0] as number, step: 1 },
        onWrite: true,
      });
    }
  return found.filter((counter) => mostUpdated(evidence, counter));
}

/** The attribute as each write left it, in order; empty unless every write shows a whole number. */
function writtenValues(evidence: Evidence, type: EntityDraft, attribute: string): number[] {
  const values: number[] = [];
  for (const call of evidence.calls) {
    if (isRead(call) || !isSuccess(call)) continue;
    const own = (evidence.timeline.sightings[call.index] ?? []).filter(
      (sighting) => sighting.life.type === type && !sighting.isOld && evidence.entities.direct.has(sighting.site),
    );
    for (const sighting of own) {
      const value = sighting.shown[attribute];
      if (typeof value !== 'number' || !Number.isInteger(value)) return [];
      values.push(value);
    }
  }
  return values;
}

/** A number that only grows when things are made is their own sequence; this one grows with changes too. */
function mostUpdated(evidence: Evidence, counter: SharedCounter): boolean {
  const [type] = counter.types;
  return evidence.timeline.lives.some(
    (life) =>
      life.type === type && new Set(life.versions.map((version) => version.attributes[counter.attribute])).size > 1,
  );
}
