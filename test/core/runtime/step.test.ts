import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialWorld, loadModel, step, worldDigest, worldEntities } from '../../../src/core/runtime/step.ts';
import { requestBodyBytesMax } from '../../../src/core/std/limits.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { failureOf } from '../../support/failure.ts';
import { shopModel } from '../../support/shop-model.ts';
import { smallModel } from '../../support/small-clone.ts';

const shop = loadModel(shopModel);
const origin = 'https://shop.example';

function open(seed = 1): CloneClient {
  return new CloneClient(shop, seed);
}

describe('a step', () => {
  it('answers with the first guard that holds, and changes nothing then', () => {
    const answer = open().post('/customers', { login: 'ada' });
    expect(answer).toMatchObject({ status: 409, body: { message: 'login is taken: ada' } });
    expect(answer.transition).toMatchObject({ rules: ['customers.create/login-taken'], changes: [] });
  });

  it('does what the rule says and tells what changed', () => {
    const client = open();
    const answer = client.post('/customers', { login: 'cyd' });
    expect(answer).toMatchObject({ status: 201, body: { login: 'cyd', id: 10, order_count: 0, kind: 'customer' } });
    expect(answer.headers['location']).toBe('https://shop.example/customers/cyd');
    const { changes, ...transition } = answer.transition;
    expect(transition).toEqual({
      route: 'customers.create',
      service: 'shop',
      rules: ['customers.create/ok'],
      provenance: 'synthesised',
      time: 1_704_164_645_678,
    });
    expect(changes).toEqual([
      { type: 'Customer', key: 'cyd', after: expect.objectContaining({ login: 'cyd' }) as unknown },
    ]);
    expect(client.get('/customers/cyd').body).toMatchObject({ login: 'cyd', id: 10 });
  });

  it('tells before and after of what it changed and deleted, hidden attributes too', () => {
    const client = open();
    const line = client.post('/customers/ada/orders/1/lines', { product: 'tea' });
    expect(line.transition.changes[0]).toMatchObject({ type: 'Line', after: { $secret: 's3', product: 'tea' } });
    expect(line.transition.changes[1]).toMatchObject({
      type: 'Order',
      key: 'ada/1',
      before: { updated_at: '2024-01-01T00:00:00.000Z' },
      after: { updated_at: '2024-01-02T03:04:05.678Z' },
    });
    const gone = client.send('DELETE', '/customers/ada');
    expect(gone.transition.changes.map(({ type, before, after }) => [type, before !== undefined, after])).toEqual([
      ['Line', true, undefined],
      ['Order', true, undefined],
      ['Customer', true, undefined],
    ]);
  });

  it('takes the provenance of its rule', () => {
    expect(open().get('/customers/zoe').transition).toMatchObject({
      provenance: 'pooled',
      rules: ['customers.get/missing'],
    });
  });

  it('advances the virtual clock by one step each time', () => {
    const client = open();
    const times = [1, 2, 3].map(() => client.get('/me').transition.time);
    expect(times).toEqual([1_704_164_645_678, 1_704_164_646_678, 1_704_164_647_678]);
  });

  it('knows who asks by credential', () => {
    const client = open();
    const as = (value: string) => client.send('GET', '/me', undefined, [['authorization', value]]);
    expect(as('Bearer ada').body).toEqual({ login: 'ada', id: 'ada' });
    expect(client.get('/me').body).toEqual({ login: 'nobody', id: 'nobody' });
    expect(as('Bearer wrong').status).toBe(401);
  });
});

describe('a path or method that no route has', () => {
  it('is answered by the API-wide rules', () => {
    expect(open().get('/nowhere')).toMatchObject({
      status: 404,
      transition: { rules: ['errors.path'], provenance: 'pooled' },
    });
    const wrong = open().send('PUT', '/customers');
    expect(wrong).toMatchObject({ status: 405, headers: { allow: 'GET, POST' }, body: { message: 'No PUT' } });
    expect(wrong.transition).not.toHaveProperty('route');
  });

  it('is unknown where there are none', () => {
    const client = new CloneClient(loadModel(smallModel({})));
    expect(client.get('/x')).toMatchObject({
      status: 501,
      body: { message: 'Not Implemented' },
      transition: { provenance: 'unknown' },
    });
  });
});

