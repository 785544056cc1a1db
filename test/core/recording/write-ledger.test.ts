import { expect, it } from 'vitest';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { ledgerOf } from '../../../src/core/recording/write-ledger.ts';

const exchange = (id: string, method: string, startedAt: number, more: Partial<Exchange> = {}): Exchange => ({
  id,
  session: 's',
  origin: 'http://a.test',
  startedAt,
  endedAt: startedAt,
  request: { method, target: `/${id}`, headers: [] },
  response: { status: 201, headers: [] },
  ...more,
});

it('the ledger holds what was noted with its outcome, and what nobody noted', () => {
  const noted = { method: 'PUT', origin: 'http://a.test' };
  const { response, ...unanswered } = exchange('2', 'DELETE', 40, {
    error: { code: 'ERR_UPSTREAM_RESET', message: '' },
  });
  expect(response).toBeDefined();
  const lines = ledgerOf(
    [
      exchange('1', 'PUT', 10),
      unanswered,
      exchange('3', 'GET', 50),
      exchange('4', 'GET', 60, { messages: [{ sender: 'client', at: 1, opcode: 1 }] }),
    ],
    [
      { ...noted, exchange: '1', at: 11, target: '/1' },
      { ...noted, at: 30, target: '/unseen' },
      { ...noted, exchange: '9', at: 20, target: '/killed' },
    ],
  );
  expect(lines.map(({ at, method, url, outcome }) => [at, method, url, outcome])).toEqual([
    [11, 'PUT', 'http://a.test/1', '201'],
    [20, 'PUT', 'http://a.test/killed', 'never recorded to its end'],
    [30, 'PUT', 'http://a.test/unseen', 'not recorded'],
    [40, 'DELETE', 'http://a.test/2', 'ERR_UPSTREAM_RESET'],
    [60, 'GET', 'http://a.test/4', '201'],
  ]);
});
