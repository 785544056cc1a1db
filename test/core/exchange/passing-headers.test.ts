import { expect, it } from 'vitest';
import { isPassingHeader } from '../../../src/core/exchange/passing-headers.ts';

it('headers of the connection and of the moment pass, those of what is answered stay', () => {
  expect(['date', 'content-length', 'proxy-authenticate', 'x-envoy-upstream'].every(isPassingHeader)).toBe(true);
  expect(['etag', 'location', 'content-type', 'x-total-count', 'set-cookie'].some(isPassingHeader)).toBe(false);
});
