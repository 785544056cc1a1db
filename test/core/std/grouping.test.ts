import { expect, it } from 'vitest';
import { append, groupBy } from '../../../src/core/std/grouping.ts';

it('groups stand in the order in which their keys were met, and their members in order', () => {
  expect([...groupBy([3, 10, 5, 12, 7], (number) => number % 2)]).toEqual([
    [1, [3, 5, 7]],
    [0, [10, 12]],
  ]);
});

it('a value is appended to the list of its key, which is made when there is none', () => {
  const groups = new Map([['a', [1]]]);
  append(groups, 'a', 2);
  append(groups, 'b', 3);
  expect([...groups]).toEqual([
    ['a', [1, 2]],
    ['b', [3]],
  ]);
});
