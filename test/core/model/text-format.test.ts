import { expect, it } from 'vitest';
import { textFormat } from '../../../src/core/model/text-format.ts';

it.each([
  ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'uuid'],
  ['2026-01-02T03:04:05Z', 'date-time'],
  ['2026-01-02T03:04:05.678+02:00', 'date-time'],
  ['2026-01-02 03:04:05', 'date-time'],
  ['2026-01-02', 'date'],
  ['17', 'digits'],
  ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'hex'],
  ['https://api.example/items/1', 'url'],
  ['ada@example.com', 'email'],
  ['milk', 'text'],
  ['', 'text'],
  ['2'.repeat(5000), 'text'],
] as const)('%s is %s', (text, format) => {
  expect(textFormat(text)).toBe(format);
});
