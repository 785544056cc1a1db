import { expect, it } from 'vitest';
import { hintsOf, isOrdinary } from '../../../src/core/recording/text-hints.ts';

it.each([
  ['ada@acme.io', 'at'],
  ['+44 20', 'plus'],
  ['5425 2334 3010 9903', 'card'],
  ['4242424242424242', 'card'],
  ['see eyJhbGci', 'token'],
  ['https://bot:x@host', 'token'],
  ['/a?b=c', 'url'],
] as const)('%s may hold %s', (text, hint) => {
  expect(hintsOf(text)[hint]).toBe(true);
  expect(isOrdinary(hintsOf(text))).toBe(false);
});

it('ordinary text is told to be so', () => {
  expect(isOrdinary(hintsOf('{"id":123,"title":"Write tests","done":false,"at":"2024-01-02T03:04:05Z"}'))).toBe(true);
});
