// What the table in docs/formats/expressions.md leaves out: odd arguments, limits, and agreement with other sources.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PURE_FUNCTIONS } from '../../../src/core/model/expression-functions.ts';
import { compileExpression, NO_HOST, type Scope, type Value } from '../../../src/core/model/expression.ts';
import { parseJson, RawNumber, type Json } from '../../../src/core/std/json.ts';
import { listLengthMax, textLengthMax } from '../../../src/core/std/limits.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';

function evaluate(text: string, scope: Scope = {}): Value {
  return compileExpression(text).evaluate(scope, NO_HOST);
}

describe('pure functions', () => {
  it('give missing or false for missing arguments, unless they are about what is missing', () => {
    const about = new Set(['orNull', 'typeOf']);
    for (const [name, pure] of PURE_FUNCTIONS) {
      if (about.has(name)) continue;
      const args = Array.from({ length: pure.least }, () => 'missing').join(', ');
      expect([undefined, false], name).toContain(evaluate(`${name}(${args})`));
    }
  });

  it('do not change their arguments', () => {
    for (const [name, pure] of PURE_FUNCTIONS) {
      fc.assert(
        fc.property(fc.array(arbitraryJson, { minLength: 3, maxLength: 3 }), ([a, b, c]) => {
          const before = structuredClone([a, b, c].map((value) => JSON.stringify(value)));
          const args = ['a', 'b', 'c'].slice(0, 'most' in pure ? pure.most : 3);
          evaluate(`${name}(${args.join(', ')})`, { a, b, c });
          expect([a, b, c].map((value) => JSON.stringify(value))).toEqual(before);
        }),
        { numRuns: 20 },
      );
    }
  });
});

describe('texts', () => {
  it.each([
    ['substr("abc", 0)', 'abc'],
    ['substr("abc", -2)', 'bc'],
    ['substr("abc", 2, 1)', ''],
    ['substr("abc", -9, 9)', 'abc'],
    ['substr("a😀c", 1, 2)', '😀'],
    ['substr("abc", 0.5)', undefined],
    ['substr("abc", "1")', undefined],
    ['indexOf("a😀😀b", "b")', 3],
    ['lastIndexOf("a😀b😀", "😀")', 3],
    ['indexOf([1, {"a": 1}], {"a": 1.0})', 1],
    ['indexOf("abc", "x")', -1],
    ['reverse("a😀")', '😀a'],
    ['split("a😀", "")', ['a', '😀']],
    ['replace("aaa", "a", "$&")', '$&$&$&'],
    ['replace("abc", "", "x")', 'abc'],
    ['join(["a", null])', undefined],
    ['join([1, true, 1.50], "")', '1true1.50'],
    ['padStart("abc", 2)', 'abc'],
    ['padStart("a", 4, "xy")', 'xyxa'],
    ['padStart("a", 4, "")', undefined],
    ['padStart("a", missing)', undefined],
    ['slug("--Straße ﬁ_x--")', 'stra-e-fi-x'],
    ['title("ǆ éa\tb")', 'Ǆ Éa\tB'],
    ['title("a_b c")', 'A_B C'],
    ['b64decode("/w==")', undefined],
    ['b64decode("****")', undefined],
    ['urldec("%zz")', undefined],
    ['hex(-1)', undefined],
    ['hex(1.5)', undefined],
    ['matches(5, "5")', false],
    ['re("a\\nb", "a.b")', false],
    ['re("a\\nb", "(?s)a.b")', true],
  ] as readonly (readonly [string, Value])[])('%s', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  it('take time in proportion to their length where other engines take for ever', () => {
    const started = process.cpuUsage().user;
    expect(evaluate('re(a, "(a+)+$")', { a: `${'a'.repeat(5000)}!` })).toBe(false);
    // Microseconds that this process computed, whatever else the machine does.
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });
});

describe('numbers', () => {
  it.each([
    ['int(-1.9)', -1],
    ['int("+5")', 5],
    ['int("1.0")', undefined],
    ['int("")', undefined],
    ['int("99999999999999999999")', new RawNumber('99999999999999999999')],
    ['int(99999999999999999999)', new RawNumber('99999999999999999999')],
    ['number("1e5")', new RawNumber('1e5')],
    ['number("01")', undefined],
    ['number("0x10")', undefined],
    ['double("1e400")', undefined],
    ['double(true)', 1],
    ['isInt("1")', false],
    ['isInt(99999999999999999999)', true],
    ['isInt(0.5)', false],
    ['round(2.5)', 3],
    ['round(1234.5678, -2)', 1200],
    ['round(1, 0.5)', undefined],
    ['round(1, 99)', undefined],
    ['min()', 'error'],
    ['min([])', undefined],
    ['min([1, "a"])', undefined],
    ['max(1, missing)', undefined],
    ['max("a", "B")', 'a'],
    ['min(2.50, 3)', new RawNumber('2.50')],
    ['sum([])', 0],
    ['sum(["1"])', undefined],
    ['1e308 * 10', undefined],
    ['-a', 0],
    ['0 * -1', 0],
  ] as readonly (readonly [string, Value])[])('%s', (text, value) => {
    if (value === 'error') expect(() => evaluate(text)).toThrow();
    else expect(evaluate(text, { a: 0 })).toEqual(value);
  });
});

describe('lists and objects', () => {
  it('sort has one order for everything', () => {
    const list = parseJson('[{"a":1},"b",[2],10,9.0,true,null,"B",false,12345678901234567891,12345678901234567890]');
    const sorted = '[null,false,true,9.0,10,12345678901234567890,12345678901234567891,"B","b",[2],{"a":1}]';
    expect(evaluate('sort(list)', { list })).toEqual(parseJson(sorted));
  });

  it('mergePatch is RFC 7396', () => {
    const cases = [
      ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
      ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
      ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
      ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
      ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
      ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
      ['["a","b"]', '["c","d"]', '["c","d"]'],
      ['{"a":"foo"}', 'null', 'null'],
      ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
      ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
      ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ];
    for (const [target, patch, result] of cases as [string, string, string][]) {
      expect(evaluate('mergePatch(a, b)', { a: parseJson(target), b: parseJson(patch) })).toEqual(parseJson(result));
    }
  });

  it('__proto__ is a member like any other', () => {
    const a = parseJson('{"__proto__":{"polluted":true},"b":1}');
    for (const text of [
      'merge({"x": 1}, a)',
      'set(a, "x", 1)',
      'mergePatch({"x": 1}, a)',
      'omit(a, ["b"])',
      '{"__proto__": 1}',
    ]) {
      const value = evaluate(text, { a }) as object;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.keys(value)).toContain('__proto__');
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('distinct keeps the first of each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (list) => {
        expect(evaluate('distinct(list)', { list })).toEqual([...new Set(list)]);
      }),
    );
  });
});

