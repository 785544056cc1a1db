import { describe, expect, it } from 'vitest';
import type { EffectContext } from '../../../../src/core/compiler/effects/effect-draft.ts';
import type { Sample, Sources } from '../../../../src/core/compiler/explain/samples.ts';
import { inferMadeUp } from '../../../../src/core/compiler/types/made-up-members.ts';
import type { Generator } from '../../../../src/core/model/clone-model.ts';

const sample = (target: string, before?: string): Sample => {
  const sources: Sources = new Map(before === undefined ? [] : [['sheet.head.rev', { value: before, cost: 4 }]]);
  return { sources, target, from: 0, until: 0 };
};

/** What is inferred, and the generators that it takes. */
function inferred(samples: readonly Sample[]): [string | undefined, Record<string, Generator>] {
  const generators = new Map<string, Generator>();
  const text = inferMadeUp({ generators } as unknown as EffectContext, 'Sheet.head.rev', samples);
  return [text, Object.fromEntries(generators)];
}

describe('a member that the service makes up', () => {
  const hashes = ['9f31c2d4', '07be55a1', 'c4d0e81f', '5a6b7c8d', '1e2f3a4b'];

  it('is drawn from a generator of its own', () => {
    const [text, generators] = inferred(hashes.map((hash) => sample(hash)));
    expect(text).toBe('gen("Sheet.head.rev")');
    expect(generators['Sheet.head.rev']).toEqual({
      kind: 'text',
      pattern: [{ alphabet: '0123456789abcdef', length: 8 }],
    });
  });

  it('counts on where it counts the writes before it', () => {
    const [text, generators] = inferred(hashes.map((hash, at) => sample(`${at + 2}-${hash}`, `${at + 1}-00000000`)));
    expect(text).toContain('+ 1) + "-" + gen("Sheet.head.rev revision")');
    expect(Object.keys(generators)).toEqual(['Sheet.head.rev revision']);
  });

  it('is no word, and nothing that comes twice', () => {
    expect(inferred(['orchid', 'meadow', 'willow', 'garden'].map((word) => sample(word)))[0]).toBeUndefined();
    expect(inferred(hashes.map(() => sample('9f31c2d4')))[0]).toBeUndefined();
  });
});
