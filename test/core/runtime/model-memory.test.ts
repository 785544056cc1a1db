import { describe, expect, it } from 'vitest';
import { emptyStore } from '../../../src/core/runtime/entity-store.ts';
import { ModelMemory } from '../../../src/core/runtime/model-memory.ts';

describe('the memory of a model', () => {
  it('keeps rows by the entities that they were made of', () => {
    const memory = new ModelMemory();
    const [one, other] = [emptyStore(0), emptyStore(0)];
    memory.rowsOf(one).rows = [];
    expect([memory.rowsOf(one).rows, memory.rowsOf(other).rows]).toEqual([[], undefined]);
  });
});
