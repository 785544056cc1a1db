import { describe, expect, it } from 'vitest';
import type { CloneModel } from '../../../src/core/model/clone-model.ts';
import { routeExchanges } from '../../../src/core/model/exchange-routing.ts';
import { API_ORIGIN, apiModel, recordApi } from '../../support/recorded-api.ts';

describe('routing exchanges', () => {
  it('finds service and route of every exchange, in order', () => {
    const { exchanges } = recordApi({ seed: 1, sessionCount: 1 });
    const { routed, origins } = routeExchanges(apiModel, exchanges);
    expect(routed.map(({ exchange }) => exchange.id)).toEqual(exchanges.map(({ id }) => id));
    expect(routed[0]).toMatchObject({ service: 'api', route: 'items.create' });
    expect(origins).toEqual([
      { origin: API_ORIGIN, service: 'api', matchedBy: 'origin', exchangeCount: 30, unrouted: [] },
    ]);
  });

  it('takes an unknown origin for the service whose routes fit its paths', () => {
    const { exchanges } = recordApi({ seed: 1, sessionCount: 1, origin: 'http://127.0.0.1:4000' });
    const { origins, routed } = routeExchanges(apiModel, exchanges);
    expect(origins[0]).toMatchObject({ service: 'api', matchedBy: 'paths' });
    expect(routed).toHaveLength(30);
  });

  it('of two services, takes the one that fits better', () => {
    const [api] = apiModel.services;
    if (api === undefined) throw new Error('the model has a service');
    const half = { ...api, name: 'half', origins: [], routes: api.routes.slice(0, 3) };
    const model: CloneModel = { ...apiModel, services: [half, api] };
    const { exchanges } = recordApi({ seed: 1, origin: 'http://127.0.0.1:4000' });
    expect(routeExchanges(model, exchanges).origins[0]?.service).toBe('api');
  });

  it('takes an origin for no service when most of its paths fit none', () => {
    const { exchanges } = recordApi({ seed: 1, sessionCount: 1, origin: 'https://other.example' });
    const strange = exchanges.map((exchange, index) => ({
      ...exchange,
      request: { ...exchange.request, target: index < 10 ? '/items' : '/other/thing' },
    }));
    const { origins, routed } = routeExchanges(apiModel, strange);
    expect(origins[0]).toMatchObject({ service: undefined, matchedBy: undefined });
    expect(routed).toEqual([]);
  });

  it('keeps apart what a known service was asked and has no route for', () => {
    const { exchanges } = recordApi({ seed: 1, sessionCount: 1 });
    const [first, ...rest] = exchanges;
    if (first === undefined) throw new Error('the recording has exchanges');
    const odd = { ...first, request: { ...first.request, target: '/new?x=1' } };
    expect(routeExchanges(apiModel, [odd, ...rest]).origins[0]?.unrouted).toEqual([odd]);
  });
});
