import { expect, it } from 'vitest';
import { constantHeader, constantHeaders } from '../../../../src/core/compiler/replayed/constant-headers.ts';
import type { Header } from '../../../../src/core/exchange/exchange.ts';

const answer = (...headers: Header[]): { readonly headers: readonly Header[] } => ({ headers });

it('headers that all answers carry once and alike are constant, but for those of one answer or connection', () => {
  const one = answer(
    ['vary', 'accept'],
    ['etag', '"1"'],
    ['x-by', "it's"],
    ['date', 'now'],
    ['link', 'a'],
    ['link', 'b'],
  );
  const two = answer(
    ['x-by', "it's"],
    ['vary', 'accept'],
    ['etag', '"2"'],
    ['date', 'now'],
    ['link', 'a'],
    ['link', 'b'],
  );
  expect(constantHeaders([one, two])).toEqual([
    { name: 'vary', value: '"accept"' },
    { name: 'x-by', value: '"it\'s"' },
  ]);
  expect(constantHeader([one, two], 'etag')).toBeUndefined();
  expect(constantHeader([one, answer()], 'vary')).toBeUndefined();
  expect(constantHeaders([])).toEqual([]);
});
