import { describe, expect, it } from 'vitest';
import { belongsTo, concerns, creationTime } from '../../../../src/core/compiler/timeline/implicit.ts';
import type { Evidence } from '../../../../src/core/compiler/evidence.ts';
import {
  Dice,
  iso,
  notFound,
  ok,
  mistakes,
  toy,
  TOY_START,
  type Toy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, counter, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

describe('the time at which a thing says that it was made', () => {
  it('is read from the names that services use, in any format of time', () => {
    expect(creationTime({ id: 1, created_at: '2026-03-01T09:00:00Z' })).toBe(TOY_START);
    expect(creationTime({ created: TOY_START / 1000 })).toBe(TOY_START);
    expect(creationTime({ createdAt: '2026-03-01T09:00:00.000Z' })).toBe(TOY_START);
    expect(creationTime({ kind: 'renamed', at: '2026-03-01T09:00:00.000Z' })).toBe(TOY_START);
  });

  it('is no other time', () => {
    expect(creationTime({ updated_at: '2026-03-01T09:00:00Z', due: 5 })).toBeUndefined();
    expect(creationTime({ created_at: 'yesterday' })).toBeUndefined();
  });
});

const at = (second: number): string => iso(TOY_START + second * 1000);
const order = (id: number, state: string): object => ({ id, state, item: `thing ${id}` });
const event = (id: number, what: string, second: number): object => ({ id, what, created_at: at(second) });

/** Orders whose changes leave rows of a history that only a later read shows. */
const shopLines: Line[] = [
  { ask: 'POST /orders', body: { item: 'thing 1' }, status: 201, answer: order(1, 'open') },
  { ask: 'POST /orders', body: { item: 'thing 2' }, status: 201, answer: order(2, 'open') },
  { ask: 'PATCH /orders/1', body: { state: 'paid' }, answer: order(1, 'paid') },
  { ask: 'PATCH /orders/2', body: { state: 'sent' }, answer: order(2, 'sent') },
  { ask: 'GET /orders/1/events', answer: [event(1, 'paid', 2)] },
  { ask: 'GET /orders/2/events', answer: [event(2, 'sent', 3)] },
];

const born = (evidence: Evidence): (string | undefined)[] =>
  evidence.calls.map((call) => (evidence.unseenBirths.get(call.index) ?? []).map(({ key }) => key).join() || undefined);

describe('an unseen birth', () => {
  it('is moved to the write at the time that the thing says it was made', () => {
    const evidence = analysed(shopLines);
    expect(born(evidence)).toEqual([undefined, undefined, '1', '2', undefined, undefined]);
    expect(evidence.timeline.lives.filter(({ type }) => type.name === 'Event').map(({ origin }) => origin)).toEqual([
      'created',
      'created',
    ]);
  });

  it('leaves a mark of what it belongs to', () => {
    const evidence = analysed(shopLines);
    const events = evidence.timeline.lives.filter(({ type }) => type.name === 'Event');
    const orders = evidence.entities.types.find(({ name }) => name === 'Order')!;
    expect(belongsTo(orders)).toBe('$of_Order');
    expect(events.map((life) => life.versions.at(-1)?.attributes['$of_Order'])).toEqual(['1', '2']);
  });

  it('is none where the thing says that it is older than the recording', () => {
    const evidence = analysed([
      ...shopLines.slice(0, 2),
      { ask: 'GET /stock', answer: [{ id: 9, what: 'shelf', created_at: '2020-01-01T00:00:00Z' }] },
      { ask: 'GET /stock', answer: [{ id: 9, what: 'shelf', created_at: '2020-01-01T00:00:00Z' }] },
    ]);
    expect(evidence.timeline.lives.filter(({ origin }) => origin === 'seed').map(({ key }) => key)).toEqual(['9']);
    expect(born(evidence)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('a call', () => {
  it('concerns what its path leads through and what its answer shows', () => {
    const evidence = analysed(shopLines);
    const [first, second] = evidence.timeline.lives.filter(({ type }) => type.name === 'Order');
    const about = (index: number): boolean[] =>
      [first!, second!].map((life) => concerns(evidence, evidence.calls[index]!, life));
    expect([about(0), about(2), about(5)]).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
  });
});

/** Every change of an order writes a row into its history. */
function shop(): Toy {
  const orders = collection('/orders', { make: (body) => ({ item: body.item, state: 'open' }) });
  const next = counter();
  const events: Item[] = [];
  const change = orders.handlers['PATCH /orders/{key}']!;
  return toy({
    ...orders.handlers,
    'PATCH /orders/{key}': (request) => {
      const answer = change(request);
      if (answer.status === 200)
        events.push({
          id: next(),
          order: Number(request.params['key']),
          what: request.body.state,
          created_at: iso(request.now),
        });
      return answer;
    },
    'GET /orders/{key}/events': ({ params }) =>
      orders.items.has(params['key']!) ? ok(events.filter(({ order: of }) => String(of) === params['key'])) : notFound,
  });
}

describe('a clone of a service that keeps a history', () => {
  it('writes the rows that the original wrote unseen', () => {
    const lesson = (client: ToyClient): void => {
      for (let id = 1; id <= 4; id++) client.post('/orders', { item: `thing ${id}` });
      for (const [id, state] of [
        [1, 'paid'],
        [2, 'sent'],
        [1, 'sent'],
        [3, 'paid'],
        [2, 'lost'],
        [4, 'paid'],
      ] as const) {
        client.patch(`/orders/${id}`, { state });
        client.get(`/orders/${id}/events`);
      }
      for (const id of [1, 2, 3]) client.get(`/orders/${id}/events`);
      client.get('/orders/77/events');
      client.patch('/orders/77', { state: 'x' });
    };
    const exam = (client: ToyClient): void => {
      for (const item of ['p', 'q', 'r']) client.post('/orders', { item });
      client.get('/orders/2/events');
      client.patch('/orders/3', { state: 'paid' });
      client.patch('/orders/2', { state: 'lost' });
      client.patch('/orders/3', { state: 'sent' });
      client.get('/orders/3/events');
      client.get('/orders/2/events');
      client.get('/orders/1/events');
    };
    expect(mistakes(shop, lesson, exam)).toEqual([]);
  });

  it('makes what names the thing that made it, where many calls fall on one second', () => {
    const till = (): Toy => {
      const id = (prefix: string, n: number): string => `${prefix}_${String(n * 7_654_321).padStart(9, '0')}`;
      const payments = new Map<string, Item>();
      const charges: Item[] = [];
      const next = counter();
      return toy({
        'POST /payments': ({ body, now }) => {
          const item = { id: id('pay', next()), ...body, state: 'open', created: Math.floor(now / 1000) };
          payments.set(item.id, item);
          return ok(item);
        },
        'POST /payments/{id}/confirm': ({ params, now }) => {
          const payment = payments.get(params['id'] as string);
          if (payment === undefined) return notFound;
          payment['state'] = 'done';
          const { id: paid, amount } = payment as { id: string; amount: number };
          charges.unshift({
            id: id('chg', charges.length + 1),
            amount,
            payment: paid,
            created: Math.floor(now / 1000),
          });
          return ok(payment);
        },
        'GET /payments/{id}': ({ params }) => {
          const payment = payments.get(params['id'] as string);
          return payment === undefined ? notFound : ok(payment);
        },
        'GET /charges': () => ok(charges),
      });
    };
    const visit =
      (seed: number) =>
      (client: ToyClient): void => {
        const dice = new Dice(seed);
        const made: string[] = [];
        client.get('/charges');
        for (let second = 0; second < 12; second++) client.rest();
        for (let at = 0; at < 120; at++) {
          const choice = dice.throw();
          if (made.length === 0 || choice < 0.4)
            made.push((client.post('/payments', { amount: 10 + at }).body as { id: string }).id);
          else if (choice < 0.55) client.post(`/payments/${made.splice(0, 1)[0]}/confirm`);
          else if (choice < 0.8) client.get(`/payments/${dice.pick(made)}`);
          else client.get('/charges');
        }
      };
    expect(mistakes(till, visit(1), visit(2), /(pay|chg)_\d{9}/, { stepMs: 90 })).toEqual([]);
  });
});
