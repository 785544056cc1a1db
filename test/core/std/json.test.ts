import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MynahError } from '../../../src/core/std/errors.ts';
import {
  equalJson,
  isObject,
  memberOf,
  numberFromText,
  parseJson,
  printJson,
  putMember,
  RawNumber,
  tryParseJson,
  type Json,
} from '../../../src/core/std/json.ts';
import { jsonDepthMax } from '../../../src/core/std/limits.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';

function failureOf(text: string): MynahError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof MynahError) return error;
  }
  throw new Error(`${text} parsed`);
}

describe('parseJson', () => {
  it('gives every value back when it is printed and parsed again', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        expect(parseJson(printJson(value))).toEqual(value);
      }),
    );
  });

  it('agrees with JSON.parse on what is JSON and on what it means', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      '"',
      ':',
      ',',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'nul',
      ' ',
      '\n',
      '\\u00e9',
      '\\"',
      '\u0001',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (source) => {
        let expected: unknown;
        try {
          expected = JSON.parse(source);
        } catch {
          expect(tryParseJson(source)).toBeUndefined();
          return;
        }
        expect(JSON.parse(JSON.stringify(parseJson(source)))).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['1.0', '-0', '1e5', '1E5', '12345678901234567890', '0.10', '1e400', '-0.0', '123456789012345678.5'])(
    'keeps the number %s by its text',
    (text) => {
      expect(parseJson(text)).toEqual(new RawNumber(text));
      expect(printJson(parseJson(`{"a":[${text}]}`))).toBe(`{"a":[${text}]}`);
    },
  );

  it.each(['0', '-1', '1.5', '123456789012345', '9007199254740991', '1e+21', '0.1', '-2.25'])(
    'holds the number %s as a double',
    (text) => {
      expect(parseJson(text)).toBe(Number(text));
    },
  );

  it('is not misled by numbers and brackets inside strings', () => {
    const text = '{"a":"1.0 [[[ -0 \\" 12345678901234567890","b\\\\":1}';
    expect(parseJson(text)).toEqual({ a: '1.0 [[[ -0 " 12345678901234567890', 'b\\': 1 });
  });

  it('lets the last of duplicate keys win', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parseJson('{"a":1.0,"a":2.0}')).toEqual({ a: new RawNumber('2.0') });
  });

  it('keeps the order of keys', () => {
    expect(Object.keys(parseJson('{"b":1.0,"a":1,"c":1}') as object)).toEqual(['b', 'a', 'c']);
  });

  it('takes __proto__ for a key like any other', () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1.0}}']) {
      const value = parseJson(text);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(printJson(value)).toBe(text);
    }
  });

  it.each([
    ['', 1, 1, 'ends'],
    ['{"a":1,}', 1, 8, 'key'],
    ['[1 2]', 1, 4, "','"],
    ['{\n  "a": tru\n}', 2, 8, 'unexpected'],
    ['{"a" 1}', 1, 6, "':'"],
    ['[1]x', 1, 4, 'after the end'],
    ['["abc]', 1, 2, 'does not end'],
    ['"\\x"', 1, 1, 'escape'],
    ['01', 1, 2, 'after the end'],
    ['[1.]', 1, 3, "','"],
    ['\u00a01', 1, 1, 'unexpected'],
  ])('says where %j is wrong', (text, line, column, reason) => {
    const error = failureOf(text);
    expect(error.code).toBe('ERR_JSON_SYNTAX');
    expect(error.details).toMatchObject({ line, column });
    expect(error.message).toContain(reason);
  });

  it('reads nesting up to the limit and refuses what is deeper, however deep', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(tryParseJson(nested(jsonDepthMax))).toBeDefined();
    expect(failureOf(nested(jsonDepthMax + 1)).message).toContain('deeper');
    expect(failureOf('{"a":'.repeat(200_000)).message).toContain('deeper');
  });

  it('counts nesting, not brackets', () => {
    expect(tryParseJson(`[1.0,${'[],{},'.repeat(2 * jsonDepthMax)}1]`)).toBeDefined();
  });
});

describe('printJson', () => {
  it('prints the nearest double where only JSON.stringify is at hand', () => {
    expect(JSON.stringify({ a: new RawNumber('1.50') })).toBe('{"a":1.5}');
  });

  it('leaves out members that are undefined, as JSON.stringify does', () => {
    const value = { a: undefined, b: new RawNumber('1.0') } as unknown as Json;
    expect(printJson(value)).toBe('{"b":1.0}');
  });
});

describe('equalJson', () => {
  it('does not look at the order of keys', () => {
    expect(equalJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  });

  it('compares raw numbers by text, and with doubles by value', () => {
    expect(equalJson(new RawNumber('1.0'), new RawNumber('1.0'))).toBe(true);
    expect(equalJson(new RawNumber('1.0'), new RawNumber('1.00'))).toBe(false);
    expect(equalJson(new RawNumber('1.0'), 1)).toBe(true);
    expect(equalJson(1, new RawNumber('1.0'))).toBe(true);
    expect(equalJson('1.0', new RawNumber('1.0'))).toBe(false);
    expect(equalJson(new RawNumber('1.0'), { text: '1.0' })).toBe(false);
  });

  it.each([
    [undefined, null],
    [[], {}],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ constructor: 1 }, { a: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    ['1', 1],
    [false, 0],
  ] as readonly (readonly [Json | undefined, Json | undefined])[])('tells %j from %j', (a, b) => {
    expect(equalJson(a, b)).toBe(false);
    expect(equalJson(b, a)).toBe(false);
  });

  it('is reflexive, symmetric and agrees with canonical printing', () => {
    fc.assert(
      fc.property(arbitraryJson, arbitraryJson, (a, b) => {
        expect(equalJson(a, parseJson(printJson(a)))).toBe(true);
        expect(equalJson(a, b)).toBe(equalJson(b, a));
      }),
    );
  });
});

describe('members', () => {
  it('are own members only', () => {
    expect(memberOf({}, 'constructor')).toBeUndefined();
    expect(memberOf([1], 'length')).toBeUndefined();
    expect(memberOf(new RawNumber('1.0'), 'text')).toBeUndefined();
    expect(memberOf({ a: null }, 'a')).toBeNull();
  });

  it('may be called __proto__', () => {
    const object: Record<string, Json> = {};
    putMember(object, '__proto__', 1);
    expect(memberOf(object, '__proto__')).toBe(1);
    expect(isObject(object)).toBe(true);
  });
});

describe('numberFromText', () => {
  it('gives a double exactly when that prints the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = String(number);
        expect(numberFromText(text)).toBe(Object.is(number, -0) ? 0 : number);
      }),
    );
    expect(numberFromText('1.10')).toEqual(new RawNumber('1.10'));
  });
});
