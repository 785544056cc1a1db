import { describe, expect, it } from 'vitest';
import { typeOfNode } from '../../../../src/core/compiler/entities/entities.ts';
import { type EntityDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import {
  Dice,
  mistakes,
  noContent,
  notFound,
  ok,
  toy,
  type Toy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const typesOf = (lines: readonly Line[]): readonly EntityDraft[] => analysed(lines).entities.types;

describe('an entity type', () => {
  it('is known by an identity of its own when no path names its items', () => {
    const [type] = typesOf([
      {
        ask: 'GET /events',
        answer: [
          { id: 'e1', what: 'made' },
          { id: 'e2', what: 'sold' },
        ],
      },
      { ask: 'GET /events', answer: [{ id: 'e1', what: 'made' }] },
    ]);
    expect(type).toMatchObject({ name: 'Event', key: ['id'], lookups: [] });
  });

  it('is known by its making where each is said to be created under a number of its own, and no list shows any', () => {
    const book = (id: number, seat: string): Line => ({
      ask: `POST /flights/${id % 2}/bookings`,
      body: { booking: { seat } },
      status: 201,
      answer: { booking: { id, seat, paid: false } },
    });
    const types = typesOf([book(1, '4a'), book(2, '9c'), book(3, '1f')]);
    expect(types).toMatchObject([{ name: 'Booking', key: ['id'] }]);
    expect(typesOf([book(1, '4a'), book(1, '9c'), book(1, '1f')])).toEqual([]);
  });

  it('is a singleton where a path without items is read and written', () => {
    const [type] = typesOf([
      { ask: 'GET /settings', answer: { theme: 'dark', size: 12 } },
      { ask: 'PATCH /settings', body: { theme: 'light' }, answer: { theme: 'light', size: 12 } },
    ]);
    expect(type).toMatchObject({ name: 'Setting', field: '', key: [] });
  });

  it('is not made of a path that is only read', () => {
    expect(typesOf([{ ask: 'GET /health', answer: { state: 'ok', uptime: 3 } }])).toEqual([]);
  });

  it('has a name of its own', () => {
    const names = typesOf([
      { ask: 'GET /a/items/1', answer: { id: 1, colour: 'red' } },
      { ask: 'GET /b/items/9', answer: { id: 9, price: 3, weight: 2 } },
    ]).map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
  });
});

describe('a site of mixed kinds', () => {
  it('gives each object the type whose members it has', () => {
    const member = (names: string): object => Object.fromEntries([...names].map((name) => [name, `${name}-value`]));
    const issue = (id: number): object => ({ id, ...member('abcdefghij') });
    const pull = (id: number): object => ({ id, ...member('abcdklmnop') });
    const { entities } = analysed([
      { ask: 'GET /issues/1', answer: issue(1) },
      { ask: 'GET /issues/2', answer: issue(2) },
      { ask: 'GET /pulls/3', answer: pull(3) },
      { ask: 'GET /pulls/4', answer: pull(4) },
      { ask: 'GET /issues', answer: [issue(1), issue(2), issue(5), pull(3)] },
    ]);
    const site = 'GET /issues 200 $[]';
    expect(typeOfNode(entities, site, issue(7) as never)?.name).toBe('Issue');
    expect(typeOfNode(entities, site, pull(8) as never)?.name).toBe('Pull');
  });
});

describe('a clone of a service with a singleton', () => {
  it('keeps the settings of each account for itself', () => {
    const make = (): Toy => {
      const settings = new Map(['red', 'blue'].map((name) => [name, { theme: 'dark', size: 12 }]));
      return toy({
        'GET /accounts/{name}/settings': ({ params }) => {
          const own = settings.get(params['name']!);
          return own === undefined ? notFound : ok(own);
        },
        'PATCH /accounts/{name}/settings': ({ params, body }) => {
          const own = settings.get(params['name']!);
          return own === undefined ? notFound : ok(Object.assign(own, body));
        },
        'GET /accounts': () => ok([...settings.keys()].map((name) => ({ name }))),
      });
    };
    expect(
      mistakes(
        make,
        (client) => {
          client.get('/accounts');
          client.get('/accounts/red/settings');
          client.get('/accounts/blue/settings');
          for (const [name, size] of [
            ['red', 14],
            ['blue', 9],
            ['red', 8],
          ] as const) {
            client.patch(`/accounts/${name}/settings`, { size });
            client.get(`/accounts/${name}/settings`);
          }
          client.patch('/accounts/red/settings', { theme: 'light' });
          client.get('/accounts/none/settings');
          client.patch('/accounts/none/settings', { size: 1 });
          client.patch('/accounts/blue/settings', { theme: 'sepia', size: 10 });
        },
        (client) => {
          client.patch('/accounts/blue/settings', { theme: 'plain' });
          client.get('/accounts/red/settings');
          client.get('/accounts/blue/settings');
          client.patch('/accounts/red/settings', { size: 99 });
          client.get('/accounts/red/settings');
          client.get('/accounts/gone/settings');
        },
      ),
    ).toEqual([]);
  });
});

/** Buckets are made, deleted and asked for by name, and no answer shows one. */
function bucketStore(): Toy {
  const buckets = new Set<string>();
  return toy({
    'PUT /buckets/{name}': ({ params }) => {
      if (buckets.has(params['name'] as string)) return { status: 409, body: { error: 'taken' } };
      buckets.add(params['name'] as string);
      return noContent;
    },
    'HEAD /buckets/{name}': ({ params }) => ({ status: buckets.has(params['name'] as string) ? 204 : 404 }),
    'DELETE /buckets/{name}': ({ params }) => (buckets.delete(params['name'] as string) ? noContent : notFound),
  });
}

const usage =
  (seed: number, steps: number) =>
  (client: ToyClient): void => {
    const dice = new Dice(seed);
    const names = Array.from({ length: 4 }, () => dice.text(12));
    for (let at = 0; at < steps; at++)
      client.send(dice.pick(['PUT', 'HEAD', 'HEAD', 'DELETE']), `/buckets/${dice.pick(names)}`);
  };

describe('a clone of things that only have names', () => {
  it('knows which of them are there', () => {
    expect(mistakes(bucketStore, usage(1, 80), usage(2, 60))).toEqual([]);
  });
});
