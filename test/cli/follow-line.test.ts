import { expect, it } from 'vitest';
import { followLine } from '../../src/cli/follow-line.ts';

const exchange = {
  id: '1.1',
  session: 's',
  origin: 'https://api.test',
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  endedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 18),
  request: { method: 'POST', target: '/items', headers: [] },
} as const;
const lengths = { request: 3, response: 2 };

it('a line says when, how it ended, what was asked, how much went both ways, how long it took, and in which session', () => {
  const response = { status: 201, headers: [] } as const;
  expect(followLine({ ...exchange, response }, lengths)).toBe(
    '03:04:05.006 201 POST   https://api.test/items (3 B up, 2 B down; 12 ms; s)',
  );
  const error = { code: 'ERR_UPSTREAM_RESET', message: '' };
  const truncated = { reason: '', length: 1, sha256: '' };
  expect(followLine({ ...exchange, response, error, truncated }, lengths)).toContain(
    '; s; ERR_UPSTREAM_RESET; not whole)',
  );
  expect(followLine({ ...exchange, error }, lengths)).toContain(' ERR_UPSTREAM_RESET POST ');
  expect(
    followLine({ ...exchange, request: { ...exchange.request, target: `/${'x'.repeat(200)}` } }, lengths),
  ).toContain('xx… (');
});
