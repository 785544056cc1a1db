import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntityType, Rule, Service } from '../../../src/core/model/clone-model.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import type { Json } from '../../../src/core/std/json.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { clientOfRule, valueIn } from '../../support/small-clone.ts';

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

const value = (expression: string, body = {}): unknown => valueIn(withTypes(), expression, body);

describe('functions of the world', () => {
  it.each([
    ["entity('User', 'ada').age", 36],
    ["entity('User', ['ada']).age", 36],
    ["entity('User', 'zed')", undefined],
    ["entity('User', 'ada', 'x')", undefined],
    ["entity('Nothing', 'ada')", undefined],
    ["find('User', 'team', ['x']).login", 'ada'],
    ["find('User', 'team,login', ['x', 'bob']).age", 7],
    ["find('User', 'team', ['z'])", undefined],
    ["free('User', 'login', 'dee', '-')", 'dee'],
    ["free('User', 'login', 'ada', '-')", 'ada-2'],
    ["free('User', 'login', 1, '-')", undefined],
    ["find('Repo', 'owner', [entity('User', 'ada')]).name", 'r1'],
    ["exists('User', 'ada')", true],
    ["exists('User', 'zed')", false],
    ["exists('User', 'team', ['y'])", true],
    ["exists('User', 'team', ['z'])", false],
    ["rows('User').map(u, u.login)", ['ada', 'bob', 'cyd']],
    ["rows('User', 'team', ['x']).map(u, u.login)", ['ada', 'bob']],
    ["rows('User', 'team', 'z')", []],
    ["rows('Nothing')", undefined],
    ["deref(ref('User', 'ada')).age", 36],
    ["deref(entity('User', 'cyd').boss).login", 'ada'],
    ["deref('ada')", undefined],
    ["ref('User', 'zed')", undefined],
    ["ref(entity('User', 'ada')) == entity('User', 'cyd').boss", true],
    ["deleted('User', 'ada')", false],
    ["view('full', entity('User', 'ada'))", { login: 'ada', age: 36 }],
    ["view('full', entity('User', 'cyd').boss)", { login: 'ada', age: 36 }],
    ["view('full', 'ada')", undefined],
    ['now()', '2024-01-02T03:04:05.678Z'],
    ["now('epoch-s')", 1704164645],
    ["now('no format')", undefined],
    ["extern('anything')", undefined],
    [
      "entity('User', 'bob')['$key'] + entity('User', 'bob')['$type'] + string(entity('User', 'bob')['$seq'])",
      'bobUser1',
    ],
  ])('%s is %j', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });
});

describe('rows by value through references', () => {
  it('follow a change of what the references lead to', () => {
    const client = clientOfRule(withTypes(), {
      let: { before: "rows('Repo', 'owner.age', 36).map(r, r.name)" },
      effects: [{ kind: 'merge-where', type: 'User', where: "x.login == 'ada'", set: { age: '37' } }],
      reply: {
        status: 200,
        body: [
          'before',
          "rows('Repo', 'owner.age', 36).map(r, r.name)",
          "rows('Repo', 'owner.age', 37).map(r, r.name)",
        ],
      },
    });
    expect(JSON.parse(client.post('/').body as string)).toEqual([['r1'], [], ['r1']]);
  });
});

describe('derived attributes', () => {
  it('see earlier ones, the base and the world, and are computed anew when the world changes', () => {
    const derived = {
      url: "base + '/' + it.login",
      link: "'<' + it.url + '>'",
      repos: "rows('Repo', 'owner', [it]).size()",
      busy: 'it.repos > 0',
    };
    const service = withTypes({
      User: { derived, views: { full: { link: 'it.link', repos: 'it.repos', busy: 'it.busy' } } },
    });
    const client = clientOfRule(service, {
      let: { before: "entity('User', 'ada').repos" },
      effects: [
        { kind: 'create', type: 'Repo', as: 'made', set: { name: 'body.name', owner: "entity('User', 'ada')" } },
      ],
      reply: { status: 200, body: { before: 'before', now: { $view: 'full', of: "entity('User', 'ada')" } } },
    });
    const link = '<https://small.example/ada>';
    expect(client.post('/', { name: 'n' }).body).toEqual({ before: 1, now: { link, repos: 2, busy: true } });
    expect(client.post('/', { name: 'm' }).body).toEqual({ before: 2, now: { link, repos: 3, busy: true } });
  });

  it('are after a change what they would be had the entity always been so', () => {
    const derived = {
      tag: "it['$team'] + '/' + it.login",
      link: "'<' + it.tag + '>'",
      age: 'missing',
      whole: 'size(keys(it))',
      kept: "'#' + string(it['$seq'])",
    };
    const service = withTypes({ User: { derived, views: { full: 'it' } } });
    const rule: Partial<Rule> = {
      let: { user: "entity('User', 'ada')" },
      effects: [
        { kind: 'merge', target: 'user', from: 'body', set: {} },
        { kind: 'merge', target: 'user', set: { $team: 'body.hidden', nick: 'body.nick' } },
      ],
      reply: { status: 200, body: { $view: 'full', of: "entity('User', 'ada')" } },
    };
    const value = fc.option(fc.constantFrom('a', 'b', 1), { nil: undefined });
    const change = fc.record({ name: value, age: value, hidden: value, nick: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const client = clientOfRule(service, rule);
        const seen = changes.map((body) => client.post('/', body as Json).body as unknown).at(-1);
        // Loaded anew, nothing is remembered; a change that changes nothing shows the entity as it is.
        const fresh = new CloneClient(loadModel(client.loaded.model), 0, client.world);
        expect(fresh.post('/').body).toEqual(seen);
      }),
    );
  });

  it('end where they go in circles', () => {
    const derived = { a: "coalesce(entity('User', it.login).b, 'end')", b: 'entity("User", it.login).a' };
    expect(valueIn(withTypes({ User: { derived } }), "entity('User', 'ada').a")).toBe('end');
  });

  it('serve as keys of lookups', () => {
    const service = withTypes({ User: { derived: { slug: "'u-' + it.login" }, aliases: [['slug']] } });
    expect(valueIn(service, "find('User', 'slug', ['u-bob']).age")).toBe(7);
  });
});

describe('a view that asks for rows by an attribute', () => {
  it('is rendered anew after a change of theirs, though the rows had been asked for before it was', () => {
    const repo = { views: { full: { team: "rows('User', 'team', ['x']).map(u, u.login)" } } };
    const client = clientOfRule(withTypes({ Repo: repo }), {
      reply: {
        status: 200,
        body: { count: "size(rows('User', 'team', ['x']))", repo: "view('full', entity('Repo', 'r1'))" },
      },
      effects: [{ kind: 'delete-where', type: 'User', where: 'x.login == body.gone' }],
    });
    expect(client.post('/', {}).body).toEqual({ count: 2, repo: { team: ['ada', 'bob'] } });
    expect(client.post('/', { gone: 'bob' }).body).toEqual({ count: 1, repo: { team: ['ada'] } });
  });
});