describe('what the model does not say', () => {
  it('is 501 in the shape of the errors of the API, and the transition says why', () => {
    const answer = open().send('PATCH', '/customers/ada/orders/1', { state: 'odd' });
    expect(answer).toMatchObject({ status: 501, body: { message: 'Not Implemented', status: 501 } });
    expect(answer.transition).toMatchObject({
      route: 'orders.update',
      rules: [],
      provenance: 'unknown',
      unknown: 'no rule of route orders.update holds for this request',
    });
  });

  it('leaves the world as it was but for its step', () => {
    const client = open();
    const before = client.world;
    expect(client.post('/keyless').transition.unknown).toBe('a new Customer has no value for its key login');
    expect(client.world).toEqual({ ...before, step: 1 });
    expect(client.get('/customers/first').status).toBe(404);
  });

  it('includes origins that are no service of the clone', () => {
    const result = step(shop, initialWorld(shop, 1), {
      origin: 'https://other.example',
      method: 'GET',
      target: '/',
      headers: [],
    });
    expect(result.response.status).toBe(501);
    expect(result.transition).toMatchObject({
      provenance: 'unknown',
      unknown: expect.stringContaining('https://other.example') as string,
    });
    expect(result.world.step).toBe(1);
  });
});

describe('what nothing recorded tells of an entity', () => {
  const bound = { bindings: [{ name: 'boat', type: 'Boat', key: ['path.id'] }] };
  const answer = { status: 200, body: { $view: 'full', of: 'boat' } };
  const harbour = loadModel(
    smallModel({
      entities: [{ name: 'Boat', key: ['id'], derived: { title: '"the " + it.name' }, views: { full: 'it' } }],
      seed: {
        Boat: [
          { id: 1, name: 'Wren', hull: 'blue' },
          { id: 2, $unknown: ['name', 'hull'] },
        ],
      },
      routes: [
        { id: 'get', method: 'GET', path: '/boats/{id}', ...bound, cases: [{ id: 'get 200', reply: answer }] },
        {
          id: 'list',
          method: 'GET',
          path: '/boats',
          cases: [
            {
              id: 'list 200',
              query: { type: 'Boat', filters: [{ param: 'hull', attributes: ['hull'], operator: 'eq' }] },
              reply: { status: 200, body: { ids: 'list.items.map(i, i.id)' } },
            },
          ],
        },
        {
          id: 'taken',
          method: 'GET',
          path: '/taken',
          cases: [
            {
              id: 'taken 200',
              reply: {
                status: 200,
                body: {
                  taken: 'rows("Boat").exists(b, b.name == query.name)',
                  found: 'rows("Boat").filter(b, b.name == query.name).map(b, b.id)',
                },
              },
            },
          ],
        },
        {
          id: 'patch',
          method: 'PATCH',
          path: '/boats/{id}',
          ...bound,
          cases: [
            {
              id: 'patch 200',
              effects: [{ kind: 'merge', target: 'boat', from: 'body', set: {} }],
              reply: answer,
            },
          ],
        },
        {
          id: 'put',
          method: 'PUT',
          path: '/boats/{id}',
          ...bound,
          cases: [
            {
              id: 'put 200',
              effects: [{ kind: 'replace', target: 'boat', from: 'body', set: {} }],
              reply: answer,
            },
          ],
        },
      ],
    }),
  );
  const sail = (): CloneClient => new CloneClient(harbour, 1);

  it('makes an answer that shows it unknown, and only such a one', () => {
    const client = sail();
    expect(client.get('/boats/2').transition).toMatchObject({
      provenance: 'unknown',
      unknown: expect.stringContaining('attribute name of Boat 2') as string,
    });
    expect(client.get('/boats/1').body).toEqual({ id: 1, name: 'Wren', hull: 'blue', title: 'the Wren' });
    expect(client.get('/boats').body).toEqual({ ids: [1, 2] });
  });

  it('is believed to be no value that a list is asked for', () => {
    expect(sail().get('/boats?hull=blue').body).toEqual({ ids: [1] });
  });

  it('is believed to be no value that a condition looks for', () => {
    const named = (name: string): unknown => sail().get(`/taken?name=${name}`).body;
    expect([named('Wren'), named('Tern')]).toEqual([
      { taken: true, found: [1] },
      { taken: false, found: [] },
    ]);
  });

  it('is known once it is written; a write whose answer is unknown is done all the same', () => {
    const client = sail();
    const patched = client.send('PATCH', '/boats/2', { hull: 'red' });
    expect(patched.transition).toMatchObject({ provenance: 'unknown', changes: [{ type: 'Boat', key: '2' }] });
    expect(client.get('/boats?hull=red').body).toEqual({ ids: [2] });
    expect(client.send('PATCH', '/boats/2', { name: 'Tern' }).body).toEqual({
      id: 2,
      name: 'Tern',
      hull: 'red',
      title: 'the Tern',
    });
  });

  it('ends with a replacement of the whole', () => {
    expect(sail().send('PUT', '/boats/2', { name: 'Tern' }).body).toEqual({ id: 2, name: 'Tern', title: 'the Tern' });
  });

  it('is left out of what the control plane shows of the world', () => {
    expect(worldEntities(harbour, initialWorld(harbour, 1))['Boat']?.[1]).toEqual({ id: 2 });
  });
});

