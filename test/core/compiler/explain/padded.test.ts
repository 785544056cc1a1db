import { expect, it } from 'vitest';
import { explain } from '../../../../src/core/compiler/explain/explain.ts';
import type { Sample } from '../../../../src/core/compiler/explain/samples.ts';

const sample = (queue: string, number: number, target: string): Sample => ({
  sources: new Map([
    ['path.queue', { value: queue, cost: 3 }],
    ['counter("n")', { value: number, cost: 2 }],
  ]),
  target,
  from: 0,
  until: 0,
});

it('finds a number in a text that has zeros before it', () => {
  const samples = [sample('a', 7, '/a/00007'), sample('b', 12, '/b/00012'), sample('a', 130, '/a/00130')];
  expect(explain(samples, { name: 'key' })).toMatchObject({
    template: '"/" + string(path.queue) + "/" + string(padStart(string(counter("n")), 5, "0"))',
    misses: 0,
  });
});

it('takes a text of a number alone as well', () => {
  const samples = [sample('a', 7, '007'), sample('b', 12, '012'), sample('a', 45, '045')];
  expect(explain(samples, { name: 'key' })).toMatchObject({
    template: 'padStart(string(counter("n")), 3, "0")',
    misses: 0,
  });
});
