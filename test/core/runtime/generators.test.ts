import { describe, expect, it } from 'vitest';
import type { Generator, Service } from '../../../src/core/model/clone-model.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { clientOfRule, smallModel } from '../../support/small-clone.ts';

const entities: Service['entities'] = [{ name: 'Task', key: ['$list', 'id'], views: { full: 'it' } }];

const generators: Readonly<Record<string, Generator>> = {
  plain: { kind: 'sequence', start: 7, step: 3 },
  scoped: { kind: 'sequence', start: 1, step: 1, scope: ['body.list'] },
  next: { kind: 'max-plus-one', type: 'Task', attribute: 'id', start: 1, scope: ['$list'] },
  v1: { kind: 'uuid', version: 1 },
  v4: { kind: 'uuid', version: 4 },
  v7: { kind: 'uuid', version: 7 },
  token: { kind: 'text', pattern: [{ literal: 'tok_' }, { alphabet: 'ab', length: 20 }] },
};

/** A client whose POST with `{name}` answers the next value of the generator of that name. */
function drawing(seed = 1): CloneClient {
  const { loaded } = clientOfRule(
    { generators, entities },
    { reply: { status: 200, body: { value: 'gen(body.name)' } } },
  );
  return new CloneClient(loaded, seed);
}

function draw(client: CloneClient, name: string, rest = {}): unknown {
  return client.post('/', { name, ...rest }).body.value;
}

describe('a sequence', () => {
  it('begins at its start and goes on by its step', () => {
    const client = drawing();
    expect([draw(client, 'plain'), draw(client, 'plain'), draw(client, 'plain')]).toEqual([7, 10, 13]);
  });

  it('counts in every scope for itself', () => {
    const client = drawing();
    const seen = ['a', 'b', 'a', 'a', 'b'].map((list) => draw(client, 'scoped', { list }));
    expect(seen).toEqual([1, 1, 2, 3, 2]);
  });

  it('takes a scope that the call gives', () => {
    const client = clientOfRule({ generators }, { reply: { status: 200, body: { value: "gen('scoped', body.of)" } } });
    expect(['x', 'y', 'x'].map((of) => client.post('/', { of }).body.value)).toEqual([1, 1, 2]);
  });

  it('tells the value that it gave last, and before the first one a step less than its start', () => {
    const client = clientOfRule(
      { generators },
      {
        let: { next: "body.draw ? gen('plain') : missing" },
        reply: { status: 200, body: { value: "counter('plain')" } },
      },
    );
    expect([false, true, false, true].map((draw) => client.post('/', { draw }).body.value)).toEqual([4, 7, 7, 10]);
  });

  it('passes over keys that are taken', () => {
    const seed = {
      Task: [
        { $list: 'a', id: 1 },
        { $list: 'a', id: 2 },
        { $list: 'a', id: 4 },
      ],
    };
    const client = clientOfRule(
      { generators, entities, seed },
      {
        effects: [{ kind: 'create', type: 'Task', as: 'task', set: { id: "gen('scoped')", $list: 'body.list' } }],
        reply: { status: 201, body: 'task.id' },
      },
    );
    expect([1, 2].map(() => client.post('/', { list: 'a' }).body)).toEqual(['3', '5']);
    expect(client.post('/', { list: 'b' }).body).toBe('1');
  });

  it('passes over keys that are taken when a let has drawn them', () => {
    const client = clientOfRule(
      { generators, entities, seed: { Task: [{ $list: 'a', id: 1 }] } },
      {
        let: { other: "gen('plain')", id: "gen('scoped')", label: "'#' + string(id)" },
        effects: [{ kind: 'create', type: 'Task', as: 'task', set: { $list: "'a'", id: 'id', label: 'label' } }],
        reply: { status: 201, body: ['task.id', 'task.label', 'label', 'other'] },
      },
    );
    expect(client.post('/', { list: 'a' }).body).toBe('[2,"#2","#2",7]');
    expect(client.post('/', { list: 'a' }).body).toBe('[3,"#3","#3",10]');
  });

  it('is not used up by conditions or by steps that change nothing', () => {
    const client = clientOfRule(
      { generators },
      { when: "gen('plain') == 7 && !has(body.stop)", reply: { status: 200, body: { value: "gen('plain')" } } },
    );
    expect(client.post('/', { stop: true }).status).toBe(501);
    expect(client.post('/').body.value).toBe(7);
  });
});

