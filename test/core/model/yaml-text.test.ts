import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml, printYaml } from '../../../src/core/model/yaml-text.ts';
import { RawNumber } from '../../../src/core/std/json.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';
import { failureOf } from '../../support/failure.ts';

describe('YAML text', () => {
  it('carries every JSON value there and back, and prints it the same again', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        const text = printYaml(value);
        const read = parseYaml('x.yaml', text).value;
        expect(read).toEqual(value);
        expect(printYaml(read)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('puts short lists and objects of scalars on one line and everything else on lines of its own', () => {
    expect(
      printYaml({ key: ['owner', 'name'], page: { style: 'page', first: 1 }, rules: [{ id: 'a', of: { b: [1] } }] }),
    ).toBe('key: [ owner, name ]\npage: { style: page, first: 1 }\nrules:\n  - id: a\n    of:\n      b: [ 1 ]\n');
  });

  it('keeps the source text of numbers that a double would change', () => {
    const text = 'a: 1.0\nb: 12345678901234567890\n';
    const value = parseYaml('x.yaml', text).value;
    expect(value).toEqual({ a: new RawNumber('1.0'), b: new RawNumber('12345678901234567890') });
    expect(printYaml({ list: value })).toBe('list: { a: 1.0, b: 12345678901234567890 }\n');
  });

  it('knows the place of values and keys, and of what is around a value that is missing', () => {
    const source = parseYaml('x.yaml', 'routes:\n  - id: a\n    reply: { status: 200 }\n');
    expect(source.placeOf(['routes', 0, 'reply', 'status'])).toEqual({ line: 3, column: 22 });
    expect(source.placeOfKey(['routes', 0, 'reply'])).toEqual({ line: 3, column: 5 });
    expect(source.placeOf(['routes', 0, 'method'])).toEqual({ line: 2, column: 5 });
  });

  it.each([
    ['a: [1, 2', 1],
    ['a: 1\nb: 2\na: 3\n', 3],
    ['a: &x 1\nb: 2\n', 1],
    ['a: 1\nb: *x\n', 2],
    ['a: !!binary aGk=\n', 1],
    ['a: !mine 1\n', 1],
    ['a: .nan\n', 1],
    ['a: 0x1F\n', 1],
    ['? [1]\n: 2\n', 1],
    ['\tb: 1\n', 1],
  ])('%j is refused with its place', (text, line) => {
    const failure = failureOf(() => parseYaml('routes/x.yaml', text));
    expect(failure.code).toBe('ERR_CLONE_FILE');
    expect(failure.details).toMatchObject({ file: 'routes/x.yaml', line });
    expect(failure.message).toMatch(/^routes\/x\.yaml:\d+:\d+: ./);
  });

  it('refuses nesting that would exhaust the stack instead of dying of it', () => {
    expect(failureOf(() => parseYaml('x.yaml', '['.repeat(200_000))).code).toBe('ERR_CLONE_FILE');
  });
});
