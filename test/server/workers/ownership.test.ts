import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ownerOf, ownId } from '../../../src/server/workers/ownership.ts';

const newId = () => randomBytes(16).toString('hex');

describe('the owner of an episode', () => {
  it('follows from its id, and stays the same from version to version', () => {
    expect(['default', 'a', 'b', 'my.ep-1_x'].map((id) => ownerOf(id, 4))).toEqual([0, 0, 1, 1]);
  });

  it('is each worker about equally often', () => {
    const counts = [0, 0, 0, 0];
    for (let made = 0; made < 4000; made += 1) counts[ownerOf(newId(), 4)]! += 1;
    for (const count of counts) expect(count).toBeGreaterThan(800);
  });

  it('can be asked for', () => {
    for (const index of [0, 1, 2]) expect(ownerOf(ownId(newId, index, 3), 3)).toBe(index);
  });
});
