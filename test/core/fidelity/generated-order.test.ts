import { describe, expect, it } from 'vitest';
import { GeneratedOrder } from '../../../src/core/fidelity/generated-order.ts';

function orderOf(...bodies: readonly unknown[]): readonly string[] {
  const order = new GeneratedOrder();
  for (const body of bodies)
    order.add({ status: 200, headers: [['content-type', 'application/json']], body: { text: JSON.stringify(body) } });
  return [...order.unordered()];
}

const made = (index: number): string => `id_${'abcdefgh'[index] ?? ''}7x${index}9q2w`;
const list = (...indexes: readonly number[]) => indexes.map((index) => ({ id: made(index), n: index }));

describe('an order by made-up ids', () => {
  it('is one that many lists keep', () => {
    expect(orderOf({ items: list(0, 1, 2) }, { items: list(1, 3, 5) })).toEqual(['$.items']);
    expect(orderOf(list(4, 3, 2, 1, 0))).toEqual(['$']);
    expect(orderOf([{ inner: list(0, 1, 2) }, { inner: list(1, 2, 3) }])).toEqual(['$[].inner']);
  });

  it('is none where few pairs tell, or one stands otherwise', () => {
    expect(orderOf({ items: list(0, 1, 2) })).toEqual([]);
    expect(orderOf({ items: list(0, 1, 2, 3, 4, 3) })).toEqual([]);
  });

  it('is none for ids that are no secret of the server', () => {
    expect(orderOf([1, 2, 3, 4, 5, 6].map((id) => ({ id: `page-${id}` })))).toEqual([]);
    expect(orderOf(['a1b2c3d4', 'b1b2c3d4', 'c1b2c3d4', 'd1b2c3d4', 'e1b2c3d4'])).toEqual([]);
  });
});
