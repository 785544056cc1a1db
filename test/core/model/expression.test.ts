import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileExpression,
  isTrue,
  NO_HOST,
  type Host,
  type Scope,
  type Value,
} from '../../../src/core/model/expression.ts';
import { MynahError } from '../../../src/core/std/errors.ts';
import { isArray, isObject, parseJson, printJson, RawNumber, type Json } from '../../../src/core/std/json.ts';
import { arbitraryExpression, variableNames } from '../../support/arbitrary-expression.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';
import { failureOf } from '../../support/failure.ts';

function evaluate(text: string, scope: Scope = {}, host: Host = NO_HOST): Value {
  return compileExpression(text).evaluate(scope, host);
}

/** A host that answers its arguments as a list, missing ones as null. */
const echo: Host = { has: () => true, call: (name, args) => [name, ...args.map((arg) => arg ?? null)] };

/** Holds no undefined, no number that JSON lacks, and nothing that is no JSON. */
function isJson(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value) || value instanceof RawNumber) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (isArray(value as Json)) return (value as Json[]).every(isJson);
  return isObject(value as Json) && Object.values(value as object).every(isJson);
}

describe('an expression', () => {
  it('has a value whatever it says and whatever the names hold, and changes nothing', () => {
    let held = 0;
    const scopes = fc.record(
      Object.fromEntries(variableNames.map((name) => [name, fc.option(arbitraryJson, { nil: undefined })])),
    );
    fc.assert(
      fc.property(arbitraryExpression, scopes, (text, scope: Scope) => {
        const before = printJson(scope as Json);
        let expression;
        try {
          expression = compileExpression(text);
        } catch (error) {
          // Nested too deep is the one thing that the generator may do wrong.
          expect(error).toBeInstanceOf(MynahError);
          expect((error as MynahError).message).toMatch(/deep/);
          return;
        }
        held += 1;
        const value = expression.evaluate(scope, echo);
        expect(value === undefined || isJson(value)).toBe(true);
        expect(expression.evaluate(scope, echo)).toEqual(value);
        expect(printJson(scope as Json)).toBe(before);
        for (const name of expression.variables) expect([...variableNames, 'x']).toContain(name);
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(2500);
  });

  it('never parses into anything but a value or one error, whatever its text', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '\\',
      '1',
      'e',
      '-',
      '!',
      '?',
      ':',
      ',',
      ' in ',
      '&&',
      'map',
      'x',
      '\n',
      '//',
      'r"',
      '\ud800',
      '0x',
      '$',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        try {
          const value = compileExpression(text).evaluate({ a: [1], x: { x: 1 } }, echo);
          expect(value === undefined || isJson(value)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(MynahError);
          expect((error as MynahError).code).toBe('ERR_EXPRESSION_SYNTAX');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('knows the names it asks for and the functions it calls', () => {
    const expression = compileExpression(
      'it.a + list.map(x, x + lower(y)).size() + now("iso-s") == missing && has(it.b)',
    );
    expect(expression.variables).toEqual(['it', 'list', 'y']);
    expect(expression.functions).toEqual(['has', 'lower', 'now', 'size']);
    expect(expression.text).toContain('it.a');
  });

  it('finds names in layered scopes and does not take inherited properties for names', () => {
    const layer = Object.create({ a: 1, toString: 'own' }) as Scope;
    layer['b'] = 2;
    expect(evaluate('[a, b, toString, valueOf, hasOwnProperty]', layer)).toEqual([1, 2, 'own']);
    expect(evaluate('constructor', Object.create(null) as Scope)).toBeUndefined();
    expect(evaluate('constructor', { constructor: 3 as Value })).toBe(3);
  });

  it('keeps the digits of numbers that pass through it', () => {
    const scope = { body: parseJson('{"price":10.00,"id":12345678901234567890}') };
    expect(
      printJson(
        evaluate('{"price": body.price, "id": body.id, "x": -2.50, "y": coalesce(missing, 1.0)}', scope) as Json,
      ),
    ).toBe('{"price":10.00,"id":12345678901234567890,"x":-2.50,"y":1.0}');
    expect(evaluate('body.price * 2', scope)).toBe(20);
    expect(evaluate('string(body.price)', scope)).toBe('10.00');
  });

  it('holds what is read from it and from its own constants apart', () => {
    const expression = compileExpression('append([1], a)');
    const first = expression.evaluate({ a: 2 }, NO_HOST);
    expect(expression.evaluate({ a: 3 }, NO_HOST)).toEqual([1, 3]);
    expect(first).toEqual([1, 2]);
  });

  it('asks the host for what needs a world, and gives missing where the host has no answer', () => {
    expect(evaluate('gen("id", it.a, missing)', { it: { a: 5 } }, echo)).toEqual(['gen', 'id', 5, null]);
    expect(evaluate('rows("Issue")')).toBeUndefined();
    expect(evaluate('rows("Issue").filter(x, true)')).toBeUndefined();
  });

  it('evaluates only the branch that is chosen', () => {
    const asked: string[] = [];
    const host: Host = { has: () => true, call: (name) => asked.push(name) };
    evaluate('true ? now() : gen("a")', {}, host);
    evaluate('false && gen("a") || coalesce(1, gen("a")) == 1', {}, host);
    expect(asked).toEqual(['now']);
  });

  it('may run again while it runs', () => {
    const expression = compileExpression('list.map(x, [x, rows("next"), x])');
    const recursing: Host = {
      has: () => true,
      call: () => (depth++ === 0 ? expression.evaluate({ list: ['inner'] }, recursing) : null),
    };
    let depth = 0;
    expect(expression.evaluate({ list: ['outer'] }, recursing)).toEqual([
      ['outer', [['inner', null, 'inner']], 'outer'],
    ]);
  });

  it('goes on working after a host has failed in the middle of a macro', () => {
    const expression = compileExpression('list.map(x, rows(x))');
    const failing: Host = {
      has: () => true,
      call: () => {
        throw new Error('disk on fire');
      },
    };
    expect(() => expression.evaluate({ list: ['a'] }, failing)).toThrow('disk on fire');
    expect(expression.evaluate({ list: ['a'] }, echo)).toEqual([['rows', 'a']]);
  });
});

describe('a mistake in an expression', () => {
  it.each([
    ['a +', 1, 4, 'EOF'],
    ['a ==\n  b c', 2, 5, 'Unexpected character'],
    ['lower(a) + foo(1)', 1, 12, 'no function foo'],
    ['"x".rows()', 1, 1, 'rows(…)'],
    ['lower(a, b)', 1, 1, 'takes 1 argument'],
    ['lower()', 1, 1, 'takes 1 argument'],
    ['"a".substr()', 1, 1, '2 to 3'],
    ['coalesce()', 1, 1, '1 or more'],
    ['has()', 1, 1, 'takes 1 argument'],
    ['x.map(1, x)', 1, 7, 'variable'],
    ['x.map(missing, 1)', 1, 1, 'missing'],
    ['cel.bind(x, 1)', 1, 1, 'cel.bind takes'],
    ['a.matches(b)', 1, 1, 'literal'],
    ['re(a, "[")', 1, 1, 'missing closing ]'],
    ['re(a, "(?=x)")', 1, 1, 'not valid'],
    ['b"bytes"', 1, 1, 'not JSON'],
    ['1u', 1, 1, 'not JSON'],
    ['a.?b', 1, 3, 'Expected'],
    ['"\\ud800"', 1, 2, 'surrogate'],
    ['', 1, 1, 'empty'],
    ['  ', 1, 1, 'empty'],
    ['let', 1, 1, 'Reserved'],
  ])('%j is told with line %i and column %i', (text, line, column, reason) => {
    const error = failureOf(() => compileExpression(text));
    expect(error.code).toBe('ERR_EXPRESSION_SYNTAX');
    expect(error.details).toEqual({ line, column, text });
    expect(error.message).toContain(reason);
  });

  it.each([
    ['too long', `"a" + "${'x'.repeat(20_000)}"`, 'longer'],
    ['too many nodes', Array.from({ length: 2100 }, () => 'a').join(' && '), 'maxAstNodes'],
    ['a deep text', '('.repeat(400) + '1' + ')'.repeat(400), 'maxDepth'],
    ['a deep tree', `a${' - a'.repeat(1000)}`, 'nested too deep'],
    ['a chain of signs', `${'-'.repeat(16_000)}1`, 'deep'],
    ['macros in macros', 'a.map(b, a.map(c, a.map(d, a.map(e, 1))))', 'more than 3 deep'],
  ])('%s is refused', (_what, text, reason) => {
    const error = failureOf(() => compileExpression(text));
    expect(error.code).toBe('ERR_EXPRESSION_SYNTAX');
    expect(error.message).toContain(reason);
    expect(error.message.length).toBeLessThan(500);
  });
});

it('one quoted text may be longer than an expression may be', () => {
  const page = '<p class=\\"a\\">\\n</p>'.repeat(4000);
  expect(compileExpression(`"${page}"`).evaluate({}, NO_HOST)).toBe(JSON.parse(`"${page}"`));
});

describe('long chains of one operator', () => {
  it('are as deep as one', () => {
    const terms = Array.from({ length: 1900 }, (_, index) => `${index % 7}`);
    expect(evaluate(terms.join(' + '))).toBe(terms.reduce((sum, term) => sum + Number(term), 0));
    expect(evaluate(terms.map(() => 'true').join(' && '))).toBe(true);
    expect(evaluate(terms.map(() => 'a').join(' || '))).toBe(false);
  });
});

describe('isTrue', () => {
  it('holds for true alone', () => {
    expect(isTrue(true)).toBe(true);
    for (const value of [1, 'true', [], {}, null, undefined, false]) expect(isTrue(value as Value)).toBe(false);
  });
});

describe('the names of an expression', () => {
  it.each([
    ['a == missing || missing != b', [], ['a', 'b']],
    ['a != missing && a.b == 1', ['a'], ['a']],
    ['has(a.b) && missing == missing', ['a'], ['a']],
    ['c.exists(a, a == missing)', ['c'], ['c']],
    ['constructor == missing', ['constructor'], ['constructor']],
  ])('in %s whose values matter are %j', (text, read, variables) => {
    const expression = compileExpression(text);
    expect([expression.read, expression.variables]).toEqual([read, variables]);
  });

  it('that are only asked for are there or not, whatever they are', () => {
    const asked = compileExpression('[a == missing, missing == b, a != missing, missing != b]');
    expect(asked.evaluate({ a: null }, NO_HOST)).toEqual([false, true, true, false]);
  });
});
