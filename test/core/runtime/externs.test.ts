import { describe, expect, it } from 'vitest';
import { callExtern, digestWithExterns, type Externs } from '../../../src/core/runtime/externs.ts';
import { explainStep } from '../../../src/core/runtime/step-explanation.ts';
import { initialWorld, loadModel, step } from '../../../src/core/runtime/step.ts';
import { parseJson } from '../../../src/core/std/json.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { SMALL_ORIGIN, smallModel } from '../../support/small-clone.ts';

const externs: Externs = new Map([
  ['shout', { digest: 'a', apply: (text: unknown) => `${String(text).toUpperCase()}!` }],
  ['nothing', { digest: 'b', apply: () => undefined }],
  ['echo', { digest: 'c', apply: (...args: unknown[]) => args }],
  ['late', { digest: 'f', apply: () => Promise.reject(new Error('nobody waits for this')) }],
  [
    'broken',
    {
      digest: 'd',
      apply: () => {
        throw new Error('no such word');
      },
    },
  ],
]);

/** A clone whose answer is what the expression gives. */
function modelWith(expression: string) {
  const only = { id: 'only', when: 'true', reply: { status: 200, body: { value: expression } } };
  const error = { id: 'missing', reply: { status: 404, body: { message: 'extern("shout", "gone")' } } };
  return smallModel({ routes: [{ id: 'root', method: 'POST', path: '/', cases: [only] }], errors: [error] });
}

const answerOf = (expression: string, lent: Externs = externs) =>
  new CloneClient(loadModel(modelWith(expression), { externs: lent })).post('/', { word: 'tea', list: [1.5, null] });

describe('an extern', () => {
  it('gives what its function makes of plain JSON', () => {
    expect(answerOf('extern("shout", body.word)').body).toEqual({ value: 'TEA!' });
    expect(answerOf('extern("echo", body.list, body.none, 1)').body).toEqual({ value: [[1.5, null], null, 1] });
    expect(answerOf('coalesce(extern("nothing"), "else")').body).toEqual({ value: 'else' });
  });

  it('cannot change what it was given', () => {
    const given = parseJson('{"a":[1]}');
    const changing: Externs = new Map([
      ['change', { digest: 'e', apply: (value: unknown) => Object.assign(value as object, { a: 2 }) }],
    ]);
    expect(callExtern(changing, ['change', given])).toEqual({ a: 2 });
    expect(given).toEqual({ a: [1] });
  });

  it('that is not enabled, fails or has no name makes the step unknown', () => {
    const unknownOf = (expression: string, lent?: Externs) => answerOf(expression, lent).transition.unknown;
    expect(unknownOf('extern("shout", "x")', new Map())).toBe(
      'a rule calls extern shout, which is not enabled; enable it with --extern shout',
    );
    expect(unknownOf('extern("broken")')).toBe('extern broken failed: no such word');
    expect(unknownOf('extern("late")')).toBe(
      'extern late failed: it gave a promise; an extern has to give its result at once',
    );
    expect(unknownOf('extern(3)')).toBe('a rule calls an extern without naming it by a text');
    expect(answerOf('extern("shout", "x")', new Map())).toMatchObject({
      status: 501,
      body: { message: 'Not Implemented' },
    });
  });

  it('that is not enabled is explained all the same', () => {
    const loaded = loadModel(
      smallModel({
        routes: [
          {
            id: 'root',
            method: 'GET',
            path: '/',
            cases: [{ id: 'only', when: 'extern("shout") == "A!"', reply: { status: 200 } }],
          },
        ],
      }),
    );
    const request = { origin: SMALL_ORIGIN, method: 'GET', target: '/', headers: [] };
    expect(explainStep(loaded, initialWorld(loaded, 1), request).rules).toMatchObject([{ holds: false }]);
    expect(step(loaded, initialWorld(loaded, 1), request, { nearest: true }).response.status).toBe(200);
  });

  it('is part of the digest of the model it is lent to', () => {
    expect(digestWithExterns('m', new Map())).toBe('m');
    const one = digestWithExterns('m', externs);
    expect(digestWithExterns('m', new Map([...externs].reverse()))).toBe(one);
    expect(digestWithExterns('m', new Map([...externs, ['shout', { digest: 'z', apply: () => 1 }]]))).not.toBe(one);
    expect(loadModel(modelWith('1'), { externs }).digest).not.toBe(loadModel(modelWith('1')).digest);
  });
});
