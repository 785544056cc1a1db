import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPredicates } from '../../../../src/core/compiler/explain/predicates.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { evaluated, example } from '../../../support/explained.ts';

const texts = (...bodies: Json[]): string[] =>
  findPredicates(bodies.map((body) => example({ body }, null))).map(({ text }) => text);

describe('predicates', () => {
  it('ask whether something is there', () => {
    expect(texts({ title: 'a' }, {}, { title: 'b' })).toContain('body.title != missing');
  });

  it('ask for null and for something that is not', () => {
    expect(texts({ due: null }, { due: 'monday' }, {})).toEqual(
      expect.arrayContaining(['body.due == null', 'body.due != null && body.due != missing']),
    );
  });

  it('ask whether a list holds anything', () => {
    expect(texts({ tags: [] }, { tags: ['a'] })).toContain('size(body.tags) > 0');
  });

  it('ask for one of few words', () => {
    expect(texts({ state: 'open' }, { state: 'closed' }, { state: 'open' })).toContain('body.state == "open"');
    const many = Array.from({ length: 9 }, (_, at) => ({ state: `word ${at}` }));
    expect(texts(...many).filter((text) => text.includes('word'))).toEqual([]);
  });

  it('that hold for everything or nothing tell nothing apart', () => {
    expect(texts({ a: 1 }, { a: 1 })).toEqual([]);
  });

  it('never read hidden attributes', () => {
    expect(texts({ $list: 'a' }, { $list: 'b' }).filter((text) => text.includes('$list'))).toEqual([]);
  });

  it('hold in the runtime for exactly the examples that they are said to hold for', () => {
    const body = fc.record(
      {
        state: fc.constantFrom('open', 'closed', null),
        done: fc.boolean(),
        tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
        size: fc.integer({ min: 0, max: 3 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(body, { minLength: 2, maxLength: 8 }), (bodies) => {
        for (const { text, holds } of findPredicates(bodies.map((each) => example({ body: each }, null))))
          bodies.forEach((each, at) => {
            expect({ text, body: each, holds: evaluated(text, { body: each }) === true }).toEqual({
              text,
              body: each,
              holds: ((holds >> BigInt(at)) & 1n) === 1n,
            });
          });
      }),
      { numRuns: 100 },
    );
  });
});
