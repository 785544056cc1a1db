import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readsOf, splitClauses } from '../../../src/core/model/expression-clauses.ts';
import { failureOf } from '../../support/failure.ts';

describe('the clauses of a condition', () => {
  it.each([
    ['a', ['a']],
    ['a && b.c == 1 && !d', ['a', 'b.c == 1', '!d']],
    ['a || b && c', ['a || b && c']],
    ['(a || b) && c', ['a || b', 'c']],
    ['a && (b && c)', ['a', 'b', 'c']],
    ['((a)) && (b)', ['a', 'b']],
    ['a ? b && c : d', ['a ? b && c : d']],
    ['r"\\d && x" == a && "&&" == b', ['r"\\d && x" == a', '"&&" == b']],
    ["x == 'a && b' && y", ["x == 'a && b'", 'y']],
    ['rows("A").exists(x, x.id == 1 && x.n == 2) && b', ['rows("A").exists(x, x.id == 1 && x.n == 2)', 'b']],
  ])('%s', (text, clauses) => expect(splitClauses(text)).toEqual(clauses));

  it('say together what the condition says', () => {
    const claim = fc.constantFrom('a', 'b.c == 1', '!(d && e)', 'f || g', "h in ['&&']");
    fc.assert(
      fc.property(fc.array(claim, { minLength: 1 }), (claims) => {
        const text = claims.map((each) => `(${each})`).join(' && ');
        expect(splitClauses(text)).toEqual(claims);
      }),
    );
  });

  it('of what does not parse are an error with its place', () => {
    expect(failureOf(() => splitClauses('a &&')).code).toBe('ERR_EXPRESSION_SYNTAX');
  });
});

describe('what an expression reads', () => {
  it.each([
    ['1 + 2', []],
    ['body.state == "open"', ['body.state']],
    ['page == missing', ['page']],
    ['has(body.a.b) && body.a.b > path.id', ['body.a.b', 'path.id']],
    ['it["$owner"].login', ['it["$owner"].login']],
    ['list[index].name', ['list', 'index']],
    ['rows("A").exists(x, x.id == body.id)', ['body.id']],
    ['a == a', ['a']],
  ])('%s: %j', (text, reads) => expect(readsOf(text)).toEqual(reads));
});
