import { expect, it } from 'vitest';
import { explain } from '../../../../src/core/compiler/explain/explain.ts';
import type { Search } from '../../../../src/core/compiler/explain/candidates.ts';
import type { Sample } from '../../../../src/core/compiler/explain/samples.ts';
import type { Json } from '../../../../src/core/std/json.ts';

const asked = (index: number, target: Json, said: string): Sample => ({
  sources: new Map([['path.name', { value: said, cost: 3.5 }]]),
  target,
  from: 0,
  until: 0,
  index,
});
const search: Search = { name: 'x', noClock: true, foreign: new Map([['boat 12', 3]]) };
const template = (samples: readonly Sample[], more: Partial<Search> = {}): unknown =>
  explain(samples, { ...search, ...more }).template;

it('a literal that belongs to the recorded world is the last thing to believe', () => {
  const samples = [1, 2, 3, 4].map((n) => asked(n + 5, 'boat 12', `p${n}`));
  expect(template(samples)).toBe('"boat 12"');
  expect(template(samples, { foreignIsUnknown: true })).toBe('unknown()');
  expect(template([asked(5, 'calm seas', 'a'), asked(6, 'calm seas', 'b')], { foreignIsUnknown: true })).toBe(
    '"calm seas"',
  );
});

it('it is one of many where an answer said it first', () => {
  expect(template([asked(3, 'boat 12', 'a')], { foreignIsUnknown: true })).toBe('"boat 12"');
});

it('an object that holds one is explained by its members', () => {
  const samples = [5, 6].map((n) => asked(n, { of: 'boat 12', size: 4 }, 'boat 12'));
  expect(template(samples)).toEqual({ of: 'path.name', size: '4' });
});
