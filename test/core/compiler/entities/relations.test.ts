import { describe, expect, it } from 'vitest';
import { related, type Relation } from '../../../../src/core/compiler/entities/relations.ts';
import type { Evidence } from '../../../../src/core/compiler/evidence.ts';
import { notFound, ok, mistakes, toy, type Toy } from '../../../support/toy-recording.ts';
import { collection } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const told = ({ relations }: Evidence): string[] =>
  relations.map(
    ({ child, parent, by, pairs }) =>
      `${child.name} ${by} ${parent.name}: ${pairs.map((pair) => `${pair.child}=${pair.parent}`).join(' ')}`,
  );

const list = (id: number): object => ({ id, name: `list ${id}`, kind: 'plain' });

describe('a relation', () => {
  it('by scope stands where a path leads through the parent to where children are made', () => {
    const evidence = analysed([
      { ask: 'GET /lists/1', answer: list(1) },
      { ask: 'GET /lists/2', answer: list(2) },
      { ask: 'POST /lists/1/notes', body: { text: 'a' }, status: 201, answer: { id: 7, text: 'a' } },
      { ask: 'POST /lists/2/notes', body: { text: 'b' }, status: 201, answer: { id: 8, text: 'b' } },
      { ask: 'GET /lists/1/notes', answer: [{ id: 7, text: 'a' }] },
    ]);
    expect(told(evidence)).toEqual(['Note scope List: $list=id']);
  });

  it('by value stands where a field named after the parent holds keys of it', () => {
    const post = (id: number, authorId: number): object => ({ id, title: `post ${id}`, authorId });
    const evidence = analysed([
      {
        ask: 'GET /authors',
        answer: [
          { id: 1, name: 'ada' },
          { id: 2, name: 'bob' },
        ],
      },
      { ask: 'GET /authors/1', answer: { id: 1, name: 'ada' } },
      { ask: 'GET /posts', answer: [post(10, 1), post(11, 2), post(12, 2)] },
      { ask: 'GET /posts/10', answer: post(10, 1) },
    ]);
    expect(told(evidence)).toEqual(['Post value Author: authorId=id']);
  });

  it('does not lead from an entity to itself by a second name of its key', () => {
    const zone = (id: string): object => ({ id, name: id, url: `/zones/${id}` });
    const zones = ['north.example', 'south.example', 'east.example', 'west.example'].map(zone);
    const evidence = analysed([
      { ask: 'GET /zones', answer: zones },
      { ask: 'GET /zones/north.example', answer: zone('north.example') },
      { ask: 'GET /zones/east.example', answer: zone('east.example') },
    ]);
    expect(told(evidence)).toEqual([]);
  });

  it('is not believed of equal small numbers under a name that says something else', () => {
    const post = (id: number, score: number): object => ({ id, title: `post ${id}`, score });
    const evidence = analysed([
      {
        ask: 'GET /authors',
        answer: [
          { id: 1, name: 'ada' },
          { id: 2, name: 'bob' },
        ],
      },
      { ask: 'GET /authors/1', answer: { id: 1, name: 'ada' } },
      { ask: 'GET /posts', answer: [post(10, 1), post(11, 2)] },
      { ask: 'GET /posts/10', answer: post(10, 1) },
    ]);
    expect(told(evidence)).toEqual([]);
  });

  it('by ref stands where the parent is embedded, alone or in a list', () => {
    const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
    const evidence = analysed([
      { ask: 'GET /users', answer: [user(1), user(2), user(3)] },
      { ask: 'GET /users/1', answer: user(1) },
      { ask: 'GET /notes/5', answer: { id: 5, title: 'a', owner: user(1), readers: [user(2), user(3)] } },
      { ask: 'GET /notes/6', answer: { id: 6, title: 'b', owner: user(2), readers: [user(1)] } },
    ]);
    expect(told(evidence)).toEqual(['Note ref User: owner=$key', 'Note ref-list User: readers=$key']);
  });
});

