import { describe, expect, it } from 'vitest';
import { compareFields, type Surroundings } from '../../../src/core/drift/field-changes.ts';
import type { FieldShape } from '../../../src/core/model/shapes.ts';
import { answer, changesIn, field, surroundings } from '../../support/drift-shapes.ts';

type Fields = Readonly<Record<string, FieldShape>>;

function compare(before: Fields, now: Fields, more: Partial<Surroundings> = {}): ReturnType<typeof compareFields> {
  const pair = { service: 'api', route: 'items.get', baseline: answer(40, before), fresh: answer(10, now) };
  return compareFields(pair, { ...surroundings, ...more });
}

describe('comparing fields', () => {
  it('asks about every field and finds nothing where nothing changed', () => {
    const hypotheses = compare({ title: field(40) }, { title: field(10) });
    expect(hypotheses.length).toBeGreaterThanOrEqual(3);
    expect(changesIn(hypotheses)).toEqual([]);
  });

  it.each<[string, Fields, Fields, string[]]>([
    ['a field that is gone', { title: field(40) }, {}, ['field.removed title']],
    [
      'an optional field that is gone',
      { title: field(40, { some: 30, every: 30 }) },
      {},
      ['field.optional-removed title'],
    ],
    [
      'a field that is sometimes missing',
      { title: field(40) },
      { title: field(10, { some: 6, every: 6 }) },
      ['field.became-optional title'],
    ],
    ['a new field', {}, { title: field(10) }, ['field.added title']],
    ['null', { a: field(40) }, { a: field(10, { kinds: { string: 6, null: 4 } }) }, ['null.added a']],
    ['another kind', { a: field(40) }, { a: field(10, { kinds: { number: 10 } }) }, ['type.changed a number']],
    [
      'a second kind',
      { a: field(40) },
      { a: field(10, { kinds: { string: 8, number: 2 } }) },
      ['type.widened a number'],
    ],
    [
      'values where there was only null',
      { a: field(40, { kinds: { null: 40 } }) },
      { a: field(10) },
      ['type.filled a string'],
    ],
    [
      'another format',
      { a: field(40, { formats: { uuid: 40 } }) },
      { a: field(10, { formats: { digits: 10 } }) },
      ['format.changed a digits'],
    ],
    [
      'a new value of few',
      { a: field(40, { formats: { text: 40 }, values: { x: 20, y: 20 } }) },
      { a: field(10, { formats: { text: 10 }, values: { x: 5, z: 5 } }) },
      ['enum.value-added a z'],
    ],
  ])('finds %s', (_what, before, now, expected) => {
    expect(changesIn(compare(before, now))).toEqual(expected);
  });

  it.each<[string, Fields, Fields]>([
    ['members of an object that did not occur', { 'a.b': field(40) }, {}],
    [
      'keys of a map',
      { a: field(40, { kinds: { object: 40 }, isMap: true }) },
      { a: field(10, { kinds: { object: 10 } }), 'a.b': field(10) },
    ],
    [
      'a new value of many',
      { a: field(40, { values: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`v${i}`, 2])) }) },
      { a: field(10, { values: { z: 10 } }) },
    ],
    [
      'elements of lists that were always empty',
      { a: field(40, { kinds: { array: 40 } }) },
      { a: field(10, { kinds: { array: 10 } }), 'a[]': field(10) },
    ],
  ])('says nothing about %s', (_what, before, now) => {
    expect(changesIn(compare(before, now))).toEqual([]);
  });

  it('leaves out what clients do differently', () => {
    const sentByOne = { ...surroundings.clients, sentByOne: new Set(['title']) };
    expect(changesIn(compare({ title: field(40) }, {}, { clients: sentByOne }))).toEqual([]);
    const sendsNull = { ...surroundings.clients, sendsNewKind: () => true };
    const now = { a: field(10, { kinds: { null: 5, number: 5 } }) };
    expect(changesIn(compare({ a: field(40) }, now, { clients: sendsNull }))).toEqual([]);
    const texts = { ...surroundings.clients, texts: new Set(['z']) };
    const few = field(40, { formats: { text: 40 }, values: { x: 40 } });
    expect(changesIn(compare({ a: few }, { a: field(10, { values: { z: 10 } }) }, { clients: texts }))).toEqual([]);
  });

  it('calls ordinary what occurs elsewhere in the API, what clients send, and what errors look like', () => {
    const known = { keys: new Set(['title']), hasKind: () => false };
    const added = compare({}, { title: field(10) }, { known }).find(({ change }) => change?.rule === 'field.added');
    expect(added?.isOrdinary).toBe(true);
    const clients = { ...surroundings.clients, sentKeys: new Set(['title']) };
    const optional = compare({ title: field(40) }, { title: field(10, { every: 5 }) }, { clients });
    expect(optional.find(({ change }) => change?.rule === 'field.became-optional')?.isOrdinary).toBe(true);
    const pair = {
      service: 'api',
      route: 'r',
      baseline: answer(40, { code: field(40) }, 400),
      fresh: answer(10, {}, 400),
    };
    expect(compareFields(pair, surroundings).every(({ isOrdinary }) => isOrdinary)).toBe(true);
  });
});
