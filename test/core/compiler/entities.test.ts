import { describe, expect, it } from 'vitest';
import { typeOfNode } from '../../../src/core/compiler/entities.ts';
import { type EntityDraft } from '../../../src/core/compiler/entity-draft.ts';
import { notFound, ok, mistakes, toy, type Toy } from '../../support/toy-recording.ts';
import { analysed, type Line } from '../../support/written-recording.ts';

const typesOf = (lines: readonly Line[]): readonly EntityDraft[] => analysed(lines).entities.types;
const note = (id: number, title: string): object => ({ id, title, body: `about ${title}` });

describe('an entity type', () => {
  it('is found where a field of the answer equals the last parameter of the path', () => {
    const [type, ...others] = typesOf([
      { ask: 'GET /notes/1', answer: note(1, 'a') },
      { ask: 'GET /notes/2', answer: note(2, 'b') },
    ]);
    expect(type).toMatchObject({ name: 'Note', field: 'id', key: ['id'] });
    expect(type?.lookups).toEqual([{ prefix: '/notes/{note}', params: ['note'], attributes: ['id'] }]);
    expect(others).toEqual([]);
  });

  it('holds the objects of the collection that its path extends, in envelopes too', () => {
    const [type] = typesOf([
      { ask: 'GET /notes', answer: { items: [note(1, 'a')], total: 1 } },
      { ask: 'POST /notes', body: { title: 'b' }, status: 201, answer: { note: note(2, 'b') } },
      { ask: 'GET /notes/1', answer: { note: note(1, 'a') } },
    ]);
    expect([...type!.sites].sort()).toEqual([
      'GET /notes 200 $.items[]',
      'GET /notes/{note} 200 $.note',
      'POST /notes 201 $.note',
    ]);
  });

  it('holds objects elsewhere that agree with it in key and values', () => {
    const { entities } = analysed([
      { ask: 'GET /people/7', answer: { id: 7, login: 'ada', mail: 'ada@x.example' } },
      { ask: 'GET /people/8', answer: { id: 8, login: 'bob', mail: 'bob@x.example' } },
      { ask: 'GET /notes/1', answer: { ...note(1, 'a'), owner: { id: 7, login: 'ada', mail: 'ada@x.example' } } },
      { ask: 'GET /notes/2', answer: { ...note(2, 'b'), owner: { id: 8, login: 'bob', mail: 'bob@x.example' } } },
    ]);
    expect(entities.bySite.get('GET /notes/{note} 200 $.owner')?.name).toBe('People');
    expect(entities.direct.has('GET /notes/{note} 200 $')).toBe(true);
    expect(entities.direct.has('GET /notes/{note} 200 $.owner')).toBe(false);
  });

  it('keeps apart objects whose equal numbers mean different things', () => {
    const { entities } = analysed([
      { ask: 'GET /people/1', answer: { id: 1, login: 'ada', mail: 'ada@x.example' } },
      { ask: 'GET /people/2', answer: { id: 2, login: 'bob', mail: 'bob@x.example' } },
      { ask: 'GET /notes/1', answer: { ...note(1, 'a'), state: { id: 1, name: 'new', rank: 4 } } },
      { ask: 'GET /notes/2', answer: { ...note(2, 'b'), state: { id: 2, name: 'done', rank: 9 } } },
    ]);
    expect(entities.bySite.get('GET /notes/{note} 200 $.state')?.name).not.toBe('People');
  });

  it('is one for two paths to it that are alike in fields and share values', () => {
    const release = (id: number, tag: string): object => ({ id, tag, title: `v${tag}`, draft: false });
    const types = typesOf([
      { ask: 'GET /releases', answer: [release(1, '1.0'), release(2, '1.1')] },
      { ask: 'GET /releases/1', answer: release(1, '1.0') },
      { ask: 'GET /releases/2', answer: release(2, '1.1') },
      { ask: 'GET /releases/tags/1.0', answer: release(1, '1.0') },
      { ask: 'GET /releases/tags/1.1', answer: release(2, '1.1') },
    ]);
    expect(types.map(({ name, key }) => ({ name, key }))).toEqual([{ name: 'Release', key: ['id'] }]);
    expect(types[0]?.lookups.map(({ prefix, attributes }) => [prefix, attributes])).toEqual([
      ['/releases/{release}', ['id']],
      ['/releases/tags/{tag}', ['tag']],
    ]);
  });

  it('is known by the field of its collection when its items are never read one by one', () => {
    const [type] = typesOf([
      {
        ask: 'GET /stars',
        answer: [
          { name: 'vega', colour: 'blue' },
          { name: 'rigel', colour: 'white' },
        ],
      },
      { ask: 'DELETE /stars/vega', status: 204 },
    ]);
    expect(type).toMatchObject({ name: 'Star', key: ['name'] });
  });

  it('is known by an identity of its own when no path names its items', () => {
    const [type] = typesOf([
      {
        ask: 'GET /events',
        answer: [
          { id: 'e1', what: 'made' },
          { id: 'e2', what: 'sold' },
        ],
      },
      { ask: 'GET /events', answer: [{ id: 'e1', what: 'made' }] },
    ]);
    expect(type).toMatchObject({ name: 'Event', key: ['id'], lookups: [] });
  });

  it('is a singleton where a path without items is read and written', () => {
    const [type] = typesOf([
      { ask: 'GET /settings', answer: { theme: 'dark', size: 12 } },
      { ask: 'PATCH /settings', body: { theme: 'light' }, answer: { theme: 'light', size: 12 } },
    ]);
    expect(type).toMatchObject({ name: 'Setting', field: '', key: [] });
  });

  it('is not made of a path that is only read', () => {
    expect(typesOf([{ ask: 'GET /health', answer: { state: 'ok', uptime: 3 } }])).toEqual([]);
  });

  it('has a name of its own', () => {
    const names = typesOf([
      { ask: 'GET /a/items/1', answer: { id: 1, colour: 'red' } },
      { ask: 'GET /b/items/9', answer: { id: 9, price: 3, weight: 2 } },
    ]).map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
  });
});

