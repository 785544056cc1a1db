import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { liftEchoes } from '../../../../src/core/compiler/calls/subject-echoes.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import {
  created,
  mistakes,
  notFound,
  ok,
  toy,
  TOY_ORIGIN,
  Dice,
  type MakeToy,
  type Script,
} from '../../../support/toy-recording.ts';
import { sessions } from '../../../support/toy-services.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

function lifted(lines: readonly Line[]): readonly unknown[] {
  const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
  return liftEchoes(calls, inferRoutes(calls)).flatMap(({ answer, plainAnswer }) =>
    plainAnswer === undefined ? [] : [[answer, plainAnswer]],
  );
}

const raised = (id: number, floor: number): Line => ({ ask: `POST /lifts/${id}/raise`, answer: { floor } });
const read = (id: number, floor: number): Line => ({ ask: `GET /lifts/${id}`, answer: { id, floor, open: false } });

describe('an answer that tells some members of what the path names', () => {
  it('is given the member that names it, where reads confirm what it tells', () => {
    expect(lifted([raised(1, 2), read(1, 2), raised(2, 3), read(2, 3), raised(1, 4)])).toEqual([
      [{ id: 1, floor: 2 }, { floor: 2 }],
      [{ id: 2, floor: 3 }, { floor: 3 }],
      [{ id: 1, floor: 4 }, { floor: 4 }],
    ]);
  });

  it('stays as it is where reads show otherwise, where nothing is read, and where it names itself', () => {
    expect(lifted([raised(1, 2), read(1, 1), raised(2, 3), read(2, 3)])).toEqual([]);
    expect(lifted([raised(1, 2), raised(1, 3), read(2, 3), read(1, 4)])).toEqual([]);
    const named = [1, 2].flatMap((id): Line[] => [{ ...raised(id, 2), answer: { id, floor: 2 } }, read(id, 2)]);
    expect(lifted(named)).toEqual([]);
  });
});

it('a clone counts on what such answers told, and answers as they did', () => {
  const make: MakeToy = () => {
    const posts: { id: number; text: string; views: number }[] = [];
    const find = (id: string | undefined) => posts.find((post) => String(post.id) === id);
    return toy({
      'POST /posts': ({ body }) => {
        const post = { id: posts.length + 1, text: body.text, views: 0 };
        posts.push(post);
        return created(post);
      },
      'GET /posts/{id}': ({ params }) => {
        const post = find(params['id']);
        return post === undefined ? notFound : ok(post);
      },
      'POST /posts/{id}/views': ({ params }) => {
        const post = find(params['id']);
        if (post === undefined) return notFound;
        post.views++;
        return ok({ views: post.views });
      },
    });
  };
  const visit =
    (seed: number): Script =>
    (client) => {
      const dice = new Dice(seed);
      const ids: number[] = [];
      for (let step = 0; step < 30; step++) {
        const choice = dice.throw();
        const one = `/posts/${ids.length === 0 || dice.chance(0.1) ? 999 : dice.pick(ids)}`;
        if (choice < 0.2) ids.push((client.post('/posts', { text: `t${step}` }).body as { id: number }).id);
        else if (choice < 0.6) client.get(one);
        else client.post(`${one}/views`);
      }
    };
  expect(mistakes(make, sessions(1, 8, visit), sessions(50, 2, visit))).toEqual([]);
});
