import { describe, expect, it } from 'vitest';
import type { EntityType, Service } from '../../../src/core/model/clone-model.ts';
import { initialWorld, loadModel, worldDigest, worldEntities } from '../../../src/core/runtime/step.ts';
import type { JsonObject } from '../../../src/core/std/json.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { shopModel } from '../../support/shop-model.ts';
import { smallModel } from '../../support/small-clone.ts';

const shop = loadModel(shopModel);

function digestOf(client: CloneClient): string {
  return worldDigest(client.loaded, client.world);
}

function play(client: CloneClient): void {
  client.post('/customers', { login: 'cyd' });
  client.post('/customers/cyd/orders', { note: 'x', watchers: ['ada'] });
  client.post('/customers/cyd/orders/1/lines', { product: 'tea' });
  client.send('DELETE', '/customers/bob');
}

/** A model whose seed has that many entities. */
function seeded(count: number): ReturnType<typeof loadModel> {
  const Thing: EntityType = { name: 'Thing', key: ['id'], views: { full: 'it' } };
  const seed: JsonObject[] = Array.from({ length: count }, (_, id) => ({ id, name: `thing ${id}` }));
  return loadModel(smallModel({ entities: [Thing], seed: { Thing: seed } }));
}

describe('worlds', () => {
  it('go on from a fork without seeing each other', () => {
    const one = new CloneClient(shop);
    one.post('/customers', { login: 'cyd' });
    const two = one.fork();
    one.send('DELETE', '/customers/ada');
    two.send('PATCH', '/customers/ada', { name: 'Ada II' });
    expect(one.get('/customers/ada').status).toBe(404);
    expect(two.get('/customers/ada').body).toMatchObject({ name: 'Ada II', order_count: 1 });
    expect(two.get('/customers').body).toHaveLength(3);
  });

  it('are never changed by what follows', () => {
    const client = new CloneClient(shop);
    client.post('/customers', { login: 'cyd' });
    const kept = client.world;
    const before = [JSON.stringify(worldEntities(shop, kept)), worldDigest(shop, kept)];
    play(client);
    expect([JSON.stringify(worldEntities(shop, kept)), worldDigest(shop, kept)]).toEqual(before);
    expect(JSON.stringify(worldEntities(shop, initialWorld(shop, 1)))).toBe(
      JSON.stringify(worldEntities(loadModel(shopModel), initialWorld(loadModel(shopModel), 1))),
    );
  });

  it('at reset share the whole seed, however large it is', () => {
    const [small, large] = [seeded(10), seeded(20_000)];
    for (const loaded of [small, large]) {
      const [one, two] = [initialWorld(loaded, 1), initialWorld(loaded, 2)];
      expect(one.stores).toBe(two.stores);
      expect(one.sequences).toBe(two.sequences);
    }
  });

  it('share after a step all that the step did not touch', () => {
    const client = new CloneClient(shop);
    const before = client.world;
    client.post('/customers', { login: 'cyd' });
    expect(client.world.stores.map((store, index) => store === before.stores[index])).toEqual([false, true, true]);
  });
});

describe('worldEntities', () => {
  it('lists types with their entities in order of insertion, with derived attributes and without hidden members', () => {
    const client = new CloneClient(shop);
    client.post('/customers', { login: 'cyd' });
    const { Customer = [], Order = [], Line } = worldEntities(shop, client.world);
    expect(Customer.map(({ login, order_count: count }) => [login, count])).toEqual([
      ['ada', 1],
      ['bob', 0],
      ['cyd', 0],
    ]);
    expect(JSON.stringify(Order[0])).toBe(
      '{"customer":{"$ref":"Customer","key":"ada"},"number":1,"state":"open","note":"seeded","watchers":[{"$ref":"Customer","key":"bob"}],"created_at":"2024-01-01T00:00:00.000Z","updated_at":"2024-01-01T00:00:00.000Z","closed_at":null,"lines":0}',
    );
    expect(Line).toEqual([]);
  });

  it('puts the service before the name of a type that several services have', () => {
    const { services, ...model } = smallModel({
      entities: [{ name: 'User', key: ['id'], views: {} }],
      seed: { User: [{ id: 1 }] },
    });
    const [service] = services as [Service];
    const other: Service = { ...service, name: 'other', origins: ['https://other.example'], seed: {} };
    const loaded = loadModel({ ...model, services: [service, other] });
    expect(worldEntities(loaded, initialWorld(loaded, 1))).toEqual({ 'small.User': [{ id: 1 }], 'other.User': [] });
  });
});

describe('worldDigest', () => {
  it('is equal for equal runs and follows every change', () => {
    const [one, two] = [new CloneClient(shop), new CloneClient(loadModel(shopModel))];
    const seen = new Set([digestOf(one)]);
    expect(digestOf(one)).toMatch(/^[0-9a-f]{16}$/);
    for (const client of [one, two]) play(client);
    expect(digestOf(one)).toBe(digestOf(two));
    seen.add(digestOf(one));
    one.send('PATCH', '/customers/cyd', { name: 'C' });
    two.send('PATCH', '/customers/cyd', { name: 'D' });
    seen.add(digestOf(one)).add(digestOf(two));
    expect(seen.size).toBe(4);
  });

  it('is that of the same world when the way there was another', () => {
    const [one, two] = [new CloneClient(shop), new CloneClient(shop)];
    one.send('PATCH', '/customers/ada', { name: 'X' });
    one.send('PATCH', '/customers/ada', { name: 'Y' });
    two.send('PATCH', '/customers/bob', { name: 'Bob' });
    two.send('PATCH', '/customers/ada', { name: 'Y' });
    expect(digestOf(one)).toBe(digestOf(two));
  });

  it('tells seeds, steps and used-up generators apart', () => {
    const client = new CloneClient(shop);
    const digests = [worldDigest(shop, initialWorld(shop, 1)), worldDigest(shop, initialWorld(shop, 2))];
    client.get('/me');
    digests.push(digestOf(client));
    const other = new CloneClient(shop);
    other.post('/customers', { login: 'cyd' });
    other.send('DELETE', '/customers/cyd');
    const third = new CloneClient(shop);
    third.get('/me');
    third.get('/me');
    digests.push(digestOf(other), digestOf(third));
    expect(new Set(digests).size).toBe(5);
  });
});
