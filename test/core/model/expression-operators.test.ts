import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, calculate, compare, compareForSort, isIn, kindOf } from '../../../src/core/model/expression-operators.ts';
import type { Value } from '../../../src/core/model/expression.ts';
import { equalJson, RawNumber } from '../../../src/core/std/json.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';

const anyValue = fc.option(arbitraryJson, { nil: undefined });

describe('operators', () => {
  it('compare in one direction or not at all', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        const [there, back] = [compare(a, b), compare(b, a)];
        if (there === undefined) expect(back).toBeUndefined();
        else expect((there as number) + (back as number)).toBe(0);
        if (a !== undefined && compare(a, a) !== undefined) expect(compare(a, a)).toBe(0);
      }),
    );
  });

  it('order everything for sort(), transitively', () => {
    fc.assert(
      fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
        // Wrapped, because Array.sort puts undefined last without asking.
        const wrapped = [{ value: a }, { value: b }, { value: c }].sort((one, other) =>
          compareForSort(one.value, other.value),
        );
        const [first, second, third] = wrapped.map(({ value }) => value);
        expect(compareForSort(first, second)).toBeLessThanOrEqual(0);
        expect(compareForSort(second, third)).toBeLessThanOrEqual(0);
        expect(compareForSort(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('give a number of JSON or missing', () => {
    fc.assert(
      fc.property(
        anyValue,
        anyValue,
        fc.constantFrom('-' as const, '*' as const, '/' as const, '%' as const),
        (a, b, operator) => {
          for (const result of [calculate(operator, a, b), add(a, b)]) {
            if (typeof result === 'number') expect(Number.isFinite(result) && !Object.is(result, -0)).toBe(true);
          }
        },
      ),
    );
  });

  it('find in a list what is equal to one of its elements', () => {
    fc.assert(
      fc.property(arbitraryJson, fc.array(arbitraryJson), (value, list) => {
        expect(isIn(value, [...list, value])).toBe(true);
        expect(isIn(value, list)).toBe(list.some((element) => equalJson(element, value)));
      }),
    );
  });

  it('tell long integers apart by their digits', () => {
    const [a, b] = [new RawNumber('-12345678901234567890'), new RawNumber('-12345678901234567891')];
    expect([compare(a, b), compare(b, a), compare(a, a)]).toEqual([1, -1, 0]);
    expect(compare(new RawNumber('1.0'), new RawNumber('1.00'))).toBe(0);
  });

  it('know seven kinds', () => {
    const values: Value[] = [undefined, null, false, new RawNumber('1.0'), '', [], {}];
    expect(values.map(kindOf)).toEqual(['missing', 'null', 'bool', 'number', 'string', 'list', 'object']);
  });
});
