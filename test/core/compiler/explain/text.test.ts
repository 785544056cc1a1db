import { describe, expect, it } from 'vitest';
import { textTemplates } from '../../../../src/core/compiler/explain/text.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { evaluated, example, sourcesOf } from '../../../support/explained.ts';

/** Templates found for texts that were made of the scopes beside them, those first that reproduce most. */
function found(examples: readonly (readonly [Record<string, Json>, string])[]): string[] {
  const samples = examples.map(([scope, target]) => example(scope, target));
  const hits = (template: { evaluate: (sources: never) => unknown }): number =>
    samples.filter((sample) => template.evaluate(sample.sources as never) === sample.target).length;
  return textTemplates(samples, samples, new Set())
    .sort((a, b) => hits(b) - hits(a))
    .map(({ text }) => text);
}

describe('text composed of others', () => {
  it('is literal text with slots', () => {
    const [best] = found([
      [{ it: { id: 7, owner: 'ada' } }, 'https://x.example/ada/7.html'],
      [{ it: { id: 12, owner: 'bob' } }, 'https://x.example/bob/12.html'],
    ]);
    expect(best).toBe('"https://x.example/" + string(it.owner) + "/" + string(it.id) + ".html"');
  });

  it('fills each slot with the source that fills it in the other examples too', () => {
    const [best] = found([
      [{ it: { id: 5, rank: 5 } }, 'note-5'],
      [{ it: { id: 6, rank: 9 } }, 'note-6'],
    ]);
    expect(best).toBe('"note-" + string(it.id)');
  });

  it('may be base64 of such, padded or not', () => {
    const made = (id: number): string => Buffer.from(`04:User${id}`).toString('base64');
    expect(
      found([
        [{ it: { id: 31 } }, made(31)],
        [{ it: { id: 42 } }, made(42)],
      ]),
    ).toContain('b64("04:User" + string(it.id))');
    const bare = (id: number): string => made(id).replace(/=+$/, '');
    expect(
      found([
        [{ it: { id: 311 } }, bare(311)],
        [{ it: { id: 422 } }, bare(422)],
      ]),
    ).toContain('replace(b64("04:User" + string(it.id)), "=", "")');
  });

  it('is not cut in the middle of a word or of a longer number', () => {
    expect(
      found([
        [{ it: { id: 1 } }, 'version 10'],
        [{ it: { id: 2 } }, 'version 20'],
      ]),
    ).toEqual([]);
  });

  it('is none where nothing of it occurs in the sources', () => {
    expect(
      found([
        [{ it: { id: 1 } }, 'hello'],
        [{ it: { id: 2 } }, 'world'],
      ]),
    ).toEqual([]);
  });

  it('means to the runtime what it means here', () => {
    const scopes = [{ it: { id: 7, owner: 'ada' } }, { it: { id: 8, owner: 'über' } }, { it: { id: 9, owner: 'c/d' } }];
    const samples = scopes.map((scope) => example(scope, `/${scope.it.owner}/${scope.it.id}`));
    for (const template of textTemplates(samples, samples, new Set()))
      for (const scope of scopes) expect(evaluated(template.text, scope)).toEqual(template.evaluate(sourcesOf(scope)));
  });
});
