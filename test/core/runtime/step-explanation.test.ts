import { describe, expect, it } from 'vitest';
import type { Route } from '../../../src/core/model/clone-model.ts';
import { explainStep, type StepExplanation } from '../../../src/core/runtime/step-explanation.ts';
import { initialWorld, loadModel, step, worldDigest } from '../../../src/core/runtime/step.ts';
import { SMALL_ORIGIN, smallModel } from '../../support/small-clone.ts';
import { shopModel } from '../../support/shop-model.ts';

const loaded = loadModel(shopModel);
const world = initialWorld(loaded, 1);
const addressed = (method: string, target: string, body?: unknown) => ({
  origin: 'https://shop.example',
  method,
  target,
  headers: [['content-type', 'application/json']] as const,
  ...(body === undefined ? {} : { body: { text: JSON.stringify(body) } }),
});
const explain = (method: string, target: string, body?: unknown): StepExplanation =>
  explainStep(loaded, world, addressed(method, target, body));

describe('the explanation of a step', () => {
  it('has every rule of the route with what its condition claims and reads', () => {
    const { service, route, bindings, rules } = explain('DELETE', '/customers/nobody-here');
    expect({ service, route, bindings }).toEqual({
      service: 'shop',
      route: 'customers.delete',
      bindings: { customer: undefined },
    });
    expect(rules.map(({ rule, holds }) => [rule.id, holds])).toEqual([
      ['customers.delete/gone', false],
      ['customers.delete/missing', true],
      ['customers.delete/ok', true],
    ]);
    expect(rules[0]?.claims).toEqual([
      { text: '!has(customer)', holds: true, reads: { customer: undefined } },
      { text: "deleted('Customer', path.login)", holds: false, reads: { 'path.login': 'nobody-here' } },
    ]);
    expect(rules[2]?.claims).toEqual([]);
  });

  it('shows entities as references', () => {
    const login = String(shopModel.services[0]?.seed['Customer']?.[0]?.['login']);
    const { bindings, rules } = explain('GET', `/customers/${login}`);
    expect(bindings['customer']).toMatchObject({ $ref: 'Customer', key: login });
    expect(rules[0]).toMatchObject({ holds: false, claims: [{ text: '!has(customer)', holds: false }] });
  });

  it('agrees with what the step does', () => {
    for (const [method, target] of [
      ['GET', '/customers'],
      ['GET', '/customers/none'],
      ['DELETE', '/customers/none'],
      ['POST', '/customers/none/orders'],
    ] as const) {
      const { rules } = explain(method, target);
      const { transition } = step(loaded, world, addressed(method, target));
      expect(rules.find(({ holds }) => holds)?.rule.id).toBe(transition.rules[0]);
    }
  });

  it('of a path without route has the rules for such paths, and of another service nothing', () => {
    expect(explain('GET', '/no/such/path').route).toBeUndefined();
    expect(explain('GET', '/no/such/path').rules.map(({ rule }) => rule.id)).toEqual(
      shopModel.services[0]?.errors.map(({ id }) => id),
    );
    const foreign = { ...addressed('GET', '/'), origin: 'https://other.example' };
    expect(explainStep(loaded, world, foreign)).toEqual({
      service: undefined,
      route: undefined,
      bindings: {},
      rules: [],
    });
  });

  it('of a request whose entities cannot be told says so of the rules, and does not fail', () => {
    const route: Route = {
      id: 'root',
      method: 'GET',
      path: '/',
      bindings: [{ name: 'thing', type: 'Thing', key: ["extern('unlent')"] }],
      cases: [{ id: 'there', when: 'has(thing)', reply: { status: 200 } }],
    };
    const small = loadModel(smallModel({ entities: [{ name: 'Thing', key: ['id'], views: {} }], routes: [route] }));
    const request = { origin: SMALL_ORIGIN, method: 'GET', target: '/', headers: [] };
    expect(explainStep(small, initialWorld(small, 1), request)).toMatchObject({
      bindings: { thing: undefined },
      rules: [{ holds: false }],
    });
  });

  it('changes nothing', () => {
    const before = worldDigest(loaded, world);
    explain('POST', '/customers', { login: 'new' });
    expect(worldDigest(loaded, world)).toBe(before);
  });
});