describe('limits', () => {
  it('refuse a body that is too large', () => {
    const text = 'ü'.repeat(requestBodyBytesMax / 2 + 1);
    const request = { origin, method: 'POST', target: '/customers', headers: [], body: { text } };
    const failure = failureOf(() => step(shop, initialWorld(shop, 1), request));
    expect(failure.code).toBe('ERR_BODY_TOO_LARGE');
    expect(failure.details).toEqual({ bytes: requestBodyBytesMax + 2, limit: requestBodyBytesMax });
  });

  it('accept a body of just that size', () => {
    const body = { text: 'x'.repeat(requestBodyBytesMax) };
    const headers = [['content-type', 'application/octet-stream'] as const];
    const request = { origin, method: 'POST', target: '/customers', headers, body };
    expect(step(shop, initialWorld(shop, 1), request).response.status).toBe(422);
  });
});

describe('any request', () => {
  const segment = fc.constantFrom(
    'customers',
    'ada',
    'bob',
    'orders',
    '1',
    '2',
    'lines',
    'by-id',
    '%zz',
    '..',
    '__proto__',
    'constructor',
  );
  const target = fc
    .tuple(fc.array(segment, { maxLength: 5 }), fc.option(fc.webQueryParameters(), { nil: undefined }))
    .map(([segments, query]) => `/${segments.join('/')}${query === undefined ? '' : `?${query}`}`);
  const body = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string(),
    fc
      .record(
        {
          login: fc.constantFrom('ada', 'cyd', 'dan', '__proto__'),
          state: fc.constantFrom('open', 'closed', 'odd'),
          watchers: fc.constantFrom(['bob'], 'bob', [1], null),
        },
        { requiredKeys: [] },
      )
      .map((one) => JSON.stringify(one)),
  );
  const request = fc.record({
    origin: fc.constant(origin),
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'constructor'),
    target: fc.oneof({ weight: 4, arbitrary: target }, { weight: 1, arbitrary: fc.string() }),
    headers: fc.constantFrom(
      [],
      [['authorization', 'Bearer ada'] as const],
      [['content-type', 'application/json'] as const],
    ),
    body: fc.option(
      body.map((text) => ({ text })),
      { nil: { text: '' } },
    ),
  });

  it('has a total answer, the same one every time', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        const runs = [1, 2].map(() => {
          let world = initialWorld(shop, 7);
          const seen = requests.map((one) => {
            const result = step(shop, world, one);
            world = result.world;
            expect(result.response.status).toBeGreaterThanOrEqual(100);
            return JSON.stringify([result.response, result.transition, worldDigest(shop, world)]);
          });
          expect(world.step).toBe(requests.length);
          return seen;
        });
        expect(runs[0]).toEqual(runs[1]);
      }),
      { numRuns: 300 },
    );
  });
});
