import { describe, expect, it } from 'vitest';
import { summariseClone } from '../../../src/core/build/clone-summary.ts';
import { shopModel } from '../../support/shop-model.ts';

describe('the summary of a clone', () => {
  const [shop] = summariseClone(shopModel).services;

  it('names services, principals and entity types with what they hold at reset', () => {
    expect(shop).toMatchObject({ name: 'shop', origins: ['https://shop.example'], principals: ['ada', 'nobody'] });
    expect(shop?.types.map(({ name, key }) => [name, key])).toEqual([
      ['Customer', ['login']],
      ['Order', ['customer.login', 'number']],
      ['Line', ['id']],
    ]);
    const seeded = shopModel.services[0]?.seed['Customer']?.length ?? 0;
    expect(shop?.types[0]).toMatchObject({
      views: ['full', 'embedded'],
      derived: ['url', 'order_count', 'summary'],
      seeded,
    });
  });

  it('tells of each route which answers there are, when, and what they do', () => {
    const rules = shop?.routes.find(({ route }) => route === 'DELETE /customers/{login}')?.rules;
    expect(rules).toMatchObject([
      { id: 'customers.delete/gone', status: 410, does: [], provenance: null },
      { id: 'customers.delete/missing', status: 404, when: '!has(customer)', provenance: 'pooled' },
      {
        status: 200,
        when: null,
        does: ['delete-where Line', 'delete-where Order', 'delete customer'],
        isLocked: false,
      },
    ]);
    expect(shop?.routes.find(({ route }) => route === 'GET /customers')?.rules[0]?.does).toEqual(['list Customer']);
  });
});
