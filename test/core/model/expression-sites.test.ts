import { describe, expect, it } from 'vitest';
import {
  entityTypeExpressions,
  routeExpressions,
  ruleExpressions,
  type ExpressionSite,
} from '../../../src/core/model/expression-sites.ts';
import type { Rule } from '../../../src/core/model/clone-model.ts';
import { sampleModel } from '../../support/sample-model.ts';

const lines = (sites: Iterable<ExpressionSite>): string[] =>
  [...sites].map(({ path, text }) => `${path.join('.')} = ${text}`);

describe('the expressions of a model', () => {
  it('of an entity type stand in its derived attributes and views', () => {
    const type = sampleModel.services[0]?.entities[0];
    if (type === undefined) throw new Error('the sample has an entity type');
    expect(lines(entityTypeExpressions(type))).toEqual([
      "derived.url = 'https://notes.example/notes/' + string(it.id)",
      'views.full.id = it.id',
      'views.full.title = it.title',
      'views.full.url = it.url',
      'views.full.tags.$each = it.tags',
      'views.full.tags.do.name = t',
    ]);
  });

  it('of a route stand in its bindings and in every rule', () => {
    const route = sampleModel.services[0]?.routes[1];
    if (route === undefined) throw new Error('the sample has two routes');
    expect(lines(routeExpressions(route))).toEqual([
      'bindings.0.key.0 = int(path.id)',
      'guards.0.when = !has(note)',
      "guards.0.reply.body.message = 'Not Found'",
      'cases.0.reply.body.of = note',
    ]);
  });

  it('of a rule are all that can be one, and neither names nor literals', () => {
    const rule: Rule = {
      id: 'r',
      when: 'A',
      doubt: 'N',
      query: {
        type: 'T',
        where: 'B',
        filters: [{ param: 'p', operator: 'eq', attributes: ['x'], default: 'no' }],
        order: [{ by: 'C' }],
        sort: { by: 'sort', fields: { name: 'D' } },
      },
      let: { n: 'E' },
      effects: [
        { kind: 'create', type: 'T', as: 't', from: 'F', set: { a: 'G' } },
        { kind: 'delete', target: 't' },
        { kind: 'merge-where', type: 'T', where: 'H', set: { b: ['I', { $literal: 'no' }] } },
      ],
      reply: {
        status: 200,
        headers: [{ name: 'etag', value: 'J' }],
        body: { $merge: ['K', { l: 1, m: 'L' }] },
        text: 'M',
      },
    };
    expect([...ruleExpressions(rule)].map(({ text }) => text).join('')).toBe('ANBCDEFGHIJKLM');
  });
});