describe('the key of an entity type', () => {
  const issue = (repo: string, number: number, title: string): Line => ({
    ask: `GET /repos/${repo}/issues/${number}`,
    answer: { number, title, state: 'open' },
  });

  it('holds the scope where small numbers recur in it', () => {
    const types = typesOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      issue('red', 1, 'a'),
      issue('red', 2, 'b'),
      issue('blue', 1, 'c'),
    ]);
    const type = types.find(({ field }) => field === 'number');
    expect(type?.key).toEqual(['$repo', 'number']);
  });

  it('is global where the service gives things one, and the path is another name', () => {
    const withId = (repo: string, number: number, id: number): Line => ({
      ask: `GET /repos/${repo}/issues/${number}`,
      answer: { id, number, title: `t${id}`, state: 'open' },
    });
    const type = typesOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      withId('red', 1, 501),
      withId('red', 2, 502),
      withId('blue', 1, 503),
      withId('blue', 2, 504),
    ]).find(({ fields }) => fields.has('number'));
    expect(type?.key).toEqual(['id']);
    expect(type?.lookups[0]?.attributes.at(-1)).toBe('number');
  });
});

describe('a site of mixed kinds', () => {
  it('gives each object the type whose members it has', () => {
    const member = (names: string): object => Object.fromEntries([...names].map((name) => [name, `${name}-value`]));
    const issue = (id: number): object => ({ id, ...member('abcdefghij') });
    const pull = (id: number): object => ({ id, ...member('abcdklmnop') });
    const { entities } = analysed([
      { ask: 'GET /issues/1', answer: issue(1) },
      { ask: 'GET /issues/2', answer: issue(2) },
      { ask: 'GET /pulls/3', answer: pull(3) },
      { ask: 'GET /pulls/4', answer: pull(4) },
      { ask: 'GET /issues', answer: [issue(1), issue(2), issue(5), pull(3)] },
    ]);
    const site = 'GET /issues 200 $[]';
    expect(typeOfNode(entities, site, issue(7) as never)?.name).toBe('Issue');
    expect(typeOfNode(entities, site, pull(8) as never)?.name).toBe('Pull');
  });
});

describe('a clone of a service with a singleton', () => {
  it('keeps the settings of each account for itself', () => {
    const make = (): Toy => {
      const settings = new Map(['red', 'blue'].map((name) => [name, { theme: 'dark', size: 12 }]));
      return toy({
        'GET /accounts/{name}/settings': ({ params }) => {
          const own = settings.get(params['name']!);
          return own === undefined ? notFound : ok(own);
        },
        'PATCH /accounts/{name}/settings': ({ params, body }) => {
          const own = settings.get(params['name']!);
          return own === undefined ? notFound : ok(Object.assign(own, body));
        },
        'GET /accounts': () => ok([...settings.keys()].map((name) => ({ name }))),
      });
    };
    expect(
      mistakes(
        make,
        (client) => {
          client.get('/accounts');
          client.get('/accounts/red/settings');
          client.get('/accounts/blue/settings');
          for (const [name, size] of [
            ['red', 14],
            ['blue', 9],
            ['red', 8],
          ] as const) {
            client.patch(`/accounts/${name}/settings`, { size });
            client.get(`/accounts/${name}/settings`);
          }
          client.patch('/accounts/red/settings', { theme: 'light' });
          client.get('/accounts/none/settings');
          client.patch('/accounts/none/settings', { size: 1 });
          client.patch('/accounts/blue/settings', { theme: 'sepia', size: 10 });
        },
        (client) => {
          client.patch('/accounts/blue/settings', { theme: 'plain' });
          client.get('/accounts/red/settings');
          client.get('/accounts/blue/settings');
          client.patch('/accounts/red/settings', { size: 99 });
          client.get('/accounts/red/settings');
          client.get('/accounts/gone/settings');
        },
      ),
    ).toEqual([]);
  });
});
