// A run of the shop clone that touches every part of the runtime: keys that change, lists, generators, refusals, unknown paths.
import type { Json } from '../../src/core/std/json.ts';

export type Sent = readonly [method: string, target: string, body?: Json];

export const shopRequests: readonly Sent[] = [
  ['POST', '/customers', { login: 'cyd', name: 'Cyd' }],
  ['POST', '/customers/cyd/orders', { note: 'first', watchers: ['ada', 'zed'] }],
  ['POST', '/customers/cyd/orders/1/lines', { product: 'tea', price: 2.5 }],
  ['POST', '/customers/cyd/orders/1/lines', { product: 'pot' }],
  ['GET', '/customers?page=1&per_page=2'],
  ['PATCH', '/customers/cyd', { login: 'cyd2' }],
  ['PATCH', '/customers/cyd2/orders/1', { state: 'closed' }],
  ['GET', '/customers/cyd2/orders?state=all&watcher=ada'],
  ['PATCH', '/customers/cyd2/orders/1', { state: 'odd' }],
  ['DELETE', '/customers/ada'],
  ['GET', '/customers/cyd2/orders/1'],
  ['GET', '/nowhere'],
];
