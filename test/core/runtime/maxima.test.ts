import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyStore,
  storeWith,
  storeWithChange,
  storeWithout,
  type Entity,
} from '../../../src/core/runtime/entity-store.ts';
import { followChange, largestIn, maximaOf, type Maxima, type Maximum } from '../../../src/core/runtime/maxima.ts';
import { PersistentMap } from '../../../src/core/std/persistent-map.ts';
import { smallModel } from '../../support/small-clone.ts';

const maximum: Maximum = { name: 'm', attribute: 'n', scope: ['list'] };

function entity(slot: number, list: string, n: number | string | null): Entity {
  return { slot, key: String(slot), id: String(slot), tupleTexts: [], attributes: { list, n } };
}

describe('the largest number in a scope', () => {
  it('is what a look at every entity gives, whatever has come, changed and gone', () => {
    const change = fc.record({
      slot: fc.integer({ min: 0, max: 5 }),
      list: fc.constantFrom('a', 'b'),
      n: fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constantFrom('7', '12', 'x', null)),
      gone: fc.boolean(),
      ask: fc.constantFrom('a', 'b', 'c', undefined),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let store = emptyStore(0);
        let maxima: Maxima = PersistentMap.empty();
        for (const { slot, list, n, gone, ask } of changes) {
          const before = store.slots.get(slot);
          const after = gone ? undefined : entity(slot, list, n);
          if (before !== undefined && after !== undefined) store = storeWithChange(store, before, after);
          else if (before !== undefined) store = storeWithout(store, before);
          else if (after !== undefined) store = storeWith(store, after);
          maxima = followChange(maxima, [maximum], before, after);
          if (ask === undefined) continue;
          const followed = largestIn(maxima, maximum, ask, store);
          expect(followed.largest).toBe(largestIn(PersistentMap.empty(), maximum, ask, store).largest);
          maxima = followed.maxima;
        }
      }),
    );
  });

  it('counts texts of digits as numbers and passes over the rest', () => {
    const store = [
      entity(0, 'a', 3),
      entity(1, 'a', '12'),
      entity(2, 'a', 'x'),
      entity(3, 'b', 99),
      entity(4, 'a', null),
    ].reduce(storeWith, emptyStore(0));
    expect(largestIn(PersistentMap.empty(), maximum, 'a', store).largest).toBe(12);
    expect(largestIn(PersistentMap.empty(), maximum, 'c', store).largest).toBeUndefined();
  });
});

it('the maxima of a type are those that its generators need', () => {
  const [service] = smallModel({
    generators: {
      a: { kind: 'max-plus-one', type: 'Task', attribute: 'id', start: 1 },
      b: { kind: 'max-plus-one', type: 'User', attribute: 'id', start: 1, scope: ['team'] },
      c: { kind: 'sequence', start: 1, step: 1 },
    },
  }).services;
  expect(maximaOf(service as NonNullable<typeof service>, 'User')).toEqual([
    { name: 'small\nb', attribute: 'id', scope: ['team'] },
  ]);
});
