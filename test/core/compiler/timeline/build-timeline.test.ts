import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import {
  attributesAt,
  attributesBefore,
  isRef,
  type Life,
  type Timeline,
} from '../../../../src/core/compiler/timeline/timeline.ts';
import { mistakes, toy, TOY_ORIGIN, type Toy, type ToyClient } from '../../../support/toy-recording.ts';
import { collection, walk, type Walk } from '../../../support/toy-services.ts';
import { analysed, recordingOf, type Line } from '../../../support/written-recording.ts';

const timelineOf = (lines: readonly Line[]): Timeline => analysed(lines).timeline;
const told = ({ type, key, origin, firstSeen, diedAt }: Life): unknown => ({
  type: type.name,
  key,
  origin,
  firstSeen,
  ...(diedAt === undefined ? {} : { diedAt }),
});

const note = (id: number, title = `note ${id}`): object => ({ id, title, state: 'open' });
const make = (id: number, title?: string): Line => ({
  ask: 'POST /notes',
  body: { title: title ?? `note ${id}` },
  status: 201,
  answer: note(id, title),
});
const read = (id: number, title?: string): Line => ({ ask: `GET /notes/${id}`, answer: note(id, title) });

describe('a life', () => {
  it('first seen in a read was there before', () => {
    expect(timelineOf([read(4), read(5)]).lives.map(told)).toEqual([
      { type: 'Note', key: '4', origin: 'seed', firstSeen: 0 },
      { type: 'Note', key: '5', origin: 'seed', firstSeen: 1 },
    ]);
  });

  it('first seen in the answer of a write that keeps showing new things was made by it', () => {
    const { lives, creationSites } = timelineOf([make(1), make(2), read(1)]);
    expect(lives.map(({ origin, firstSeen }) => [origin, firstSeen])).toEqual([
      ['created', 0],
      ['created', 1],
    ]);
    expect([...creationSites]).toEqual(['POST /notes 201 $']);
  });

  it.each([
    ['begins', {}, ['created', 2]],
    ['does not begin', { answerHeaders: { location: '/logs/1' } }, ['seed', 3]],
  ] as const)('%s with what is "Created" without saying more, unless that is elsewhere', (_what, more, told) => {
    const lines = [read(4), read(5), { ask: 'MAKE /notes/8', status: 201, ...more }, read(8)];
    const life = timelineOf(lines).lives.find(({ key }) => key === '8');
    expect([life?.origin, life?.firstSeen]).toEqual(told);
  });

  it('first seen in the answer of a change was there before', () => {
    const patch = (id: number): Line => ({ ask: `PATCH /notes/${id}`, body: { title: 'x' }, answer: note(id, 'x') });
    const { lives } = timelineOf([make(1), make(2), patch(1), patch(2), patch(1), patch(9)]);
    expect(lives.map(({ key, origin }) => [key, origin])).toContainEqual(['9', 'seed']);
  });

  it('ends with its deletion', () => {
    const { lives, alive } = timelineOf([make(1), make(2), { ask: 'DELETE /notes/1', status: 204 }, read(2)]);
    const [first, second] = lives as [Life, Life];
    expect([first.diedAt, second.diedAt]).toEqual([2, undefined]);
    expect(alive(first.type, 2)).toEqual([first, second]);
    expect(alive(first.type, 3)).toEqual([second]);
  });

  it('does not end with a deletion that was refused', () => {
    const { lives } = timelineOf([make(1), { ask: 'DELETE /notes/1', status: 409 }, read(1)]);
    expect(lives.map(({ diedAt }) => diedAt)).toEqual([undefined]);
  });

  it('turns out to be over when it is asked for and not there', () => {
    const { lives } = timelineOf([read(1), read(2), { ask: 'GET /notes/1', status: 404 }]);
    expect(lives.map(({ diedAt }) => diedAt)).toEqual([2, undefined]);
  });

  it('is over when the original is reset, which is no deletion', () => {
    const recording = recordingOf([
      make(1),
      make(2),
      { ...make(1, 'again'), session: 'two' },
      { ...read(2), session: 'two' },
    ]);
    const { timeline } = analyse([{ ...recording, sessions: [{ name: 'two', start: 'fresh' }] }], TOY_ORIGIN);
    expect(
      timeline.lives.map(({ key, origin, firstSeen, since, wasReset }) => [key, origin, firstSeen, since, wasReset]),
    ).toEqual([
      ['1', 'created', 0, 0, true],
      ['2', 'created', 1, 0, true],
      ['1', 'created', 2, 2, false],
      ['2', 'seed', 3, 2, false],
    ]);
  });

  it('of a key that comes back after a deletion is another one', () => {
    const lines = [make(1, 'old'), make(2), { ask: 'DELETE /notes/1', status: 204 }, make(1, 'new'), read(1, 'new')];
    const ones = timelineOf(lines).lives.filter(({ key }) => key === '1');
    expect(ones.map(told)).toEqual([
      { type: 'Note', key: '1', origin: 'created', firstSeen: 0, diedAt: 2 },
      { type: 'Note', key: '1', origin: 'created', firstSeen: 3 },
    ]);
    expect(ones.map((life) => life.versions[0]?.attributes['title'])).toEqual(['old', 'new']);
  });

  it('is another one where things with a known key are made again, their deletion unseen', () => {
    const lines = [make(1, 'old'), make(2), make(3), make(1, 'new'), read(1, 'new')];
    const ones = timelineOf(lines).lives.filter(({ key }) => key === '1');
    expect(ones.map(({ firstSeen, diedAt }) => [firstSeen, diedAt])).toEqual([
      [0, 3],
      [3, undefined],
    ]);
  });
});

