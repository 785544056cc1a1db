import { describe, expect, it } from 'vitest';
import type { Binding, Route, Rule, Service } from '../../../src/core/model/clone-model.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import { clientOfRule, smallModel } from '../../support/small-clone.ts';

const ITEMS: Partial<Service> = {
  entities: [{ name: 'Item', key: ['id'], views: {} }],
  seed: { Item: [{ id: 'a', n: 1 }] },
};
const bindings: readonly Binding[] = [{ name: 'item', type: 'Item', key: ['body.id'] }];

/** Is the binding `item` of a route with this rule read by nothing? */
function isNeverRead(rule: Partial<Rule>, service: Partial<Service> = {}): boolean | undefined {
  const whole: Rule = { id: 'r', reply: { status: 200 }, ...rule };
  const routes: Route[] = [{ id: 'root', method: 'POST', path: '/', bindings, cases: [whole] }];
  const [loaded] = loadModel(smallModel({ ...ITEMS, ...service, routes })).services;
  return loaded?.routes.get('root')?.bindings[0]?.isNeverRead;
}

describe('a binding', () => {
  it.each<[string, Partial<Rule>]>([
    ['asked whether it is there', { when: 'item != missing && missing != item' }],
    ['changed', { effects: [{ kind: 'merge', target: 'item', set: { n: 'body.n' } }] }],
    ['shadowed', { when: 'body.list.all(item, item == 1)' }],
  ])('that is only %s is read by nothing', (_how, rule) => {
    expect(isNeverRead(rule)).toBe(true);
  });

  it.each<[string, Partial<Rule>, Partial<Service>?]>([
    ['a condition', { when: 'item.n == 1' }],
    ['a doubt', { doubt: 'item == body.item' }],
    ['a let', { let: { was: 'item' } }],
    ['a query', { query: { type: 'Item', where: 'x.id == item.id' } }],
    [
      'the elements of a list',
      { each: { in: 'body.list', cases: [{ id: 'e', reply: { status: 200, text: 'item.n' } }] } },
    ],
    ['an effect', { effects: [{ kind: 'merge', target: 'item', set: { n: 'item.n + 1' } }] }],
    ['a header', { reply: { status: 200, headers: [{ name: 'x', value: 'item.n' }] } }],
    ['a view', { reply: { status: 200, body: { $view: 'full', of: 'item' } } }],
    ['a generator', {}, { generators: { id: { kind: 'sequence', start: 1, step: 1, scope: ['item.n'] } } }],
    ['an error', {}, { errors: [{ id: 'e', reply: { status: 404, body: { n: 'item.n' } } }] }],
  ])('that %s reads is an entity', (_what, rule, service) => {
    expect(isNeverRead(rule, service)).toBe(false);
  });

  it('that nothing reads can be changed and deleted all the same', () => {
    const rule: Partial<Rule> = {
      when: 'item != missing',
      effects: [{ kind: 'merge', target: 'item', set: { n: 'it.n + 1' } }],
      reply: { status: 200, body: { n: "entity('Item', 'a').n" } },
    };
    const client = clientOfRule(ITEMS, rule, { bindings });
    expect([client.post('/', { id: 'a' }).body, client.post('/', { id: 'a' }).body]).toEqual([{ n: 2 }, { n: 3 }]);
    expect(client.post('/', { id: 'b' }).status).toBe(501);
    const remover = clientOfRule(
      ITEMS,
      { effects: [{ kind: 'delete', target: 'item' }], reply: { status: 200, body: { left: "size(rows('Item'))" } } },
      { bindings },
    );
    expect(remover.post('/', { id: 'a' }).body).toEqual({ left: 0 });
  });
});
