// docs/formats/expressions.md is the truth about the language: every table in it that shows values is executed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTimeFormat, formatTime } from '../../src/core/std/clock.ts';
import { printJson, type Json } from '../../src/core/std/json.ts';
import { SPECIAL_FUNCTIONS } from '../../src/core/model/expression-calls.ts';
import { PURE_FUNCTIONS } from '../../src/core/model/expression-functions.ts';
import { compileExpression, NO_HOST, type Scope, type Value } from '../../src/core/model/expression.ts';
import { HOST_FUNCTIONS } from '../../src/core/model/host-functions.ts';
import * as limits from '../../src/core/std/limits.ts';
import { codeBlocks, tables, type Table } from '../support/markdown.ts';

const page = readFileSync(new URL('../../docs/formats/expressions.md', import.meta.url), 'utf8');
const allTables = tables(page);

function tablesWith(...header: readonly string[]): readonly Table[] {
  const found = allTables.filter((table) => header.every((cell, index) => table.header[index] === cell));
  if (found.length === 0) throw new Error(`no table begins with ${header.join(', ')}`);
  return found;
}

function evaluate(text: string, scope: Scope = {}): Value {
  return compileExpression(text).evaluate(scope, NO_HOST);
}

/** Printed, so that 1.0 and 1 differ. */
function shown(value: Value): string {
  return value === undefined ? 'missing' : printJson(value);
}

/** The name of `name(…)`. */
function calledName(cell: string): string {
  return cell.slice(0, cell.indexOf('('));
}

describe('one value', () => {
  const [first, second] = tablesWith('a').filter((table) => table.header[1] !== 'b');
  const cells = [first, second].flatMap((table) =>
    (table as Table).rows.flatMap(([a, ...results]) =>
      results.map((result, index) => ({
        a: a as string,
        expression: (table as Table).header[index + 1] as string,
        result,
      })),
    ),
  );
  it.each(cells)('where a is $a, $expression is $result', ({ a, expression, result }) => {
    expect(shown(evaluate(expression, { a: evaluate(a) }))).toBe(shown(evaluate(result)));
  });
});

describe('two values', () => {
  const [table] = tablesWith('a', 'b') as [Table];
  const cells = table.rows.flatMap(([a, b, ...results]) =>
    results.map((result, index) => ({
      a: a as string,
      b: b as string,
      expression: table.header[index + 2] as string,
      result,
    })),
  );
  it.each(cells)('where a is $a and b is $b, $expression is $result', ({ a, b, expression, result }) => {
    expect(shown(evaluate(expression, { a: evaluate(a), b: evaluate(b) }))).toBe(shown(evaluate(result)));
  });

  it.each(table.rows)('a = %s, b = %s: the other comparisons follow', (a, b) => {
    const scope = { a: evaluate(a as string), b: evaluate(b as string) };
    expect(evaluate('a != b', scope)).toBe(evaluate('!(a == b)', scope));
    expect(evaluate('b > a', scope)).toBe(evaluate('a < b', scope));
    expect(evaluate('b >= a', scope)).toBe(evaluate('a <= b', scope));
  });
});

describe('single expressions', () => {
  const [table] = tablesWith('expression', 'gives') as [Table];
  it.each(table.rows)('%s gives %s', (expression, result) => {
    expect(shown(evaluate(expression as string))).toBe(shown(evaluate(result as string)));
  });
});

describe('functions', () => {
  const [table] = tablesWith('function', 'gives', 'for example', 'is') as [Table];
  it.each(table.rows)('%s gives %s: %s is %s', (signature, _gives, example, result) => {
    expect(compileExpression(example as string).functions).toContain(calledName(signature as string));
    expect(shown(evaluate(example as string))).toBe(shown(evaluate(result as string)));
  });

  it('are all listed, and all exist', () => {
    const listed = table.rows.map(([signature]) => calledName(signature as string));
    expect(listed.sort()).toEqual([...PURE_FUNCTIONS.keys(), ...SPECIAL_FUNCTIONS.keys()].sort());
  });

  it('of the world are all listed, and all exist', () => {
    const world = tablesWith('function', 'gives').find((one) => one.header.length === 2);
    expect(world?.rows.map(([signature]) => calledName(signature as string))).toEqual(HOST_FUNCTIONS);
  });
});

describe('time formats', () => {
  const [table] = tablesWith('format', 'spells') as [Table];
  it.each(table.rows)('%s spells %s', (format, spelling) => {
    expect(isTimeFormat(format as string)).toBe(true);
    expect(formatTime(1_704_164_645_678, format as string)).toEqual(evaluate(spelling as string) as Json);
  });
});

describe('the page', () => {
  it('shows expressions that compile', () => {
    const lines = codeBlocks(page)
      .filter(({ language }) => language === 'cel')
      .flatMap(({ text }) => text.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(() => compileExpression(line)).not.toThrow();
  });

  it('states the limits as they are', () => {
    const stated = page
      .slice(page.indexOf('## Limits'))
      .match(/\d[\d,]{3,}/g)
      ?.map((number) => Number(number.replaceAll(',', '')));
    const {
      expressionTextMax,
      expressionNodesMax,
      expressionElementsMax,
      textLengthMax,
      listLengthMax,
      expressionTurnsMax,
    } = limits;
    expect(stated).toEqual([
      expressionTextMax,
      expressionNodesMax,
      expressionElementsMax,
      textLengthMax,
      listLengthMax,
      expressionTurnsMax,
    ]);
  });

  it('names the words that cannot be names', () => {
    for (const word of 'as break const continue else for function if import let loop namespace package return var void while in'.split(
      ' ',
    )) {
      expect(page).toContain(word);
      expect(() => compileExpression(word)).toThrow();
    }
  });
});
