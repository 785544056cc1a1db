import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { liftLocations } from '../../../../src/core/compiler/calls/located.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import {
  Dice,
  noContent,
  notFound,
  ok,
  sitExam,
  toy,
  TOY_ORIGIN,
  type Script,
} from '../../../support/toy-recording.ts';
import { sessions } from '../../../support/toy-services.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

function lifted(lines: readonly Line[]): readonly unknown[] {
  const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
  return liftLocations(calls, inferRoutes(calls), TOY_ORIGIN).map(({ answer, isLifted }) => (isLifted ? answer : null));
}

const read = (id: number): Line => ({ ask: `GET /orders/${id}`, answer: { data: { id, qty: 1 } } });
const make = (location: string, more: Partial<Line> = {}): Line => ({
  ask: 'POST /orders',
  body: { qty: 1 },
  status: 201,
  answerHeaders: { location },
  ...more,
});

describe('an answer that says no more than an address', () => {
  it('is given the member by which the thing is named where it is read', () => {
    const made = { data: { id: 41 } };
    expect(lifted([make('/orders/41'), make(`${TOY_ORIGIN}/orders/41?x=1#y`), read(41), read(42)])).toEqual([
      made,
      made,
      null,
      null,
    ]);
  });

  it('stays without, where it has a body, was refused, leads elsewhere or to what is never read', () => {
    const lines = [
      make('/orders/41', { answer: { ok: true } }),
      make('/orders/41', { text: 'made' }),
      make('/orders/41', { status: 409 }),
      make('/orders/41', { ask: 'GET /orders' }),
      make('https://elsewhere.example/orders/41'),
      make('/carts/41'),
      make('/orders/latest'),
    ];
    expect(lifted([...lines, read(41), read(42)]).every((answer) => answer === null)).toBe(true);
  });

  it('stays without, where reads do not name the thing', () => {
    expect(lifted([make('/orders/41'), { ...read(41), answer: { data: { id: 7 } } }, read(42)])[0]).toBeNull();
    expect(lifted([make('/orders/41'), read(41)])[0]).toBeNull();
  });
});

/** Orders whose writes are answered without bodies. */
const mute = (first: number) => () => {
  const orders = new Map<string, { id: number; title: string; open: boolean }>();
  let last = first;
  return toy({
    'POST /orders': ({ body }) => {
      if (body.title === undefined) return { status: 400, body: { error: 'no title' } };
      orders.set(String(++last), { id: last, title: body.title, open: true });
      return { status: 201, headers: { location: `/orders/${last}` } };
    },
    'GET /orders/{id}': ({ params }) => (orders.has(params['id']!) ? ok(orders.get(params['id']!)) : notFound),
    'PATCH /orders/{id}': ({ params, body }) => {
      const order = orders.get(params['id']!);
      if (order === undefined) return notFound;
      Object.assign(order, body);
      return noContent;
    },
    'DELETE /orders/{id}': ({ params }) => (orders.delete(params['id']!) ? noContent : notFound),
  });
};

const shop =
  (seed: number, steps: number): Script =>
  (client) => {
    const dice = new Dice(seed);
    const made: string[] = [];
    for (let at = 0; at < steps; at++) {
      const choice = dice.throw();
      const one = made.length === 0 || dice.chance(0.1) ? '/orders/98765' : dice.pick(made);
      if (choice < 0.3) {
        const body = dice.chance(0.1) ? {} : { title: `t${Math.floor(dice.throw() * 1e6)}` };
        const { location } = client.post('/orders', body).headers;
        if (location !== undefined) made.push(location);
      } else if (choice < 0.7) client.get(one);
      else if (choice < 0.85) client.patch(one, dice.chance(0.5) ? { open: false } : { title: `u${at}` });
      else client.delete(one);
    }
  };

it('a service whose writes are answered without bodies is learnt whole', () => {
  const { original, clone, model } = sitExam(
    mute(40),
    sessions(1, 8, (seed) => shop(seed, 40)),
    shop(99, 60),
  );
  expect(clone).toEqual(original);
  expect(model.services[0]?.entities[0]?.views).toEqual({ full: { id: 'it.id', title: 'it.title', open: 'it.open' } });
});
