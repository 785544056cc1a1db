import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/core/compiler/explain/explain.ts';
import { sumForms } from '../../../../src/core/compiler/explain/sums.ts';
import type { Scope } from '../../../../src/core/model/expression.ts';
import { example, rendered } from '../../../support/explained.ts';

const lines = [
  { count: 2, price: 30, note: 'a' },
  { count: 1, price: 5, note: 'b' },
];
const textsFor = (target: number): string[] => sumForms('body.lines', lines, target).map(({ text }) => text);

describe('a sum over a list', () => {
  it('is that of a member, or of the product of two', () => {
    expect(textsFor(35)).toEqual(['sum(body.lines.map(e, e.price))']);
    expect(textsFor(65)).toEqual(['sum(body.lines.map(e, e.count * e.price))']);
    expect(textsFor(66)).toEqual([]);
  });

  it('is nothing for what is no list of objects with these numbers', () => {
    const [form] = sumForms('x', lines, 65);
    expect([
      form?.evaluate(undefined),
      form?.evaluate('a'),
      form?.evaluate([{ count: 1 }]),
      form?.evaluate([]),
    ]).toEqual([undefined, undefined, undefined, 0]);
    expect(sumForms('x', [1, 2], 3)).toEqual([]);
  });

  it('explains a total, and nothing where no list was sent', () => {
    const sent = (lines?: object[]): Scope => ({ body: (lines === undefined ? {} : { lines }) as never });
    const samples = [
      example(sent([{ n: 2, p: 7 }]), 14),
      example(sent(), 0),
      example(
        sent([
          { n: 1, p: 3 },
          { n: 4, p: 5 },
        ]),
        23,
      ),
      example(sent([{ n: 3, p: 3 }]), 9),
      example(sent(), 0),
    ];
    const { template, misses } = explain(samples, { name: 'total' });
    expect(misses).toBe(0);
    expect(
      rendered(
        template,
        sent([
          { n: 2, p: 10 },
          { n: 1, p: 1 },
        ]),
      ),
    ).toBe(21);
    expect(rendered(template, sent())).toBe(0);
  });
});