describe('max plus one', () => {
  it('follows the largest living number in its scope', () => {
    const seed = {
      Task: [
        { $list: 'a', id: 1 },
        { $list: 'a', id: 9 },
        { $list: 'b', id: '4' },
      ],
    };
    const create = {
      kind: 'create',
      type: 'Task',
      as: 'task',
      set: { id: "gen('next')", $list: 'body.list' },
    } as const;
    const client = clientOfRule(
      { generators, entities, seed },
      { effects: [create], reply: { status: 201, body: 'task.id' } },
    );
    const seen = ['a', 'b', 'c', 'c'].map((list) => client.post('/', { list }).body);
    expect(seen).toEqual(['10', '5', '1', '2']);
  });

  it('gives the number of a deleted last entity again', () => {
    const model = smallModel({
      generators: { next: { kind: 'max-plus-one', type: 'Task', attribute: 'id', start: 1 } },
      entities: [{ name: 'Task', key: ['id'], views: { full: 'it' } }],
      seed: { Task: [{ id: 3 }] },
      routes: [
        {
          id: 'add',
          method: 'POST',
          path: '/',
          cases: [
            {
              id: 'add/ok',
              effects: [{ kind: 'create', type: 'Task', as: 'task', set: { id: "gen('next')" } }],
              reply: { status: 201, body: 'task.id' },
            },
          ],
        },
        {
          id: 'drop',
          method: 'DELETE',
          path: '/{id}',
          bindings: [{ name: 'task', type: 'Task', key: ['path.id'] }],
          cases: [{ id: 'drop/ok', effects: [{ kind: 'delete', target: 'task' }], reply: { status: 204 } }],
        },
      ],
    });
    const client = new CloneClient(loadModel(model));
    expect(client.post('/').body).toBe('4');
    client.send('DELETE', '/4');
    expect(client.post('/').body).toBe('4');
  });
});

describe('random values', () => {
  it('have the form of their kind', () => {
    const client = drawing();
    const hex = '[0-9a-f]';
    for (const version of [1, 4, 7]) {
      expect(draw(client, `v${version}`)).toMatch(
        new RegExp(`^${hex}{8}-${hex}{4}-${version}${hex}{3}-[89ab]${hex}{3}-${hex}{12}$`),
      );
    }
    expect(draw(client, 'token')).toMatch(/^tok_[ab]{20}$/);
  });

  it('begin with the virtual time where the kind says so', () => {
    const client = drawing();
    const v7 = draw(client, 'v7') as string;
    expect(Number.parseInt(v7.replaceAll('-', '').slice(0, 12), 16)).toBe(1_704_164_645_678);
    const v1 = draw(client, 'v1') as string;
    const [low = '', middle = '', high = ''] = v1.split('-');
    const ticks = BigInt(`0x${high.slice(1)}${middle}${low}`);
    // One step later; a version 1 timestamp counts 100 ns from the Gregorian reform.
    expect(Number(ticks / 10_000n) - 12_219_292_800_000).toBe(1_704_164_646_678);
  });

  it('differ from draw to draw and from seed to seed, and are equal for equal seeds', () => {
    const runs = [1, 1, 2].map((seed) => {
      const client = drawing(seed);
      return [1, 2, 3].map(() => draw(client, 'v4'));
    });
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs.flat()).size).toBe(6);
  });

  it('do not shift when another generator draws', () => {
    const [quiet, busy] = [drawing(), drawing()];
    draw(quiet, 'plain');
    draw(busy, 'token');
    expect(draw(quiet, 'v4')).toBe(draw(busy, 'v4'));
  });
});

it('a generator that does not exist gives nothing', () => {
  expect(draw(drawing(), 'nope')).toBeUndefined();
});
