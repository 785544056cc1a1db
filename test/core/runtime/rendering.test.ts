import { describe, expect, it } from 'vitest';
import type { EntityType, Service, Template } from '../../../src/core/model/clone-model.ts';
import { clientOfRule } from '../../support/small-clone.ts';

const seed: Service['seed'] = {
  User: [
    { login: 'ada', age: 36, team: 'x' },
    { login: 'bob', age: 7, team: 'x' },
    { login: 'cyd', team: 'y', boss: { $ref: 'User', key: 'ada' } },
  ],
  Repo: [
    {
      owner: { $ref: 'User', key: 'ada' },
      name: 'r1',
      stars: [
        { $ref: 'User', key: 'bob' },
        { $ref: 'User', key: 'zed' },
      ],
    },
    { owner: { $ref: 'User', key: 'zed' }, name: 'r2', $hidden: 'h' },
  ],
};

function withTypes(types: Partial<Record<'User' | 'Repo', Partial<EntityType>>> = {}): Partial<Service> {
  const entities: EntityType[] = [
    { name: 'User', key: ['login'], views: { full: { login: 'it.login', age: 'it.age' } }, ...types.User },
    { name: 'Repo', key: ['name'], aliases: [['owner']], views: { full: { $merge: ['it'] } }, ...types.Repo },
  ];
  return { entities, seed };
}

/** What a template gives as the whole body of an answer. */
function rendered(body: Template, service = withTypes()): unknown {
  return clientOfRule(service, {
    reply: { status: 200, headers: [{ name: 'content-type', value: "'application/json'" }], body },
  }).post('/').body;
}

describe('what a client sees', () => {
  it('has views where references stood, nothing where they lead nowhere', () => {
    expect(rendered({ $view: 'full', of: "entity('Repo', 'r1')" })).toEqual({
      owner: { login: 'ada', age: 36 },
      name: 'r1',
      stars: [{ login: 'bob', age: 7 }],
    });
    expect(rendered({ $view: 'full', of: "entity('Repo', 'r2')" })).toEqual({ owner: null, name: 'r2' });
  });

  it('shows a reference by the view that it names, else as embedded', () => {
    const views = { full: 'it.login', embedded: { e: 'it.login' }, tiny: { t: 'it.login' } };
    const service = {
      ...withTypes({ User: { views } }),
      seed: {
        ...seed,
        Repo: [{ name: 'r', owner: { $ref: 'User', key: 'ada' }, by: { $ref: 'User', key: 'bob', view: 'tiny' } }],
      },
    };
    expect(rendered({ $view: 'full', of: "entity('Repo', 'r')" }, service)).toEqual({
      name: 'r',
      owner: { e: 'ada' },
      by: { t: 'bob' },
    });
  });

  it('has no hidden members, whichever way an entity comes into the answer', () => {
    const shown = { owner: null, name: 'r2' };
    expect(rendered("entity('Repo', 'r2')")).toEqual(shown);
    expect(rendered({ deep: ["entity('Repo', 'r2')"] })).toEqual({ deep: [shown] });
    expect(rendered({ $merge: ["entity('Repo', 'r2')", { more: '1' }] })).toEqual({ ...shown, more: 1 });
    expect(rendered({ $view: 'no such view', of: "entity('Repo', 'r2')" })).toEqual(shown);
  });

  it('keeps what is not an entity as it is', () => {
    expect(rendered({ $literal: { $ref: 'User', key: 'ada', $schema: 'x' } })).toEqual({
      $ref: 'User',
      key: 'ada',
      $schema: 'x',
    });
  });

  it('cannot be made to show another entity by a body that looks like a reference', () => {
    const client = clientOfRule(withTypes(), {
      effects: [{ kind: 'create', type: 'User', as: 'made', from: 'body', set: {} }],
      reply: { status: 200, body: 'made' },
    });
    const sent = { login: 'eve', spy: { $ref: 'User', key: 'ada' }, more: { $type: 'User', $key: 'ada' } };
    expect(client.post('/', sent).body).toMatchObject({ spy: { $ref: 'User', key: 'ada' } });
  });
});

describe('views that embed each other', () => {
  it('end', () => {
    const service: Partial<Service> = {
      entities: [{ name: 'Node', key: ['id'], views: { full: { id: 'it.id', next: 'it.next' } } }],
      seed: {
        Node: [
          { id: 1, next: { $ref: 'Node', key: '2' } },
          { id: 2, next: { $ref: 'Node', key: '1' } },
        ],
      },
    };
    const body = ["view('full', entity('Node', 1))", "view('full', entity('Node', 2))"];
    expect(rendered(body, service)).toEqual([
      { id: 1, next: { id: 2, next: null } },
      { id: 2, next: { id: 1, next: null } },
    ]);
  });

  it('do not multiply beyond a limit', () => {
    const everyone = { $each: "rows('Node')", as: 'n', do: { $view: 'full', of: 'n' } };
    const service: Partial<Service> = {
      entities: [{ name: 'Node', key: ['id'], views: { full: { id: 'it.id', all: everyone } } }],
      seed: { Node: Array.from({ length: 30 }, (_, id) => ({ id })) },
    };
    const answer = clientOfRule(service, {
      reply: { status: 200, body: { $view: 'full', of: "entity('Node', 1)" } },
    }).post('/');
    expect(answer.transition.unknown).toMatch(/^the answer has more than \d+ values$/);
  });
});
