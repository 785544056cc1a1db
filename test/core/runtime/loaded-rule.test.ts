import { describe, expect, it } from 'vitest';
import { compileRule, located } from '../../../src/core/runtime/loaded-rule.ts';
import { MynahError } from '../../../src/core/std/errors.ts';
import { failureOf } from '../../support/failure.ts';

describe('a loaded rule', () => {
  it('tells the names that need the list from those that do not', () => {
    const rule = compileRule(
      {
        id: 'r',
        let: { a: 'query.a', n: 'list.total', b: 'a + 1', m: 'n + b' },
        reply: { status: 200 },
      },
      new Map(),
    );
    expect(rule.letsBefore.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(rule.letsAfter.map(({ name }) => name)).toEqual(['n', 'm']);
  });

  it('has header names in lower case', () => {
    const rule = compileRule({ id: 'r', reply: { status: 200, headers: [{ name: 'ETag', value: "'x'" }] } }, new Map());
    expect(rule.reply.headers[0]?.name).toBe('etag');
  });

  it.each([
    [{ effects: [{ kind: 'delete-where', type: 'Nope', where: 'true' }] }, /^rule r, effect 1: /],
    [{ effects: [{ kind: 'merge', target: 't', set: { a: '(' } }] }, /^rule r, effect 1, a: /],
    [{ let: { a: '(' } }, /^rule r, let a: /],
    [{ reply: { status: 200, headers: [{ name: 'x', value: '(' }] } }, /^rule r, reply, header x: /],
    [{ reply: { status: 200, body: { a: '(' } } }, /^rule r, reply: /],
    [{ query: { type: 'Nope' } }, /^rule r, query: /],
  ] as const)('says where the mistake in %j is', (part, message) => {
    const failure = failureOf(() => compileRule({ id: 'r', reply: { status: 200 }, ...part }, new Map()));
    expect(failure.message).toMatch(message);
  });
});

describe('located', () => {
  it('keeps code and details of an error and adds the place', () => {
    const failure = failureOf(() =>
      located('here', () => {
        throw new MynahError('ERR_USAGE', 'no', { line: 1 });
      }),
    );
    expect([failure.code, failure.message, failure.details]).toEqual([
      'ERR_USAGE',
      'here: no',
      { line: 1, at: 'here' },
    ]);
  });

  it('lets defects pass as they are', () => {
    const defect = new TypeError('x');
    expect(() =>
      located('here', () => {
        throw defect;
      }),
    ).toThrow(defect);
  });
});
