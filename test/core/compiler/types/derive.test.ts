import { describe, expect, it } from 'vitest';
import { deriveAttributes, entityOf, relationText } from '../../../../src/core/compiler/types/derive.ts';
import {
  mistakes,
  notFound,
  ok,
  toy,
  TOY_ORIGIN,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, walk, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const NAMES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue'];
/** Reads of six notes with what the test adds to them. */
const reads = (more: (id: number) => object): Line[] =>
  NAMES.map((title, at) => ({ ask: `GET /notes/${at + 1}`, answer: { id: at + 1, title, ...more(at + 1) } }));

function derivedOf(lines: readonly Line[], name = 'Note'): Record<string, unknown> {
  const evidence = analysed(lines);
  const type = evidence.entities.types.find((each) => each.name === name)!;
  return Object.fromEntries(deriveAttributes(evidence, type).derived);
}

describe('an attribute', () => {
  it('that is a link made of others is computed, not stored', () => {
    const lines = reads((id) => ({
      url: `https://toy.example/notes/${id}`,
      html_url: `https://toy.example/n/${id}.html`,
    }));
    expect(derivedOf(lines)).toEqual({
      url: '"https://toy.example/notes/" + string(it.id)',
      html_url: '"https://toy.example/n/" + string(it.id) + ".html"',
    });
  });

  it('that is base64 of others is computed', () => {
    const lines = reads((id) => ({ node_id: Buffer.from(`4:Note${id}`).toString('base64') }));
    expect(derivedOf(lines)).toEqual({ node_id: 'b64("4:Note" + string(it.id))' });
  });

  it('that was the same for everything, and never written, is a constant', () => {
    expect(derivedOf(reads(() => ({ object: 'note', flags: { live: false } })))).toEqual({
      object: '"note"',
      flags: { $literal: { live: false } },
    });
  });

  it('that a client ever wrote may change, although it never did', () => {
    const lines: Line[] = [
      ...reads(() => ({ state: 'open' })),
      { ask: 'PATCH /notes/1', body: { state: 'open' }, answer: { id: 1, title: 'milk', state: 'open' } },
    ];
    expect(derivedOf(lines)).toEqual({});
  });

  it('is never derived from one that is derived from it', () => {
    const derived = derivedOf(reads((id) => ({ a: `x-${'abcdef'[id - 1]!}`, b: `x-${'abcdef'[id - 1]!}/y` })));
    expect(Object.keys(derived)).toEqual(['b']);
  });

  it('that is part of the key is never derived', () => {
    expect(derivedOf(reads(() => ({})))).not.toHaveProperty('id');
  });
});

describe('a number', () => {
  const post = (id: number, comments: number, open = comments): object => ({ id, title: NAMES[id], comments, open });
  const comment = (id: number, postId: number, state = 'open'): object => ({ id, postId, state, text: `about ${id}` });
  const made = (id: number, postId: number, state?: string): Line => ({
    ask: 'POST /comments',
    body: { postId, text: `about ${id}` },
    status: 201,
    answer: comment(id, postId, state),
  });
  const counted: Line[] = [
    { ask: 'GET /posts', answer: [post(1, 0), post(2, 0)] },
    { ask: 'GET /posts/1', answer: post(1, 0) },
    made(10, 1),
    { ask: 'GET /posts/1', answer: post(1, 1) },
    made(11, 1),
    made(12, 2),
    { ask: 'GET /posts', answer: [post(1, 2), post(2, 1)] },
    { ask: 'GET /comments/10', answer: comment(10, 1) },
  ];

  it('that is how many children there are is counted when it is shown', () => {
    expect(derivedOf(counted, 'Post')['comments']).toBe(
      'size(rows("Comment").filter(x, string(x.postId) == string(it.id)))',
    );
  });

  it('that is how many children of one kind there are is counted among those', () => {
    const lines: Line[] = [
      ...counted.slice(0, -1),
      { ask: 'PATCH /comments/10', body: { state: 'closed' }, answer: comment(10, 1, 'closed') },
      { ask: 'GET /posts', answer: [post(1, 2, 1), post(2, 1, 1)] },
      { ask: 'PATCH /comments/12', body: { state: 'closed' }, answer: comment(12, 2, 'closed') },
      { ask: 'GET /posts', answer: [post(1, 2, 1), post(2, 1, 0)] },
      { ask: 'GET /posts/2', answer: post(2, 1, 0) },
    ];
    expect(derivedOf(lines, 'Post')).toEqual({
      comments: 'size(rows("Comment").filter(x, string(x.postId) == string(it.id)))',
      open: 'size(rows("Comment").filter(x, string(x.postId) == string(it.id) && string(x.state) == "open"))',
    });
  });

  it('that is the sum of a number of the children is summed when it is shown', () => {
    const order = (id: number, due: number): object => ({ id, title: NAMES[id], due });
    const line = (id: number, orderId: number, price: number): Line => ({
      ask: 'POST /lines',
      body: { orderId, price },
      status: 201,
      answer: { id, orderId, price, note: `about ${id}` },
    });
    const lines: Line[] = [
      { ask: 'GET /orders', answer: [order(1, 0), order(2, 0)] },
      line(10, 1, 2.5),
      { ask: 'GET /orders/1', answer: order(1, 2.5) },
      line(11, 1, 4),
      line(12, 2, 3),
      { ask: 'GET /orders', answer: [order(1, 6.5), order(2, 3)] },
      { ask: 'GET /lines/10', answer: { id: 10, orderId: 1, price: 2.5, note: 'about 10' } },
    ];
    expect(derivedOf(lines, 'Order')['due']).toBe(
      'sum(rows("Line").filter(x, string(x.orderId) == string(it.id)).map(x, x.price))',
    );
  });

  it('that merely counts something else is stored', () => {
    expect(
      derivedOf([...counted.slice(0, -2), { ask: 'GET /posts', answer: [post(1, 7), post(2, 3)] }], 'Post'),
    ).toEqual({});
  });
});

describe('a relation', () => {
  it('is printed as the condition under which one belongs to the other', () => {
    const types = analysed(reads(() => ({}))).entities.types;
    const relation = { child: types[0]!, parent: types[0]! };
    const pairs = (child: string, parent: string): { child: string; parent: string }[] => [{ child, parent }];
    expect(relationText({ ...relation, by: 'value', pairs: pairs('postId', 'id') }, 'x', 'it')).toBe(
      'string(x.postId) == string(it.id)',
    );
    expect(relationText({ ...relation, by: 'scope', pairs: pairs('$list', 'owner.login') }, 'x', 'list')).toBe(
      'string(x["$list"]) == string(deref(list.owner).login)',
    );
    expect(relationText({ ...relation, by: 'ref', pairs: pairs('owner', '$key') }, 'x', 'it')).toBe(
      'x.owner.key == it["$key"]',
    );
    expect(relationText({ ...relation, by: 'ref-list', pairs: pairs('readers', '$key') }, 'x', 'it')).toBe(
      'x.readers.exists(r, r.key == it["$key"])',
    );
  });
});

describe('the entity behind a ref', () => {
  it('is shown as it was at the call', () => {
    const evidence = analysed([
      ...reads(() => ({})),
      { ask: 'PATCH /notes/1', body: { title: 'new' }, answer: { id: 1, title: 'new' } },
    ]);
    const ref = { $ref: 'Note', key: '1' };
    expect([5, 6].map((index) => entityOf(evidence, ref, index)?.['title'])).toEqual(['milk', 'new']);
    expect(entityOf(evidence, { $ref: 'Note', key: '99' }, 5)).toBeUndefined();
    expect(entityOf(evidence, 'Note', 5)).toBeUndefined();
  });
});

describe('a clone', () => {
  const linked =
    (nodeId: (id: number) => string): MakeToy =>
    () =>
      toy(
        collection('/notes', {
          show: (item) => ({
            ...item,
            url: `${TOY_ORIGIN}/notes/${String(item['id'])}`,
            node_id: nodeId(Number(item['id'])),
          }),
        }).handlers,
      );
  const plan = { path: '/notes', create: (dice: { word(): string }) => ({ title: dice.word() }) };

  it.each([
    ['base64', (id: number): string => Buffer.from(`4:Note${id}`).toString('base64')],
    [
      'base64 without its padding',
      (id: number): string => Buffer.from(`4:Note${id}`).toString('base64').replace(/=+$/, ''),
    ],
    ['a prefix', (id: number): string => `N_${id}`],
  ])('makes links and ids in %s of things that were never recorded', (_kind, nodeId) => {
    expect(mistakes(linked(nodeId), walk(plan, 21, 50), walk(plan, 22, 50))).toEqual([]);
  });

  it('counts children anew whenever it shows their parent', () => {
    const makeToy: MakeToy = () => {
      const comments = collection('/comments', { make: (body) => ({ postId: body.postId, state: 'open' }) });
      const of = (post: Item): Item[] => [...comments.items.values()].filter(({ postId }) => postId === post['id']);
      const posts = collection('/posts', {
        show: (post) => ({
          ...post,
          comment_count: of(post).length,
          open_count: of(post).filter(({ state }) => state === 'open').length,
        }),
      });
      return toy({
        ...posts.handlers,
        ...comments.handlers,
        'DELETE /posts/{key}': () => notFound,
        'GET /posts/{key}/comments': ({ params }) => {
          const post = posts.items.get(params['key']!);
          return post === undefined ? notFound : ok(of(post));
        },
      });
    };
    const lesson = (client: ToyClient): void => {
      for (const title of ['milk', 'tax', 'bike']) client.post('/posts', { title });
      for (const postId of [1, 1, 2, 1, 3, 2]) {
        client.post('/comments', { postId });
        client.get(`/posts/${postId}`);
      }
      client.get('/posts');
      for (const id of [1, 3]) {
        client.patch(`/comments/${id}`, { state: 'closed' });
        client.get('/posts');
      }
      client.delete('/comments/2');
      client.get('/posts/1');
      client.get('/posts');
      client.get('/comments/2');
      client.get('/posts/1/comments');
      client.patch('/posts/1', { title: 'ink' });
    };
    const exam = (client: ToyClient): void => {
      for (const title of ['a', 'b']) client.post('/posts', { title });
      for (const postId of [2, 2, 1, 2]) client.post('/comments', { postId });
      client.get('/posts/2');
      client.delete('/comments/1');
      client.patch('/comments/2', { state: 'closed' });
      client.get('/posts');
      client.patch('/posts/2', { title: 'c' });
      client.get('/posts/2/comments');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});
