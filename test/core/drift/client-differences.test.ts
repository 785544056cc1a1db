import { describe, expect, it } from 'vitest';
import { clientDifferences } from '../../../src/core/drift/client-differences.ts';
import { shapesWith } from '../../support/drift-shapes.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';

const request = { method: 'POST', target: '/items?state=archived', headers: [], body: { text: '{"a": ["deep"]}' } };
const exchange: Exchange = { id: 'x1', session: 's', origin: 'https://api.example', startedAt: 0, endedAt: 0, request };

describe('what clients sent', () => {
  const then = { ...shapesWith(), sent: { title: ['string' as const], gone: ['string' as const] } };
  const now = { ...shapesWith(), sent: { title: ['string' as const, 'null' as const], fresh: ['number' as const] } };
  const clients = clientDifferences(then, now, [exchange]);

  it('differs in keys that only one side sent', () => {
    expect([...clients.sentByOne].sort()).toEqual(['fresh', 'gone']);
    expect([...clients.sentKeys].sort()).toEqual(['fresh', 'gone', 'title']);
  });

  it('differs in kinds that are only sent now', () => {
    expect(clients.sendsNewKind('title', 'null')).toBe(true);
    expect(clients.sendsNewKind('title', 'string')).toBe(false);
    expect(clients.sendsNewKind('other', 'string')).toBe(false);
  });

  it('holds every text of bodies and queries', () => {
    expect([...clients.texts].sort()).toEqual(['archived', 'deep']);
  });
});
