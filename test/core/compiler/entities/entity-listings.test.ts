import { expect, it } from 'vitest';
import { fitsBelow, folderOf } from '../../../../src/core/compiler/entities/entity-listings.ts';

it('takes the path without its last part for what is above', () => {
  expect(['/a/b/c', '/a', 'a/b', 'a'].map(folderOf)).toEqual(['/a/b', '', 'a', undefined]);
});

it('believes in listings of which nearly all objects stand directly below', () => {
  expect([
    fitsBelow({ fits: 4, total: 4 }),
    fitsBelow({ fits: 20, total: 21 }),
    fitsBelow({ fits: 20, total: 30 }),
  ]).toEqual([false, true, false]);
});
