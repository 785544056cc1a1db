import { describe, expect, it } from 'vitest';
import { inferQuery } from '../../../../src/core/compiler/replies/queries.ts';
import {
  mistakes,
  noContent,
  notFound,
  ok,
  toy,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

/** Ids that tell what they name. */
const USERS = ['', 'usr4f1a', 'usr9c2e', 'usr7b03', 'usr2d88', 'usr6e5c', 'usr1a97'];
const TEAMS = ['', 'team83d0', 'team17cf', 'team5ab2'];

const user = (id: number): Item => ({ id: USERS[id], login: `user ${id}`, level: 7 * id });
const team = (id: number): Item => ({ id: TEAMS[id], title: `team ${id}`, size: 3 * id });

describe('a list of what is tied to something', () => {
  it('holds what the ties name, in the order of tying', () => {
    const list = (of: number, ...ids: number[]): Line => ({
      ask: `GET /teams/${TEAMS[of]!}/users`,
      answer: ids.map(user),
    });
    const tie = (of: number, to: number): Line => ({
      ask: `PUT /teams/${TEAMS[of]!}/users/${USERS[to]!}`,
      status: 204,
    });
    const evidence = analysed([
      { ask: 'GET /teams', answer: [1, 2].map(team) },
      { ask: 'GET /users', answer: [1, 2, 3, 4].map(user) },
      ...[1, 2, 3].map((id): Line => ({ ask: `GET /users/${USERS[id]!}`, answer: user(id) })),
      { ask: `GET /teams/${TEAMS[1]!}`, answer: team(1) },
      ...[list(1), tie(1, 3), list(1, 3), tie(1, 1), list(1, 3, 1), list(2), tie(2, 4), tie(2, 2), list(2, 4, 2)],
      { ask: `DELETE /teams/${TEAMS[1]!}/users/${USERS[3]!}`, status: 204 },
      list(1, 1),
    ]);
    const type = evidence.entities.types.find(({ name }) => name === 'User')!;
    const calls = evidence.calls.filter(({ method, path }) => method === 'GET' && /teams\/\w+\/users/.test(path));
    const shown = calls.map((call) => ({ call, shown: (call.answer as { id: string }[]).map(({ id }) => id) }));
    const { query, exact } = inferQuery(evidence, type, shown, () => ({}));
    expect(query.where).toMatch(/^rows\("\w+"\)\.exists\(l, string\(l\["\$team"\]\) == path\.team && /);
    expect(query.order).toMatchObject([{ by: expect.stringContaining('["$seq"]') as string }]);
    expect(exact).toBe(calls.length);
  });

  it('is listed from both ends by a clone', () => {
    const makeToy: MakeToy = () => {
      const users = collection('/users', { seed: [1, 2, 3, 4].map(user) });
      const teams = collection('/teams', { seed: [1, 2, 3].map(team) });
      let ties: (readonly [string, string])[] = [];
      const without = (t: string, u: string): typeof ties => ties.filter(([a, b]) => a !== t || b !== u);
      const tied = (found: readonly (object | undefined)[]): object[] => found.filter((each) => each !== undefined);
      return toy({
        ...users.handlers,
        ...teams.handlers,
        'PUT /teams/{t}/users/{u}': ({ params: { t = '', u = '' } }) => {
          if (!teams.items.has(t) || !users.items.has(u)) return notFound;
          if (without(t, u).length === ties.length) ties.push([t, u]);
          return noContent;
        },
        'DELETE /teams/{t}/users/{u}': ({ params: { t = '', u = '' } }) => {
          ties = without(t, u);
          return noContent;
        },
        'GET /teams/{t}/users': ({ params }) =>
          ok(tied(ties.filter(([t]) => t === params['t']).map(([, u]) => users.items.get(u)))),
        'GET /users/{u}/teams': ({ params }) =>
          ok(tied(ties.filter(([, u]) => u === params['u']).map(([t]) => teams.items.get(t)))),
      });
    };
    const script =
      (turns: readonly (readonly [number, number])[]) =>
      (client: ToyClient): void => {
        const people = USERS.slice(1, 5);
        const groups = TEAMS.slice(1);
        client.get('/users');
        client.get('/teams');
        for (const id of people) client.get(`/users/${id}`);
        for (const id of groups) client.get(`/teams/${id}`);
        turns.forEach(([t, u], at) => {
          const path = `/teams/${groups[t - 1]!}/users`;
          if (at % 4 === 3) client.delete(`${path}/${people[u - 1]!}`);
          else client.put(`${path}/${people[u - 1]!}`);
          client.get(path);
          client.get(`/users/${people[u - 1]!}/teams`);
          client.get(`/teams/${groups[t % 3]!}/users`);
        });
      };
    const lesson = script([
      [1, 4],
      [1, 2],
      [2, 2],
      [1, 4],
      [3, 1],
      [1, 1],
      [2, 3],
      [2, 2],
      [3, 4],
      [3, 2],
      [1, 3],
      [3, 1],
    ]);
    const exam = script([
      [2, 4],
      [2, 1],
      [3, 1],
      [2, 4],
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 1],
      [3, 3],
    ]);
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});