describe('identity', () => {
  const issue = (repo: string, number: number): Line => ({
    ask: `GET /repos/${repo}/issues/${number}`,
    answer: { number, title: `${repo} ${number}`, state: 'open' },
  });

  it('of small integers in different scopes is different', () => {
    const { lives } = timelineOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      issue('red', 1),
      issue('blue', 1),
      issue('red', 2),
    ]);
    const issues = lives.filter(({ type }) => type.field === 'number');
    expect(issues.map(({ key }) => key)).toEqual(['red/1', 'blue/1', 'red/2']);
    expect(issues.map((life) => life.versions[0]?.attributes['title'])).toEqual(['red 1', 'blue 1', 'red 2']);
  });

  it('of small integers of different types is different', () => {
    const { lives } = timelineOf([
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a note', text: 'x' } },
      { ask: 'GET /users/1', answer: { id: 1, login: 'ada', mail: 'y' } },
    ]);
    expect(lives.map(({ type, key }) => `${type.name} ${key}`)).toEqual(['Note 1', 'User 1']);
  });
});

describe('what is believed of an entity', () => {
  const lines: Line[] = [
    make(1, 'a'),
    make(2),
    { ask: 'PATCH /notes/1', body: { title: 'b' }, answer: note(1, 'b') },
    {
      ask: 'GET /notes',
      answer: [
        { id: 1, title: 'c' },
        { id: 2, title: 'note 2' },
      ],
    },
  ];

  it('is what the last answer before the call showed', () => {
    const life = timelineOf(lines).lives[0]!;
    expect([0, 1, 2, 3].map((index) => attributesAt(life, index)?.['title'])).toEqual(['a', 'a', 'b', 'c']);
    expect(attributesBefore(life, 2)['title']).toBe('a');
  });

  it('keeps what an answer that shows less does not speak of', () => {
    expect(attributesAt(timelineOf(lines).lives[0]!, 3)).toEqual({ id: 1, title: 'c', state: 'open' });
  });

  it('is its first sighting for a seed that was not seen yet', () => {
    const life = timelineOf([{ ask: 'GET /ping', answer: { up: true } }, read(7), read(8)]).lives[0]!;
    expect(attributesAt(life, 0)).toBeUndefined();
    expect(attributesBefore(life, 0)).toEqual(note(7));
  });

  it('loses what an answer of the same kind no longer shows', () => {
    const life = timelineOf([
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a', due: 'monday' } },
      { ask: 'GET /notes/2', answer: { id: 2, title: 'b', due: 'friday' } },
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a' } },
    ]).lives[0]!;
    expect(attributesAt(life, 2)).toEqual({ id: 1, title: 'a' });
  });
});

