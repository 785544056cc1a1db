import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../../src/core/compiler/explain/candidates.ts';
import { bitCount, decide, type Predicate } from '../../../../src/core/compiler/explain/decision.ts';

const bits = (text: string): bigint => BigInt(`0b${[...text].reverse().join('')}`);
const candidate = (text: string, hits: string, cost = 3): Candidate => ({ text, cost, hits: bits(hits) });
const predicate = (text: string, holds: string, presenceOf?: string): Predicate => ({
  text,
  cost: 2,
  holds: bits(holds),
  ...(presenceOf === undefined ? {} : { presenceOf }),
});
const all = (count: number): bigint => (1n << BigInt(count)) - 1n;

describe('bits', () => {
  it('are counted in numbers of any size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 130n }), (value) => {
        expect(bitCount(value)).toBe([...value.toString(2)].filter((digit) => digit === '1').length);
      }),
    );
  });
});

describe('a decision', () => {
  it('is the cheapest candidate that reproduces every example', () => {
    const found = decide(
      [candidate('dear', '1111', 5), candidate('cheap', '1111', 2), candidate('half', '1100', 1)],
      [],
      all(4),
      2,
    );
    expect(found).toMatchObject({ text: 'cheap', misses: 0, cost: 2 });
  });

  it('is a branch where no candidate does, and a predicate tells them apart', () => {
    const found = decide(
      [candidate('now()', '111000'), candidate('null', '000111')],
      [predicate('state == "closed"', '111000'), predicate('odd', '101010')],
      all(6),
      2,
    );
    expect(found).toMatchObject({ text: '(state == "closed" ? now() : null)', misses: 0 });
  });

  it('branches within a branch, but no deeper than it may', () => {
    const candidates = [candidate('a', '11110000'), candidate('b', '00001100'), candidate('c', '00000011')];
    const predicates = [predicate('p', '11110000'), predicate('q', '00001100')];
    expect(decide(candidates, predicates, all(8), 2)).toMatchObject({ misses: 0 });
    expect(decide(candidates, predicates, all(8), 1).misses).toBe(2);
    expect(decide(candidates, predicates, all(8), 0)).toMatchObject({ text: 'a', misses: 4 });
  });

  it('chooses among four where each choice has several examples', () => {
    const candidates = [candidate('kept', '111111111000'), candidate('new', '000000000111')];
    const predicates = [predicate('p', '111000000000'), predicate('q', '000111000000'), predicate('r', '000000111000')];
    expect(decide(candidates, predicates, all(12), 2)).toMatchObject({
      text: '(p ? kept : (q ? kept : (r ? kept : new)))',
      misses: 0,
    });
  });

  it('does not choose among four where a choice has few examples, or what is left repeats', () => {
    const few = [candidate('a', '1110000000'), candidate('b', '0001110000'), candidate('c', '0000001100')];
    const predicates = [predicate('p', '1110000000'), predicate('q', '0001110000'), predicate('r', '0000001100')];
    expect(decide([...few, candidate('d', '0000000011')], predicates, all(10), 2).misses).toBe(2);
    const left = [candidate('a', '111000000000'), candidate('b', '000111000000'), candidate('c', '000000111000')];
    expect(decide(left, predicates, all(14), 2)).toEqual(decide(left, predicates.slice(0, 2), all(14), 2));
  });

  it('does not branch for a single odd example', () => {
    expect(
      decide([candidate('a', '11110'), candidate('b', '00001')], [predicate('p', '00001')], all(5), 2),
    ).toMatchObject({
      text: 'a',
      misses: 1,
    });
  });

  it('prints a test of presence as coalesce', () => {
    const presence = predicate('body.x != missing', '1100', 'body.x');
    expect(decide([candidate('body.x', '1100'), candidate('5', '0011')], [presence], all(4), 1).text).toBe(
      'coalesce(body.x, 5)',
    );
    expect(decide([candidate('body.x', '1100'), candidate('missing', '0011')], [presence], all(4), 1).text).toBe(
      'body.x',
    );
  });

  it('is missing where there is no candidate at all', () => {
    expect(decide([], [], all(3), 2)).toMatchObject({ text: 'missing', misses: 3 });
  });

  it('knows which examples it misses', () => {
    const found = decide([candidate('a', '1101')], [], all(4), 2);
    expect([found.misses, found.missed]).toEqual([1, bits('0010')]);
  });
});
