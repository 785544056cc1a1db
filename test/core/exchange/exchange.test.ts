import { expect, it } from 'vitest';
import { headerValue } from '../../../src/core/exchange/exchange.ts';

it('the value of a header is that of its first line', () => {
  const headers = [
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ] as const;
  expect(headerValue(headers, 'set-cookie')).toBe('a=1');
  expect(headerValue(headers, 'Set-Cookie')).toBeUndefined();
  expect(headerValue([], 'set-cookie')).toBeUndefined();
});