describe('times', () => {
  it.each([
    ['addSeconds("2023-12-31T23:59:59.500Z", 1)', '2024-01-01T00:00:00.500Z'],
    ['addSeconds(1704164645, 3600)', 1_704_168_245],
    ['addSeconds("1704164645.000200", 1)', '1704164646.000000'],
    ['addSeconds("2024-01-31", 86400)', '2024-02-01'],
    ['addSeconds("tomorrow", 1)', undefined],
    ['addSeconds("2024-01-31", "1")', undefined],
    ['addSeconds("9999-12-31", 86400)', undefined],
    ['timeAs("2024-01-31", "no-format")', undefined],
    ['epochMs(5)', undefined],
  ] as readonly (readonly [string, Value])[])('%s', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });
});

describe('what grows', () => {
  const long = 'x'.repeat(textLengthMax);
  const wide: readonly Json[] = new Array<Json>(listLengthMax).fill(0);

  it.each([
    'long + "x"',
    'b64(long)',
    'hex(long)',
    'join([long, "x"])',
    'replace(long, "x", "xx")',
    'padStart("x", 1e12) + "x"',
    'urlenc(long + "")+"/"',
  ])('a text of more than the limit is missing: %s', (text) => {
    expect(evaluate(text, { long })).toBeUndefined();
  });

  it.each([
    'wide + [1]',
    'append(wide, 1)',
    'concat(wide, [1])',
    'union(wide, [1])',
    'flatten([wide, [1]])',
    'split(long, "x")',
  ])('a list of more than the limit is missing: %s', (text) => {
    expect(evaluate(text, { wide, long })).toBeUndefined();
  });

  it('is whole up to the limit', () => {
    expect(evaluate('size(wide) + size(long)', { wide, long })).toBe(listLengthMax + textLengthMax);
    expect(evaluate('size(concat(wide.slice(1), [1]))', { wide })).toBe(listLengthMax);
  });
});