describe('belonging', () => {
  const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
  const lines: Line[] = [
    { ask: 'GET /users', answer: [user(1), user(2), user(3)] },
    { ask: 'GET /users/1', answer: user(1) },
    { ask: 'GET /notes/5', answer: { id: 5, title: 'a', owner: user(1), readers: [user(2)] } },
    { ask: 'GET /notes/6', answer: { id: 6, title: 'b', owner: user(2), readers: [user(1)] } },
    { ask: 'PATCH /notes/5', body: { owner: 3 }, answer: { id: 5, title: 'a', owner: user(3), readers: [user(2)] } },
  ];

  it('is judged as things were before a call', () => {
    const { relations, timeline } = analysed(lines);
    const life = (name: string): (typeof timeline.lives)[number] =>
      timeline.lives.find(({ type, key }) => `${type.name} ${key}` === name)!;
    const by = (kind: Relation['by']): Relation => relations.find((each) => each.by === kind)!;
    const owned = (owner: string, index: number): boolean => related(by('ref'), life('Note 5'), life(owner), index);
    expect([owned('User 1', 4), owned('User 3', 4), owned('User 1', 5), owned('User 3', 5)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(related(by('ref-list'), life('Note 5'), life('User 2'), 5)).toBe(true);
    expect(related(by('ref-list'), life('Note 6'), life('User 2'), 5)).toBe(false);
  });
});

describe('a clone of nested collections', () => {
  it('lists and numbers the children of each parent apart, for parents never recorded too', () => {
    const makeToy = (): Toy => {
      const lists = collection('/lists', { seed: [{ id: 1, name: 'inbox' }] });
      const notes = new Map<string, object[]>();
      const of = (list: string): object[] | undefined => {
        if (!lists.items.has(list)) return undefined;
        if (!notes.has(list)) notes.set(list, []);
        return notes.get(list);
      };
      return toy({
        ...lists.handlers,
        'GET /lists/{list}/notes': ({ params }) => {
          const own = of(params['list']!);
          return own === undefined ? notFound : ok(own);
        },
        'POST /lists/{list}/notes': ({ params, body }) => {
          const own = of(params['list']!);
          if (own === undefined) return notFound;
          const note = { number: own.length + 1, text: body.text };
          own.push(note);
          return { status: 201, body: note };
        },
        'GET /lists/{list}/notes/{number}': ({ params }) => {
          const note = of(params['list']!)?.[Number(params['number']) - 1];
          return note === undefined ? notFound : ok(note);
        },
      });
    };
    expect(
      mistakes(
        makeToy,
        (client) => {
          client.get('/lists');
          for (const name of ['work', 'home']) client.post('/lists', { name });
          for (const [list, text] of [
            [1, 'a'],
            [2, 'b'],
            [1, 'c'],
            [3, 'd'],
            [2, 'e'],
            [1, 'f'],
          ] as const) {
            client.post(`/lists/${list}/notes`, { text });
            client.get(`/lists/${list}/notes`);
          }
          client.get('/lists/1/notes/2');
          client.get('/lists/2/notes/1');
          client.get('/lists/3/notes/1');
          client.get('/lists/2/notes/9');
          client.get('/lists/3/notes/4');
          client.get('/lists/77/notes');
          client.post('/lists/78/notes', { text: 'x' });
        },
        (client) => {
          for (const name of ['red', 'blue', 'green']) client.post('/lists', { name });
          client.get('/lists/4/notes');
          for (const [list, text] of [
            [4, 'p'],
            [3, 'q'],
            [4, 'r'],
            [2, 's'],
            [4, 't'],
          ] as const)
            client.post(`/lists/${list}/notes`, { text });
          client.get('/lists/4/notes');
          client.get('/lists/4/notes/3');
          client.get('/lists/4/notes/4');
          client.get('/lists/2/notes');
          client.get('/lists/1/notes');
          client.get('/lists/99/notes');
        },
      ),
    ).toEqual([]);
  });
});
