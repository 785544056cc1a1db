import { describe, expect, it } from 'vitest';
import type { Rule, Service } from '../../../src/core/model/clone-model.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import { eachElementsMax } from '../../../src/core/std/limits.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { clientOfRule, smallModel } from '../../support/small-clone.ts';

const service: Partial<Service> = {
  entities: [
    { name: 'Repo', key: ['owner', 'name'], aliases: [['id']], views: {} },
    { name: 'Issue', key: ['$repo', 'number'], views: {} },
  ],
  seed: {
    Repo: [
      { owner: 'ada', name: 'r', id: 7 },
      { owner: 'ada', name: 'r/x', id: 8 },
    ],
    Issue: [{ $repo: { $ref: 'Repo', key: 'ada/r' }, number: 1, title: 'first' }],
  },
};

describe('bindings', () => {
  const repo = { name: 'repo', type: 'Repo', key: ['body.owner', 'body.name'] };

  function bound(expression: string, body = {}, bindings = [repo]): unknown {
    const rule = { reply: { status: 200, body: { value: expression } } };
    return clientOfRule(service, rule, { bindings }).post('/', body).body.value;
  }

  it('name the entity with that key', () => {
    expect(bound('repo.id', { owner: 'ada', name: 'r' })).toBe(7);
    expect(bound('repo.id', { owner: 'ada', name: 'r/x' })).toBe(8);
  });

  it('are missing when there is none, or a part of the key is missing or no scalar', () => {
    for (const body of [{ owner: 'ada', name: 'q' }, { owner: 'ada' }, { owner: 'ada', name: ['r'] }, {}]) {
      expect(bound('has(repo)', body)).toBe(false);
    }
  });

  it('go by other attributes where they say so, numbers by their text', () => {
    const byId = { ...repo, key: ['body.id'], by: ['id'] };
    expect(bound('repo.name', { id: '8' }, [byId])).toBe('r/x');
    expect(bound('has(repo)', { id: '8.0' }, [byId])).toBe(false);
  });

  it('find the only entity of a type whose key is empty', () => {
    const profile: Partial<Service> = {
      entities: [{ name: 'Profile', key: [], views: {} }],
      seed: { Profile: [{ theme: 'light' }] },
    };
    const client = clientOfRule(
      profile,
      {
        effects: [{ kind: 'merge', target: 'profile', from: 'body', set: {} }],
        reply: { status: 200, body: { was: 'profile.theme', now: "entity('Profile').theme" } },
      },
      { bindings: [{ name: 'profile', type: 'Profile', key: [] }] },
    );
    expect(client.post('/', { theme: 'dark' }).body).toEqual({ was: 'dark', now: 'dark' });
  });

  it('may use earlier ones as parts of keys', () => {
    const issue = { name: 'issue', type: 'Issue', key: ['repo', 'body.number'] };
    expect(bound('issue.title', { owner: 'ada', name: 'r', number: '1' }, [repo, issue])).toBe('first');
    expect(bound('has(issue)', { owner: 'ada', name: 'r/x', number: '1' }, [repo, issue])).toBe(false);
  });
});

describe('the rules of a route', () => {
  it('are tried in order, guards before cases; only true holds', () => {
    const rule = (id: string, when?: string) => ({
      id,
      reply: { status: 200, text: `'${id}'` },
      ...(when === undefined ? {} : { when }),
    });
    const routes = [
      {
        id: 'root',
        method: 'POST',
        path: '/',
        guards: [rule('truthy', 'body.n'), rule('one', 'body.n == 1')],
        cases: [rule('small', 'body.n < 3'), rule('any'), rule('never', 'true')],
      },
    ];
    const client = new CloneClient(loadModel(smallModel({ routes })));
    expect([1, 2, 3, 'x'].map((n) => client.post('/', { n }).transition.rules)).toEqual([
      ['one'],
      ['small'],
      ['any'],
      ['any'],
    ]);
  });

  it('name values in order, those that need the list after the query', () => {
    const client = clientOfRule(service, {
      let: { shown: 'string(total) + tail', total: 'list.total + more', more: 'base.size()', tail: "'!'" },
      query: { type: 'Repo', where: 'x.id < more' },
      reply: { status: 200, text: 'shown' },
    });
    // `shown` stands before what it uses and so misses it; the others are there.
    expect(client.post('/').body).toBeUndefined();
    const ordered = clientOfRule(service, {
      let: { total: 'list.total + more', more: 'base.size()', shown: "string(total) + '!'" },
      query: { type: 'Repo', where: 'x.id < more' },
      reply: { status: 200, text: 'shown' },
    });
    expect(ordered.post('/').body).toBe('23!');
  });
});

