import { describe, expect, it } from 'vitest';
import { compareFields } from '../../../src/core/drift/field-changes.ts';
import { mergeRenames } from '../../../src/core/drift/renames.ts';
import { weigh } from '../../../src/core/drift/weight.ts';
import type { FieldShape } from '../../../src/core/model/shapes.ts';
import { answer, changesIn, field, surroundings } from '../../support/drift-shapes.ts';

type Fields = Readonly<Record<string, FieldShape>>;

function renamesIn(before: Fields, now: Fields): string[] {
  const pair = { service: 'api', route: 'items.get', baseline: answer(40, before), fresh: answer(10, now) };
  const weighed = weigh(compareFields(pair, surroundings), () => new Map());
  return changesIn(mergeRenames(weighed, () => pair));
}

describe('a renamed field', () => {
  const number = { kinds: { number: 10 } };

  it('is one change with both names', () => {
    expect(renamesIn({ title: field(40) }, { headline: field(10) })).toEqual(['field.renamed title headline']);
  });

  it('is told from others by kind', () => {
    const found = renamesIn({ a: field(40), b: field(40, number) }, { x: field(10, number), y: field(10) });
    expect(found).toEqual(['field.renamed a y', 'field.renamed b x']);
  });

  it.each<[string, Fields, Fields]>([
    ['two fields could be the new one', { a: field(40) }, { x: field(10), y: field(10) }],
    ['two fields could be the old one', { a: field(40), b: field(40) }, { x: field(10) }],
    ['the new one is of another kind', { a: field(40) }, { x: field(10, number) }],
    ['the new one is only sometimes there', { a: field(40) }, { x: field(10, { some: 5, every: 5 }) }],
    [
      'the new one stands elsewhere',
      { a: field(40), o: field(40, { kinds: { object: 40 } }) },
      { o: field(10, { kinds: { object: 10 } }), 'o.x': field(10) },
    ],
  ])('is not assumed when %s', (_when, before, now) => {
    expect(renamesIn(before, now).filter((change) => change.startsWith('field.renamed'))).toEqual([]);
  });

  it('is more surprising than either half', () => {
    const pair = {
      service: 'api',
      route: 'r',
      baseline: answer(40, { a: field(40) }),
      fresh: answer(1, { b: field(1) }),
    };
    const halves = weigh(compareFields(pair, surroundings), () => new Map());
    const [whole] = mergeRenames(halves, () => pair).filter(({ change }) => change !== undefined);
    for (const half of halves.filter(({ change }) => change !== undefined))
      expect(whole?.probability).toBeLessThan(half.probability);
  });
});
