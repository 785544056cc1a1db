import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCandidates, type Search } from '../../../../src/core/compiler/explain/candidates.ts';
import type { Sample } from '../../../../src/core/compiler/explain/samples.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { iso, TOY_START } from '../../../support/toy-recording.ts';
import { evaluated, example } from '../../../support/explained.ts';

const search: Search = { name: 'title' };
const fullHits = (samples: readonly Sample[], options: Search = search): string[] => {
  const all = (1n << BigInt(samples.length)) - 1n;
  return findCandidates(samples, options)
    .filter(({ hits }) => hits === all)
    .sort((a, b) => a.cost - b.cost)
    .map(({ text }) => text);
};
const over = (...pairs: [Json, Json | undefined][]): Sample[] =>
  pairs.map(([body, target]) => example({ body }, target));

describe('a candidate', () => {
  it.each<[string, Sample[]]>([
    ['body.title', over([{ title: 'a' }, 'a'], [{ title: 'b' }, 'b'])],
    ['lower(string(body.name))', over([{ name: 'ADA' }, 'ada'], [{ name: 'Bob' }, 'bob'])],
    ['trim(string(body.name))', over([{ name: ' ada ' }, 'ada'], [{ name: 'bob ' }, 'bob'])],
    ['string(body.n)', over([{ n: 7 }, '7'], [{ n: 8 }, '8'])],
    ['number(body.n)', over([{ n: '7' }, 7], [{ n: '8' }, 8])],
    ['bool(body.on)', over([{ on: 'true' }, true], [{ on: 'false' }, false])],
    ['!body.open', over([{ open: true }, false], [{ open: false }, true])],
    ['body.version + 1', over([{ version: 1 }, 2], [{ version: 7 }, 8])],
    ['size(body.tags)', over([{ tags: ['a'] }, 1], [{ tags: ['a', 'b', 'c'] }, 3])],
    ['first(body.tags)', over([{ tags: ['a', 'b'] }, 'a'], [{ tags: ['c', 'd'] }, 'c'])],
    ['sort(body.tags)', over([{ tags: ['b', 'a'] }, ['a', 'b']], [{ tags: ['c', 'a'] }, ['a', 'c']])],
    ['distinct(body.tags)', over([{ tags: ['b', 'b'] }, ['b']], [{ tags: ['c', 'a', 'c'] }, ['c', 'a']])],
    ['body.a + body.b', over([{ a: [1], b: [2, 3] }, [1, 2, 3]], [{ a: [4, 5], b: [6] }, [4, 5, 6]])],
    ['last(split(body.ref, "/"))', over([{ ref: 'refs/heads/main' }, 'main'], [{ ref: 'refs/heads/dev' }, 'dev'])],
    [
      'ref("User", body.user)',
      over([{ user: 'u1' }, { $ref: 'User', key: 'u1' }], [{ user: 'u2' }, { $ref: 'User', key: 'u2' }]),
    ],
    [
      'body.users.map(e, ref("User", e))',
      over(
        [{ users: ['a', 'b'] }, ['a', 'b'].map((key) => ({ $ref: 'User', key }))],
        [{ users: ['c'] }, [{ $ref: 'User', key: 'c' }]],
      ),
    ],
    ['"open"', over([{ n: 1 }, 'open'], [{ n: 2 }, 'open'])],
    ['missing', over([{ n: 1 }, undefined], [{ n: 2 }, undefined])],
  ])('%s is found', (text, samples) => {
    expect(fullHits(samples)).toContain(text);
  });

  it('prefers a source of the same name', () => {
    const samples = over([{ name: 'a', title: 'a' }, 'a'], [{ name: 'b', title: 'b' }, 'b']);
    expect(fullHits(samples)[0]).toBe('body.title');
  });

  it('prefers what was sent to a constant when every example had the same value', () => {
    const samples = over([{ title: 'x', n: 1 }, 'x'], [{ title: 'x', n: 2 }, 'x']);
    expect(fullHits(samples)[0]).toBe('body.title');
  });

  it('is a name in the scope of the path where entities are known by such', () => {
    const stones = new Map([
      ['71', { $repo: 'red', number: 4 }],
      ['72', { $repo: 'blue', number: 4 }],
    ]);
    const milestone = (repo: string, key: string): Sample =>
      example({ path: { repo }, body: { milestone: 4 } }, { $ref: 'Milestone', key });
    const found = fullHits([milestone('red', '71'), milestone('blue', '72')], {
      name: 'milestone',
      tuplesOf: () => [['$repo', 'number']],
      entityOf: (ref) => stones.get((ref as { key: string }).key),
    });
    expect(found).toContain('ref(find("Milestone", "$repo,number", [path.repo, body.milestone]))');
  });

  it('is the clock where a time is that of the answer, in its format', () => {
    const samples = over([{ n: 1 }, iso(TOY_START)], [{ n: 2 }, iso(TOY_START + 1)]);
    expect(fullHits(samples)).toContain('now("iso-ms")');
    expect(fullHits(over([{ n: 1 }, TOY_START / 1000], [{ n: 2 }, TOY_START / 1000]))).toContain('now("epoch-s")');
  });

  it('is a moment a fixed distance from the clock', () => {
    const later = iso(TOY_START + 3_600_000);
    expect(fullHits(over([{ n: 1 }, later], [{ n: 2 }, later], [{ n: 3 }, later]))).toContain(
      'addSeconds(now("iso-ms"), 3600)',
    );
  });

  it('is no clock for another moment, and none where the search forbids it', () => {
    expect(fullHits(over([{ n: 1 }, '2020-01-01T00:00:00.000Z'])).filter((text) => text.includes('now'))).toEqual([]);
    expect(fullHits(over([{ n: 1 }, iso(TOY_START)]), { ...search, noClock: true })).toEqual([`"${iso(TOY_START)}"`]);
  });

  it('is no constant where the search forbids it', () => {
    expect(fullHits(over([{ n: 1 }, 'open'], [{ n: 2 }, 'open']), { ...search, noLiterals: true })).toEqual([]);
  });

  it('means to the runtime what it means here', () => {
    const text = fc.constantFrom('a', 'B', ' c ', 'd/e', '7', '07', '-1.5', 'true', '', 'Straße', 'İ');
    const scalar = fc.oneof(text, fc.integer({ min: -2, max: 3 }), fc.constant(null));
    const list = fc.array(scalar, { maxLength: 3 });
    const body = fc.record({ title: scalar, other: scalar, list }, { requiredKeys: [] });
    const value = fc.oneof(scalar, list, fc.boolean());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(body, fc.oneof(value, fc.constant(undefined))), { minLength: 1, maxLength: 4 }),
        (pairs) => {
          const samples = pairs.map(([each, target]) => example({ body: each }, target));
          for (const { text: expression, hits } of findCandidates(samples, { ...search, noClock: true }))
            pairs.forEach(([each, target], at) => {
              if (((hits >> BigInt(at)) & 1n) === 0n) return;
              expect({ expression, body: each, value: evaluated(expression, { body: each }) }).toEqual({
                expression,
                body: each,
                value: target,
              });
            });
        },
      ),
      { numRuns: 300 },
    );
  });
});
