import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { inferEntities } from '../../../../src/core/compiler/entities/entities.ts';
import { inferNameLists } from '../../../../src/core/compiler/entities/name-lists.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import { collectSites } from '../../../../src/core/compiler/entities/sites.ts';
import {
  created,
  mistakes,
  noContent,
  notFound,
  ok,
  toy,
  TOY_ORIGIN,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

function namesOf(lines: readonly Line[]): (readonly [string, string])[] {
  const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
  const routes = inferRoutes(calls);
  const found = inferNameLists(calls, routes, inferEntities(calls, routes, collectSites(calls, routes)));
  return [...found].map(([site, { field }]) => [site, field] as const);
}

const NAMES = ['ash', 'box', 'cod', 'den', 'elm'];
const make = (name: string): Line => ({ ask: `PUT /jars/${name}`, body: { size: 1 }, answer: { name, size: 1 } });
const read = (name: string): Line => ({ ask: `GET /jars/${name}`, answer: { name, size: 1 } });
const list = (names: readonly string[]): Line => ({ ask: 'GET /jars', answer: { total: names.length, jars: names } });

describe('lists of names', () => {
  it('are those whose texts are what things are called', () => {
    const lines = NAMES.flatMap((name, at) => [make(name), read(name), list(NAMES.slice(0, at + 1))]);
    expect(namesOf(lines)).toEqual([['GET /jars 200 $.jars', 'name']]);
  });

  it('are none of words that name nothing, or that things hold', () => {
    const words = NAMES.flatMap((name, at) => [
      make(name),
      read(name),
      list(['red', 'blue', 'green', 'tan'].slice(at % 3)),
    ]);
    expect(namesOf(words)).toEqual([]);
    const held = NAMES.flatMap((name, at) => [
      make(name),
      { ...read(name), answer: { name, size: 1, near: NAMES.slice(at % 3) } },
    ]);
    expect(namesOf(held)).toEqual([]);
  });
});

describe('a clone', () => {
  const makeToy: MakeToy = () => {
    const jars = new Map<string, number>();
    return toy({
      'PUT /jars/{name}': ({ params, body }) => {
        jars.set(params['name']!, body.size);
        return created({ name: params['name'], size: body.size });
      },
      'GET /jars/{name}': ({ params }) =>
        jars.has(params['name']!) ? ok({ name: params['name'], size: jars.get(params['name']!) }) : notFound,
      'DELETE /jars/{name}': ({ params }) => (jars.delete(params['name']!) ? noContent : notFound),
      'GET /jars': () => ok([...jars.keys()].sort()),
    });
  };
  const walk =
    (names: readonly string[]) =>
    (client: ToyClient): void =>
      names.forEach((name, at) => {
        client.put(`/jars/${name}`, { size: at });
        client.get(`/jars/${name}`);
        client.get('/jars');
        if (at % 3 === 2) client.delete(`/jars/${names[at - 1]!}`);
        if (at % 3 === 2) client.get('/jars');
      });

  it('lists the names of what there is, in their order', () => {
    const lesson = walk(['plum', 'ash', 'box', 'zinc', 'cod', 'elm', 'den', 'oak', 'fir']);
    expect(mistakes(makeToy, lesson, walk(['kelp', 'asp', 'yew', 'bud', 'moss']))).toEqual([]);
  });
});
