import { describe, expect, it } from 'vitest';
import { applyCascades } from '../../../../src/core/compiler/timeline/cascades.ts';
import {
  noContent,
  notFound,
  ok,
  mistakes,
  toy,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const post = (id: number): object => ({ id, title: `post ${id}`, views: 0 });
const comment = (id: number, postId: number): object => ({ id, postId, text: `comment ${id}` });
const both: Line[] = [
  { ask: 'GET /posts', answer: [post(1), post(2)] },
  { ask: 'GET /posts/1', answer: post(1) },
  { ask: 'GET /comments', answer: [comment(5, 1), comment(6, 1), comment(7, 2)] },
  { ask: 'GET /comments/5', answer: comment(5, 1) },
  { ask: 'GET /comments/6', answer: comment(6, 1) },
  { ask: 'DELETE /posts/1', status: 204 },
];

describe('a cascade', () => {
  it('is believed where children turn out to be gone after their parent, with no deletion of their own', () => {
    const evidence = analysed([
      ...both,
      { ask: 'GET /comments/5', status: 404 },
      { ask: 'GET /comments/6', status: 404 },
      { ask: 'GET /comments/7', answer: comment(7, 2) },
    ]);
    expect(
      evidence.cascades.map(({ relation, gone, stayed }) => [relation.child.name, relation.parent.name, gone, stayed]),
    ).toEqual([['Comment', 'Post', 2, 0]]);
  });

  it('corrects when the children ended', () => {
    const evidence = analysed([...both, { ask: 'GET /comments/5', status: 404 }]);
    const ends = evidence.timeline.lives
      .filter(({ type }) => type.name === 'Comment')
      .map(({ key, diedAt }) => [key, diedAt]);
    expect(ends).toEqual([
      ['5', 5],
      ['6', 5],
      ['7', undefined],
    ]);
  });

  it('is not believed where children were seen afterwards', () => {
    const evidence = analysed([
      ...both,
      { ask: 'GET /comments', answer: [comment(5, 1), comment(6, 1), comment(7, 2)] },
    ]);
    expect(evidence.cascades).toEqual([]);
  });

  it('is not believed where each child was deleted by itself', () => {
    const evidence = analysed([
      ...both.slice(0, -1),
      { ask: 'DELETE /comments/5', status: 204 },
      { ask: 'DELETE /comments/6', status: 204 },
      { ask: 'DELETE /posts/1', status: 204 },
      { ask: 'GET /comments', answer: [comment(7, 2)] },
    ]);
    expect(evidence.cascades).toEqual([]);
  });

  it('is the same when it is looked for again', () => {
    const evidence = analysed([...both, { ask: 'GET /comments/5', status: 404 }]);
    const first = evidence.cascades.map(({ relation }) => relation);
    applyCascades(evidence);
    expect(evidence.cascades.map(({ relation }) => relation)).toEqual(first);
  });
});

/** Posts and comments; what a deletion of a post takes is the test's choice. */
const blog =
  (onDelete: (post: string, comments: Map<string, Item>) => void): MakeToy =>
  () => {
    const posts = collection('/posts');
    const comments = collection('/comments');
    return toy({
      ...posts.handlers,
      ...comments.handlers,
      'DELETE /posts/{id}': ({ params }) => {
        if (!posts.items.delete(params['id']!)) return notFound;
        onDelete(params['id']!, comments.items);
        return noContent;
      },
      'GET /posts/{id}/comments': ({ params }) =>
        posts.items.has(params['id']!)
          ? ok([...comments.items.values()].filter(({ postId }) => String(postId) === params['id']))
          : notFound,
    });
  };

function lesson(client: ToyClient): void {
  for (const title of ['a', 'b', 'c', 'd']) client.post('/posts', { title });
  for (const postId of [1, 2, 1, 3, 2, 4]) client.post('/comments', { text: `on ${postId}`, postId });
  client.get('/comments');
  client.get('/posts/2/comments');
  client.delete('/posts/1');
  for (const id of [1, 3, 2]) client.get(`/comments/${id}`);
  client.get('/comments');
  client.delete('/posts/2');
  client.get('/comments');
  client.get('/comments/5');
  client.get('/posts/2/comments');
  client.delete('/comments/4');
  client.delete('/posts/99');
  client.get('/comments/77');
}

function exam(client: ToyClient): void {
  for (const title of ['x', 'y', 'z']) client.post('/posts', { title });
  for (const postId of [3, 3, 1]) client.post('/comments', { text: `of ${postId}`, postId });
  client.delete('/posts/3');
  client.get('/comments');
  client.get('/comments/2');
  client.get('/posts/1/comments');
  client.delete('/posts/1');
  client.get('/comments');
}

describe('a clone', () => {
  it('takes the children of what is deleted where the original does', () => {
    const take = (post: string, comments: Map<string, Item>): void => {
      for (const [id, { postId }] of comments) if (String(postId) === post) comments.delete(id);
    };
    expect(mistakes(blog(take), lesson, exam)).toEqual([]);
  });

  it('leaves the children of what is deleted where the original does', () => {
    expect(
      mistakes(
        blog(() => undefined),
        lesson,
        exam,
      ),
    ).toEqual([]);
  });
});