describe('each', () => {
  const tasks: Partial<Service> = {
    entities: [{ name: 'Task', key: ['id'], views: {} }],
    generators: { 'Task.id': { kind: 'sequence', start: 3, step: 1 } },
    seed: {
      Task: [
        { id: 1, title: 'one' },
        { id: 2, title: 'two' },
      ],
    },
  };
  const task = { name: 'task', type: 'Task', key: ['body.id'] };
  const change: Rule = {
    id: 'change',
    when: 'has(task)',
    effects: [{ kind: 'merge', target: 'task', set: { title: 'whole.title + body.mark' } }],
    reply: { status: 200, body: { id: 'task.id', title: 'task.title' } },
  };
  const none: Rule = {
    id: 'none',
    when: 'has(body.id)',
    reply: { status: 404, body: { id: 'body.id', error: "'none'" } },
  };
  const client = (list: string, cases: readonly Rule[]): CloneClient =>
    clientOfRule(tasks, {
      each: { in: list, bindings: [task], cases },
      reply: {
        status: 207,
        body: { all: 'results', wrong: 'size(results.filter(r, has(r.error)))', left: "size(rows('Task'))" },
      },
    });

  it('does for every element what the first case that holds says, each in the world that the one before left', () => {
    const body = { title: 't', items: [{ id: 1, mark: 'a' }, { id: 9 }, { id: 1, mark: 'b' }] };
    expect(client('body.items', [change, none]).post('/', body)).toMatchObject({
      status: 207,
      body: {
        all: [
          { id: 1, title: 'ta' },
          { id: 9, error: 'none' },
          { id: 1, title: 'tb' },
        ],
        wrong: 1,
        left: 2,
      },
    });
  });

  it('names an element that is no object body.item, and draws anew for each', () => {
    const make: Rule = {
      id: 'make',
      let: { id: "gen('Task.id')" },
      effects: [{ kind: 'create', type: 'Task', as: 'made', set: { id: 'id', title: 'body.item' } }],
      reply: { status: 201, body: { id: 'made.id', title: 'made.title' } },
    };
    expect(client('body', [make]).post('/', ['x', 'y']).body).toEqual({
      all: [
        { id: 3, title: 'x' },
        { id: 4, title: 'y' },
      ],
      wrong: 0,
      left: 4,
    });
  });

  it('keeps what an element named from those behind it', () => {
    const once: Rule = { id: 'once', let: { seen: "coalesce(seen, 'new')" }, reply: { status: 200, body: 'seen' } };
    expect(client('body', [once]).post('/', [1, 2]).body.all).toEqual(['new', 'new']);
  });

  it('is unknown where the list has more elements than one answer may cost', () => {
    const once: Rule = { id: 'once', reply: { status: 200, body: 'body.item' } };
    const list = Array.from({ length: eachElementsMax + 1 }, (_, at) => at);
    expect(client('body', [once]).post('/', list)).toMatchObject({
      status: 501,
      transition: { provenance: 'unknown' },
    });
    expect(client('body', [once]).post('/', list.slice(1)).body.all).toHaveLength(eachElementsMax);
  });

  it('is unknown as a whole, and nothing is done, where no case holds for an element or there is no list', () => {
    const clone = client('body.items', [change]);
    expect(clone.post('/', { title: 't', items: [{ id: 1, mark: 'a' }, { id: 9 }] }).status).toBe(501);
    expect(clone.post('/', { title: 't' }).status).toBe(501);
    expect(clone.post('/', { title: 'x', items: [{ id: 1, mark: '' }] }).body.all).toEqual([{ id: 1, title: 'x' }]);
  });
});

describe('unknown()', () => {
  const counted: Partial<Service> = {
    entities: [{ name: 'Visit', key: ['id'], views: {} }],
    generators: { 'Visit.id': { kind: 'sequence', start: 1, step: 1 } },
  };

  it('makes an answer unknown where it is needed, and does what the rule does', () => {
    const client = clientOfRule(counted, {
      effects: [{ kind: 'create', type: 'Visit', as: 'made', set: { id: 'gen("Visit.id")' } }],
      reply: { status: 200, body: { id: 'made.id', note: 'body.plain ? "none" : unknown()' } },
    });
    expect(client.post('/', { plain: false })).toMatchObject({ status: 501, transition: { provenance: 'unknown' } });
    expect(client.post('/', { plain: true })).toMatchObject({ status: 200, body: { id: 2, note: 'none' } });
  });
});
