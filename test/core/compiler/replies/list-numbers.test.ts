import { describe, expect, it } from 'vitest';
import type { Call } from '../../../../src/core/compiler/calls/call.ts';
import { isConditional, isTotal, placeAmongPages } from '../../../../src/core/compiler/replies/list-numbers.ts';
import type { Json } from '../../../../src/core/std/json.ts';

/** Answers of a number, beside lists of as many. */
const nodes = (values: readonly Json[], totals: readonly number[]) =>
  values.map((value, index) => ({
    call: { index } as Call,
    value,
    sources: new Map([['list.total', { value: totals[index] ?? 0, cost: 2 }]]),
  }));

describe('a number beside a list', () => {
  it('is the total where it nearly always was, whatever conditions explain it as well', () => {
    expect(isTotal(nodes([1, 2, 3, 9], [1, 2, 3, 4]), 'query.q == "x" ? 9 : 3')).toBe(true);
    expect(isTotal(nodes([1, 2, 8, 9], [1, 2, 3, 4]), 'query.q == "x" ? 9 : 3')).toBe(false);
    expect(isTotal(nodes([1, 2, 3, 4], [1, 2, 3, 4]), 'size(list.items)')).toBe(false);
  });

  it('is the place of the page where that always agrees and the number varies', () => {
    const places = new Map([1, 2, 3, 4].map((pages, index) => [index, { size: 2, pages }] as const));
    expect(placeAmongPages(nodes([1, 2, 3, 4], []), places)).toBe('list.pages');
    expect(placeAmongPages(nodes([2, 2, 2, 2], []), places)).toBeUndefined();
    expect(placeAmongPages(nodes([1, 2, 3], []), places)).toBeUndefined();
    expect(placeAmongPages(nodes([1, 2, 3, 4], []), new Map())).toBeUndefined();
  });

  it('is guessed where an expression chooses between values', () => {
    expect([isConditional('a ? 1 : 2'), isConditional('list.total'), isConditional({ $literal: 1 })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
