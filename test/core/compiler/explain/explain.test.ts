import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, SAMPLES_MAX, type ExplainOptions } from '../../../../src/core/compiler/explain/explain.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { iso, TOY_START } from '../../../support/toy-recording.ts';
import { example, rendered } from '../../../support/explained.ts';

const options: ExplainOptions = { name: '' };
const pairs = (...all: [Json, Json | undefined][]): ReturnType<typeof example>[] =>
  all.map(([body, target]) => example({ body }, target));

describe('an explanation', () => {
  it('is one expression where one fits every example', () => {
    expect(explain(pairs([{ a: 1 }, 1], [{ a: 2 }, 2]), options)).toMatchObject({
      template: 'body.a',
      misses: 0,
      samples: 2,
    });
  });

  it('is a default for what was not sent', () => {
    const samples = pairs([{ size: 4 }, 4], [{}, 10], [{ size: 6 }, 6], [{}, 10]);
    expect(explain(samples, options)).toMatchObject({ template: 'coalesce(body.size, 10)', misses: 0 });
  });

  it('is a default that came a few times among more names than are looked at', () => {
    const named = Array.from({ length: 2 * SAMPLES_MAX }, (_, at): [Json, Json] => [{ name: `n${at}` }, `n${at}`]);
    const silent = Array.from({ length: 4 }, (): [Json, Json] => [{}, 'Untitled']);
    expect(explain(pairs(...named, ...silent), options).template).toBe('coalesce(body.name, "Untitled")');
  });

  it('is a condition over what was sent', () => {
    const now = iso(TOY_START);
    const samples = pairs(
      [{ state: 'closed' }, now],
      [{ state: 'open' }, null],
      [{ state: 'closed' }, now],
      [{ state: 'open' }, null],
    );
    expect(explain(samples, options)).toMatchObject({
      template: '(body.state == "closed" ? now("iso-ms") : null)',
      misses: 0,
    });
  });

  it('never reads what it explains', () => {
    const samples = pairs([{ n: 1 }, 'x'], [{ n: 2 }, null], [{ n: 3 }, 'x'], [{ n: 4 }, null]);
    const { template, misses } = explain(samples, options);
    expect(misses).toBeGreaterThan(0);
    expect(String(template)).not.toContain('answer');
  });

  it('is member by member where no whole fits', () => {
    const samples = pairs(
      [
        { a: 1, b: 'x' },
        { first: 1, second: { deep: 'x' }, kind: 'pair' },
      ],
      [
        { a: 2, b: 'y' },
        { first: 2, second: { deep: 'y' }, kind: 'pair' },
      ],
    );
    expect(explain(samples, options).template).toEqual({ first: 'body.a', second: { deep: 'body.b' }, kind: '"pair"' });
  });

  it('is element by element where all lists are equally long', () => {
    const error = (field: string): Json => [{ field, code: 'missing' }];
    expect(explain(pairs([{ f: 'a' }, error('a')], [{ f: 'b' }, error('b')]), options).template).toEqual([
      { field: 'body.f', code: '"missing"' },
    ]);
  });

  it('counts the examples that it misses', () => {
    const samples = pairs([{ a: 1 }, 1], [{ a: 2 }, 2], [{ a: 3 }, 3], [{ a: 4 }, 4], [{ a: 5 }, 77]);
    expect(explain(samples, options)).toMatchObject({ template: 'body.a', misses: 1 });
  });

  it('of no examples is missing', () => {
    expect(explain([], options)).toMatchObject({ template: 'missing', misses: 0, samples: 0 });
  });

  it('looks at some of very many examples, the rare ones among them', () => {
    const many = Array.from({ length: 3000 }, (_, at): [Json, Json] => [
      { rare: at === 2999 },
      at === 2999 ? 'odd' : 'even',
    ]);
    const found = explain(pairs(...many), options);
    expect(found.samples).toBeLessThanOrEqual(SAMPLES_MAX);
    expect(found.misses + (String(found.template).includes('odd') ? 1 : 0)).toBe(1);
  });

  it('that misses nothing renders every example in the runtime', () => {
    const scalar = fc.oneof(fc.constantFrom('a', 'b', 'C', ''), fc.integer({ min: 0, max: 3 }), fc.constant(null));
    const body = fc.record({ a: scalar, b: scalar, list: fc.array(scalar, { maxLength: 2 }) }, { requiredKeys: [] });
    const target = fc.oneof(
      scalar,
      fc.constant(undefined),
      fc.record({ x: scalar, y: scalar }, { requiredKeys: [] }),
      fc.array(scalar, { maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(body, target), { minLength: 1, maxLength: 6 }), (all) => {
        const { template, misses } = explain(
          all.map(([each, wanted]) => example({ body: each }, wanted)),
          options,
        );
        if (misses > 0) return;
        for (const [each, wanted] of all)
          expect({ template, body: each, value: rendered(template, { body: each }) }).toEqual({
            template,
            body: each,
            value: wanted,
          });
      }),
      { numRuns: 300 },
    );
  });
});
