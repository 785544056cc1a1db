import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/core/std/error-codes.ts';
import { assert, assertNever, MynahError } from '../../../src/core/std/errors.ts';

describe('MynahError', () => {
  it('carries its code, its details, its cause and the exit code of its row', () => {
    const cause = new Error('below');
    const error = new MynahError('ERR_JSON_SYNTAX', 'not valid', { line: 3 }, cause);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'MynahError',
      code: 'ERR_JSON_SYNTAX',
      message: 'not valid',
      details: { line: 3 },
      cause,
    });
    expect(error.exit).toBe(ERROR_CODES.ERR_JSON_SYNTAX.exit);
  });
});

describe('assert', () => {
  it('ends on a broken invariant and passes on a held one', () => {
    expect(() => assert(false, 'keys are unique')).toThrow('keys are unique');
    expect(() => assert(1, 'one is true')).not.toThrow();
    expect(() => assertNever('left over' as never)).toThrow('left over');
  });
});

describe('the table of error codes', () => {
  it('names every code alike and says what each means in a sentence', () => {
    for (const [code, spec] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^ERR_[A-Z0-9_]+$/);
      expect(spec.title).toMatch(/^[A-Z].*\.$/);
    }
  });
});
