import { describe, expect, it } from 'vitest';
import type { CloneModel } from '../../../src/core/model/clone-model.ts';
import { printCloneFiles } from '../../../src/core/model/files-print.ts';
import { readCloneFiles } from '../../../src/core/model/files-read.ts';
import { initialWorld, loadModel, step, type World } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';

const origin = 'https://orders.example';

const model: CloneModel = {
  formatVersion: 1,
  clock: { startMs: 0, stepMs: 1000 },
  services: [
    {
      name: 'orders',
      origins: [origin],
      principals: [{ id: 'nobody', attributes: {} }],
      repeats: {
        header: 'order-key',
        methods: ['POST'],
        type: 'KeptAnswer',
        otherwise: { status: 422, body: { $literal: { error: 'reused' } } },
      },
      generators: { order: { kind: 'sequence', start: 1, step: 1 } },
      entities: [
        { name: 'KeptAnswer', key: ['key'], views: {} },
        { name: 'Order', key: ['id'], views: { full: { id: 'it.id' } } },
      ],
      routes: [
        {
          id: 'POST /orders',
          method: 'POST',
          path: '/orders',
          cases: [
            {
              id: 'POST /orders 201',
              let: { id: 'gen("order")' },
              effects: [{ kind: 'create', type: 'Order', as: 'made', set: { id: 'id' } }],
              reply: { status: 201, headers: [{ name: 'x-made', value: 'string(id)' }], body: { id: 'made.id' } },
            },
          ],
        },
      ],
      errors: [],
      seed: {},
    },
  ],
};

/** Sends orders, each under a key, and lists what is answered. */
function answers(sent: readonly (readonly [key: string | undefined, body: string])[]): unknown[] {
  const loaded = loadModel(readCloneFiles(printCloneFiles(model)));
  let world: World = initialWorld(loaded, 0);
  return sent.map(([key, text]) => {
    const headers = [['content-type', 'application/json'], ...(key === undefined ? [] : [['order-key', key]])];
    const request = {
      origin,
      method: 'POST',
      target: '/orders',
      headers: headers as [string, string][],
      body: { text },
    };
    const { world: next, response } = step(loaded, world, request);
    world = next;
    return [response.status, response.body !== undefined && 'text' in response.body ? response.body.text : undefined];
  });
}

describe('a request under a key', () => {
  it('is answered again as the first time, whatever the order of members, and makes nothing', () => {
    const sent = [['k', '{"a":1,"b":2}'] as const, ['k', '{"b":2,"a":1}'] as const, [undefined, '{}'] as const];
    expect(answers(sent)).toEqual([
      [201, '{"id":1}'],
      [201, '{"id":1}'],
      [201, '{"id":2}'],
    ]);
  });

  it('is refused when it asks for something else', () => {
    expect(answers([['k', '{"a":1}'] as const, ['k', '{"a":2}'] as const])[1]).toEqual([422, '{"error":"reused"}']);
  });
});

it('a refusal that names a document which is not there keeps a model from loading', () => {
  const [orders] = model.services as [CloneModel['services'][number]];
  const repeats = { ...orders.repeats!, otherwise: { status: 422, body: { Error: '"reused"' }, xml: 'Error' } };
  expect(failureOf(() => loadModel({ ...model, services: [{ ...orders, repeats }] })).message).toContain(
    'repeats, otherwise: there is no document Error',
  );
});
