import { describe, expect, it } from 'vitest';
import { inferPrincipalAttributes } from '../../../../src/core/compiler/timeline/principal-attributes.ts';
import type { Evidence } from '../../../../src/core/compiler/evidence.ts';
import { mistakes, toy, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { collection, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
const note = (id: number, owner: number): object => ({ id, title: `t${id}`, owner: user(owner) });
const make = (id: number, token: string, owner: number): Line => ({
  ask: 'POST /notes',
  headers: { authorization: token },
  body: { title: `t${id}` },
  status: 201,
  answer: note(id, owner),
});
const users: Line[] = [
  { ask: 'GET /users', answer: [user(1), user(2)] },
  { ask: 'GET /users/1', answer: user(1) },
  { ask: 'GET /users/2', answer: user(2) },
];

function attributesOf(lines: readonly Line[]): Record<string, unknown> {
  const evidence: Evidence = analysed([...users, ...lines, { ask: 'GET /notes/5', answer: note(5, 1) }]);
  inferPrincipalAttributes(evidence);
  return Object.fromEntries(evidence.principals.all.map(({ id, attributes }) => [id, attributes]));
}

describe('what is constant for each principal', () => {
  it('and differs between them is an attribute of the principal', () => {
    expect(attributesOf([make(5, 'a', 1), make(6, 'b', 2), make(7, 'a', 1), make(8, 'b', 2)])).toEqual({
      anonymous: {},
      'principal-1': { owner: { $ref: 'User', key: '1' } },
      'principal-2': { owner: { $ref: 'User', key: '2' } },
    });
  });

  it('is a constant of the service where it is the same for all of them', () => {
    expect(attributesOf([make(5, 'a', 1), make(6, 'b', 1), make(7, 'a', 1)])['principal-1']).toEqual({});
  });

  it('is nothing where one principal shows different values', () => {
    expect(attributesOf([make(5, 'a', 1), make(6, 'b', 2), make(7, 'a', 2)])['principal-1']).toEqual({});
  });

  it('cannot be told when only one principal was heard', () => {
    expect(attributesOf([make(5, 'a', 1), make(6, 'a', 1)])['principal-1']).toEqual({});
  });
});

describe('a clone', () => {
  it('writes down as the maker of things whoever made them', () => {
    const tokens: Record<string, Item> = {
      'Bearer ada': { id: 31, login: 'ada', site: 'ada.example' },
      'Bearer bob': { id: 32, login: 'bob', site: 'bob.example' },
    };
    const makeToy: MakeToy = () =>
      toy({
        ...collection('/users', { seed: Object.values(tokens) }).handlers,
        ...collection('/notes', {
          make: (body, { header }) => ({ title: body.title, author: tokens[header['authorization'] ?? ''] ?? null }),
        }).handlers,
      });
    const ada = { authorization: 'Bearer ada' };
    const bob = { authorization: 'Bearer bob' };
    const lesson = (client: ToyClient): void => {
      client.get('/users', ada);
      client.get('/users/31', ada);
      client.get('/users/32', bob);
      for (const who of [ada, bob, ada, ada, bob]) client.post('/notes', { title: `of ${who.authorization}` }, who);
      client.get('/notes/2', ada);
      client.get('/notes', bob);
    };
    const exam = (client: ToyClient): void => {
      client.post('/notes', { title: 'first' }, bob);
      client.post('/notes', { title: 'second' }, ada);
      client.get('/notes', ada);
      client.get('/notes/1', ada);
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});

describe('text that things show of who made them', () => {
  const sign = (id: number, token: string, author: string): Line => ({
    ask: 'POST /notes',
    headers: { authorization: token },
    body: { title: `t${id}` },
    status: 201,
    answer: { id, title: `t${id}`, facts: { author } },
  });

  it('is an attribute of the principal, also where it stands in an object', () => {
    const lines = [sign(5, 'a', 'ada'), sign(6, 'b', 'bob'), sign(7, 'a', 'ada'), sign(8, 'b', 'bob')];
    expect(attributesOf(lines)['principal-2']).toEqual({ author: 'bob' });
  });

  it('is none that came once', () => {
    expect(attributesOf([sign(5, 'a', 'ada'), sign(6, 'b', 'bob')])['principal-1']).toEqual({});
  });
});

describe('a clone of a service that shows each their own', () => {
  it('lists what the asker made, and hides the rest', () => {
    const makeToy: MakeToy = () => {
      const notes: Item[] = [];
      const who = (headers: Readonly<Record<string, string>>): string => (headers['authorization'] ?? '').slice(7);
      return toy({
        'POST /notes': ({ body, header }) => {
          notes.push({ id: notes.length + 1, title: body.title, owner: who(header) });
          return { status: 201, body: notes.at(-1) };
        },
        'GET /notes': ({ header }) => ({ status: 200, body: notes.filter(({ owner }) => owner === who(header)) }),
        'GET /notes/{note}': ({ params, header }) => {
          const one = notes[Number(params['note']) - 1];
          const isOwn = one !== undefined && one['owner'] === who(header);
          return isOwn ? { status: 200, body: one } : { status: 404, body: { error: 'not found' } };
        },
      });
    };
    const script =
      (titles: readonly string[]) =>
      (client: ToyClient): void => {
        titles.forEach((title, at) => {
          const [own, other] = at % 2 === 0 ? ['Bearer ada', 'Bearer bob'] : ['Bearer bob', 'Bearer ada'];
          client.post('/notes', { title }, { authorization: own! });
          client.get(`/notes/${at + 1}`, { authorization: own! });
          client.get(`/notes/${at + 1}`, { authorization: other! });
          client.get('/notes', { authorization: own! });
          client.get('/notes', { authorization: other! });
        });
      };
    const titles = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue'];
    expect(mistakes(makeToy, script(titles), script(['seeds', 'tea', 'ink', 'paint']))).toEqual([]);
  });
});
