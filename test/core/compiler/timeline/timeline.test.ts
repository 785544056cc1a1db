import { describe, expect, it } from 'vitest';
import { newDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import { attributesAt, attributesBefore, isRef, Life } from '../../../../src/core/compiler/timeline/timeline.ts';

const note = newDraft(
  { calls: [], routes: [], sites: new Map(), drafts: [], owner: new Map() },
  'Note',
  'id',
  undefined,
);

const lifeOf = (origin: Life['origin'], firstSeen: number): Life => {
  const life = new Life(note, '1', firstSeen, origin, 0);
  life.versions.push(
    { at: firstSeen, attributes: { title: 'old' } },
    { at: firstSeen + 4, attributes: { title: 'new' } },
  );
  return life;
};

describe('a life', () => {
  it('of a seed is there from the beginning, one that was made from then on', () => {
    expect([0, 3, 4].map((at) => lifeOf('seed', 3).isAliveAt(at))).toEqual([true, true, true]);
    expect([0, 3, 4].map((at) => lifeOf('created', 3).isAliveAt(at))).toEqual([false, false, true]);
  });

  it('is there at the call that ends it and not after', () => {
    const life = lifeOf('seed', 0);
    life.diedAt = 6;
    expect([5, 6, 7].map((at) => life.isAliveAt(at))).toEqual([true, true, false]);
  });

  it('holds what was seen last', () => {
    const life = lifeOf('seed', 2);
    expect(attributesAt(life, 1)).toBeUndefined();
    expect([2, 5, 6].map((at) => attributesAt(life, at)?.['title'])).toEqual(['old', 'old', 'new']);
    expect([0, 6, 7].map((at) => attributesBefore(life, at)['title'])).toEqual(['old', 'old', 'new']);
  });

  it('looked as it was first seen when it turns out to be made earlier', () => {
    const life = lifeOf('implicit', 5);
    life.bornAt(2);
    expect([life.origin, life.firstSeen, attributesAt(life, 2)?.['title']]).toEqual(['created', 2, 'old']);
  });

  it('holds the key of what it belongs to in every version', () => {
    const life = lifeOf('created', 0);
    life.mark('$of_Note', lifeOf('seed', 0));
    expect(life.versions.map(({ attributes }) => attributes['$of_Note'])).toEqual(['1', '1']);
  });
});

describe('a ref', () => {
  it('names a type', () => {
    expect([{ $ref: 'Note', key: '1' }, { ref: 'Note' }, null, 'Note'].map(isRef)).toEqual([true, false, false, false]);
  });
});
