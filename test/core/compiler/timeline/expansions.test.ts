import { describe, expect, it } from 'vitest';
import { askedText, inferExpansions, withoutExpansions } from '../../../../src/core/compiler/timeline/expansions.ts';
import { memberText, quote } from '../../../../src/core/compiler/explain/literal.ts';
import { mistakes, notFound, ok, toy, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { collection, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const found = (lines: readonly Line[]): unknown =>
  Object.fromEntries(
    [...inferExpansions(analysed(lines).sites)].map(([site, each]) => [
      site,
      each.map(({ member, parameter, word }) => `${parameter}=${word}: ${member}`),
    ]),
  );

const post = (id: number, more: object = {}): object => ({ id, title: ['milk', 'tax', 'bike'][id - 1], ...more });

describe('an expansion', () => {
  it('is a member that is there only when the request asks for it', () => {
    expect(
      found([
        { ask: 'GET /posts/1', answer: post(1) },
        { ask: 'GET /posts/1?include=author', answer: post(1, { author: { login: 'ada' } }) },
        {
          ask: 'GET /posts/2?include=author,tags',
          answer: post(2, { author: { login: 'bob' }, tags: [{ name: 'a' }] }),
        },
      ]),
    ).toEqual({ 'GET /posts/{post} 200 $': ['include=author: author', 'include=tags: tags'] });
  });

  it('may be asked for by a list of words', () => {
    expect(
      found([
        { ask: 'GET /posts/1?expand[]=customer', answer: post(1, { customer: { id: 'c1' } }) },
        { ask: 'GET /posts/2', answer: post(2) },
      ]),
    ).toEqual({ 'GET /posts/{post} 200 $': ['expand=customer: customer'] });
  });

  it('is none where the member is there without being asked for', () => {
    expect(
      found([
        { ask: 'GET /posts/1', answer: post(1, { author: { login: 'ada' } }) },
        { ask: 'GET /posts/1?include=author', answer: post(1, { author: { login: 'ada' } }) },
      ]),
    ).toEqual({});
  });

  it('is none where the parameter is one of another kind', () => {
    expect(
      found([
        { ask: 'GET /posts/1?state=author', answer: post(1, { author: { login: 'ada' } }) },
        { ask: 'GET /posts/2', answer: post(2) },
      ]),
    ).toEqual({});
  });

  it('is printed as the condition that it is asked for', () => {
    const text = askedText(
      { member: 'author', from: 'query', parameter: 'include', word: 'author' },
      memberText,
      quote,
    );
    expect(text).toBe(
      '"author" in (typeOf(query.include) == "list" ? query.include : split(coalesce(query.include, ""), ","))',
    );
  });

  it('is no member of the entity that it hangs on', () => {
    const expansion = { member: 'author', from: 'query', parameter: 'include', word: 'author' } as const;
    expect(withoutExpansions({ id: 1, author: {} }, [expansion])).toEqual({ id: 1 });
    expect(withoutExpansions({ id: 1, author: {} }, undefined)).toEqual({ id: 1, author: {} });
  });
});

describe('a clone', () => {
  it('shows the parent and the children of a thing when it is asked for them', () => {
    const makeToy: MakeToy = () => {
      const posts = collection('/posts', { seed: [{ id: 1, title: 'first' }] });
      const comments = collection('/comments');
      const of = (post: Item): Item[] => [...comments.items.values()].filter((each) => each['postId'] === post['id']);
      return toy({
        ...posts.handlers,
        ...comments.handlers,
        'GET /posts/{id}': ({ params, query }) => {
          const post = posts.items.get(params['id']!);
          if (post === undefined) return notFound;
          return ok({ ...post, ...(query['_embed'] === 'comments' ? { comments: of(post) } : {}) });
        },
        'GET /comments/{id}': ({ params, query }) => {
          const comment = comments.items.get(params['id']!);
          if (comment === undefined) return notFound;
          return ok({
            ...comment,
            ...(query['_expand'] === 'post' ? { post: posts.items.get(String(comment['postId'])) } : {}),
          });
        },
      });
    };
    const lesson = (client: ToyClient): void => {
      for (const title of ['milk', 'tax', 'bike']) client.post('/posts', { title });
      for (const [postId, text] of [
        [1, 'yes'],
        [2, 'no'],
        [1, 'why'],
        [3, 'how'],
        [2, 'ah'],
      ] as const)
        client.post('/comments', { postId, text });
      for (const id of [1, 2, 3, 4]) {
        client.get(`/posts/${id}`);
        client.get(`/posts/${id}?_embed=comments`);
        client.get(`/comments/${id}`);
        client.get(`/comments/${id}?_expand=post`);
      }
      client.get('/posts/9?_embed=comments');
      client.get('/comments/9');
      client.patch('/posts/1', { title: 'ink' });
      client.patch('/posts/3', { title: 'sun' });
    };
    const exam = (client: ToyClient): void => {
      client.post('/posts', { title: 'new' });
      for (const [postId, text] of [
        [2, 'p'],
        [1, 'q'],
        [2, 'r'],
      ] as const)
        client.post('/comments', { postId, text });
      client.get('/posts/2?_embed=comments');
      client.get('/comments/3?_expand=post');
      client.patch('/posts/2', { title: 'changed' });
      client.get('/comments/1?_expand=post');
      client.get('/comments/1');
      client.get('/posts/2');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});
