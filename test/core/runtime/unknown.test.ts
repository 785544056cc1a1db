import { expect, it } from 'vitest';
import { unknownShaped } from '../../../src/core/runtime/unknown.ts';

it('an unknown answer keeps the shape of an error and nothing of what it said', () => {
  const error = { code: '404', status: 404, count: 3, errors: ['a', { b: true, c: null }], nested: { text: 'x' } };
  expect(unknownShaped(error, 404)).toEqual({
    code: '501',
    status: 501,
    count: 3,
    errors: ['Not Implemented', { b: true, c: null }],
    nested: { text: 'Not Implemented' },
  });
});