describe('sightings', () => {
  const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
  const lines: Line[] = [
    { ask: 'GET /users/1', answer: user(1) },
    { ask: 'GET /users/2', answer: user(2) },
    { ask: 'GET /notes/5', answer: { id: 5, title: 'a', owner: user(1) } },
    { ask: 'GET /notes/6', answer: { id: 6, title: 'b', owner: user(2) } },
  ];

  it('of embedded entities leave a ref in their place', () => {
    const { sightings, answers } = timelineOf(lines);
    expect(sightings[2]?.map(({ life, pattern, isNew }) => [life.type.name, pattern, isNew])).toEqual([
      ['User', '$.owner', false],
      ['Note', '$', true],
    ]);
    expect(sightings[2]?.[1]?.shown).toEqual({ id: 5, title: 'a', owner: { $ref: 'User', key: '1' } });
    expect(isRef(answers[2])).toBe(true);
    expect([isRef({ id: 1 }), isRef(null), isRef('x'), isRef(undefined)]).toEqual([false, false, false, false]);
  });

  it('are not made of answers that were refused', () => {
    expect(timelineOf([...lines, { ask: 'GET /users/1', status: 403, answer: user(1) }]).sightings[4]).toEqual([]);
  });

  it('tell the state before from the state after where a write shows both', () => {
    const kv = (key: string, value: string): object => ({ key, value, lease: 0 });
    const { sightings } = timelineOf([
      { ask: 'PUT /kv/a1', body: { value: 'x' }, answer: { kv: kv('a1', 'x') } },
      { ask: 'GET /kv/a1', answer: { kv: kv('a1', 'x') } },
      { ask: 'PUT /kv/a1', body: { value: 'y' }, answer: { kv: kv('a1', 'y'), prev: kv('a1', 'x') } },
      { ask: 'PUT /kv/a1', body: { value: 'z' }, answer: { kv: kv('a1', 'z'), prev: kv('a1', 'y') } },
    ]);
    expect(sightings[3]?.map(({ pattern, isOld }) => [pattern, isOld])).toEqual([
      ['$.kv', false],
      ['$.prev', true],
    ]);
  });
});

describe('entities that the path names', () => {
  it('are bound by prefix, while they live', () => {
    const evidence = analysed([
      { ask: 'GET /lists/1', answer: { id: 1, name: 'inbox', kind: 'x' } },
      { ask: 'GET /lists/1/notes/5', answer: { id: 5, title: 'a', text: 'b' } },
      { ask: 'DELETE /lists/1', status: 204 },
      { ask: 'GET /lists/1', status: 404 },
    ]);
    const names = evidence.timeline.bound.map((bound) =>
      [...bound].map(([prefix, life]) => `${prefix} ${life.type.name}`),
    );
    expect(names).toEqual([
      ['/lists/{list} List'],
      ['/lists/{list} List', '/lists/{list}/notes/{note} Note'],
      ['/lists/{list} List'],
      [],
    ]);
  });

  it('are bound before they are first seen, when they were there', () => {
    const { bound } = timelineOf([{ ask: 'PATCH /notes/3', body: { title: 'x' }, status: 204 }, read(3), read(4)]);
    expect([...bound[0]!.keys()]).toEqual(['/notes/{note}']);
  });
});

describe('a clone of a service that was reset between sessions', () => {
  it('begins where each session began', () => {
    const titles = ['milk', 'tax'];
    const makeToy = (): Toy =>
      toy(collection('/notes', { seed: titles.map((title, at) => ({ id: at + 1, title, done: false })) }).handlers);
    const plan: Walk = { path: '/notes', create: (dice) => ({ title: dice.word() }), deletions: 0.2 };
    const lesson = (client: ToyClient): void => {
      for (const seed of [1, 2, 3]) {
        client.session(`session ${seed}`, 'fresh');
        client.get('/notes');
        walk(plan, seed, 30)(client);
        client.delete('/notes/1');
        client.patch('/notes/2', { done: true });
        client.get('/notes');
      }
    };
    const exam = (client: ToyClient): void => {
      client.get('/notes');
      walk(plan, 9, 30)(client);
      client.get('/notes/1');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});

describe('a clone of things that come back', () => {
  it('forgets what a deleted thing held when its key is used again', () => {
    const numbers = (items: ReadonlyMap<string, unknown>): number => Math.max(0, ...[...items.keys()].map(Number)) + 1;
    const make = (): Toy =>
      toy(
        collection('/notes', {
          nextKey: numbers,
          make: (body) => ({ title: body.title, done: body.done ?? false }),
        }).handlers,
      );
    const plan = {
      path: '/notes',
      create: (dice: { chance(share: number): boolean; word(): string }) =>
        dice.chance(0.5) ? { title: dice.word() } : { title: dice.word(), done: true },
      deletions: 0.25,
    };
    expect(mistakes(make, walk(plan, 1, 70), walk(plan, 2, 50))).toEqual([]);
  });
});
