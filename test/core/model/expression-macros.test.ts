import { describe, expect, it } from 'vitest';
import { compileExpression, NO_HOST, type Host, type Scope, type Value } from '../../../src/core/model/expression.ts';

function evaluate(text: string, scope: Scope = {}, host: Host = NO_HOST): Value {
  return compileExpression(text).evaluate(scope, host);
}

describe('macros', () => {
  it('hide a name of the scope in their bodies and nowhere else', () => {
    const scope: Scope = { x: 'outer' };
    expect(evaluate('[x, [1].map(x, x), x]', scope)).toEqual(['outer', [1], 'outer']);
    expect(evaluate('[[1, 2]].map(x, x.map(x, x + 1))', scope)).toEqual([[2, 3]]);
    expect(evaluate('x.map(x, x)', { x: [1] })).toEqual([1]);
    expect(scope).toEqual({ x: 'outer' });
  });

  it('stop as soon as the answer is known', () => {
    const asked: Value[] = [];
    const host: Host = { has: () => true, call: (_name, [arg]) => (asked.push(arg), arg === 2) };
    expect(evaluate('[1, 2, 3].exists(x, rows(x))', {}, host)).toBe(true);
    expect(evaluate('[2, 1, 3].all(x, rows(x))', {}, host)).toBe(false);
    expect(evaluate('[2, 2, 3].exists_one(x, rows(x))', {}, host)).toBe(false);
    expect(asked).toEqual([1, 2, 2, 1, 2, 2]);
  });

  it('take only true for true', () => {
    expect(evaluate('[1, "true", null, true].filter(x, x)')).toEqual([true]);
    expect(evaluate('["yes"].all(x, x)')).toBe(false);
  });

  it('sort by a key, and keep the order of equal ones', () => {
    const list = [{ n: 2, at: 0 }, { n: 1, at: 1 }, { n: 2, at: 2 }, { at: 3 }];
    expect(evaluate('list.sortBy(x, x.n).map(x, x.at)', { list })).toEqual([3, 1, 0, 2]);
    expect(evaluate('list.sortBy("n").map(x, x.at)', { list })).toEqual([3, 1, 0, 2]);
  });

  it('give up, without an error, on more turns than an evaluation may take', () => {
    const list = Array.from({ length: 1000 }, (_, index) => index);
    const cubic = compileExpression('list.map(a, list.map(b, list.filter(c, false).size()).sum()).sum()');
    expect(cubic.evaluate({ list }, NO_HOST)).toBeUndefined();
    expect(cubic.evaluate({ list: list.slice(0, 10) }, NO_HOST)).toBe(0);
    expect(evaluate('!list.all(a, list.all(b, list.all(c, true)))', { list })).toBeUndefined();
  });

  it('count the turns of evaluations inside an evaluation together', () => {
    const list = Array.from({ length: 1000 }, (_, index) => index);
    const inner = compileExpression('list.map(b, list.exists(c, c == 999))');
    const host: Host = { has: () => true, call: () => inner.evaluate({ list }, NO_HOST)?.valueOf() as Value };
    expect(evaluate('list.map(a, rows("b").size())', { list: list.slice(0, 5) }, host)).toEqual([
      1000, 1000, 1000, 1000, 1000,
    ]);
    expect(evaluate('list.map(a, rows("b").size())', { list }, host)).toBeUndefined();
  });
});
