import { describe, expect, it } from 'vitest';
import {
  inferEffects,
  isFresh,
  refText,
  sampleFor,
  searchFor,
  stateAfter,
  type ChangeDraft,
  type CreateDraft,
  type EffectContext,
  type Effects,
} from '../../../src/core/compiler/effects.ts';
import { inferSharedCounters } from '../../../src/core/compiler/shared-counters.ts';
import { modelTypes } from '../../../src/core/compiler/types.ts';
import {
  created,
  iso,
  mistakes,
  notFound,
  ok,
  toy,
  type Dice,
  type MakeToy,
  type ToyClient,
} from '../../support/toy-recording.ts';
import { collection, counter, walk, type Item, type Walk } from '../../support/toy-services.ts';
import { analysed, type Line } from '../../support/written-recording.ts';

function contextOf(lines: readonly Line[]): EffectContext {
  const evidence = analysed(lines);
  return { evidence, types: modelTypes(evidence), generators: new Map(), counters: inferSharedCounters(evidence) };
}

/** Effects of the successful calls of a route. */
function effectsOf(lines: readonly Line[], route: string): Effects {
  const context = contextOf(lines);
  const calls = context.evidence.byRoute.get(route)!.filter(({ status }) => status < 300);
  return inferEffects(context, calls);
}

const creation = (lines: readonly Line[], route = 'POST /notes'): CreateDraft =>
  effectsOf(lines, route).effects.find(({ kind }) => kind === 'create') as CreateDraft;
const change = (lines: readonly Line[], route = 'PATCH /notes/{note}'): ChangeDraft =>
  effectsOf(lines, route).effects.find(({ kind }) => kind === 'change') as ChangeDraft;

const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue', 'seeds', 'paint'];
const make = (id: number, body: object, answer: object): Line => ({
  ask: 'POST /notes',
  body: { title: TITLES[id], ...body },
  status: 201,
  answer: { id, title: TITLES[id], ...answer },
});
const read = (id: number, answer: object): Line => ({
  ask: `GET /notes/${id}`,
  answer: { id, title: TITLES[id], ...answer },
});

describe('a creation', () => {
  it('takes what was sent, makes up the id, and reads the clock', () => {
    const at = (second: number): object => ({ hidden: 0, created_at: iso(1_772_355_600_000 + second * 1000) });
    const lines = [1, 2, 3, 4].map((id) => make(id, { noise: id * 7 }, at(id - 1)));
    const { set, lets, from } = creation([...lines, read(1, at(0))]);
    expect(from).toBeUndefined();
    expect(Object.fromEntries(set)).toEqual({ id: 'new_id', title: 'body.title', created_at: 'now("iso-ms")' });
    expect(Object.fromEntries(lets)).toEqual({ new_id: 'gen("Note.id")' });
  });

  it('falls back to a default where nothing was sent', () => {
    const { set } = creation([
      make(1, { state: 'open', x: 1 }, { state: 'open' }),
      make(2, {}, { state: 'new' }),
      make(3, { state: 'done' }, { state: 'done' }),
      make(4, {}, { state: 'new' }),
      read(1, { state: 'open' }),
    ]);
    expect(set.get('state')).toBe('coalesce(body.state, "new")');
  });

  it('takes what was sent rather than a constant where both fit every example', () => {
    const lines = [1, 2, 3].map((id) => make(id, { colour: 'red', x: 1 }, { colour: 'red' }));
    expect(creation([...lines, read(1, { colour: 'red' })]).set.get('colour')).toBe('body.colour');
  });

  it('leaves out what is there only when it was sent', () => {
    const { set } = creation([
      make(1, { due: 'monday', x: 1 }, { due: 'monday' }),
      make(2, {}, {}),
      make(3, { due: 'friday' }, { due: 'friday' }),
      make(4, {}, {}),
      read(1, { due: 'monday' }),
    ]);
    expect(set.get('due')).toBe('body.due');
  });

  it('is not made by reads', () => {
    expect(effectsOf([make(1, {}, {}), make(2, {}, {}), read(1, {}), read(2, {})], 'GET /notes/{note}')).toEqual({
      effects: [],
      made: new Map(),
    });
  });

  it('knows the thing that each call made', () => {
    const { made } = effectsOf([make(1, {}, {}), make(2, {}, {}), read(1, {})], 'POST /notes');
    expect([...made].map(([index, life]) => [index, life.key])).toEqual([
      [0, '1'],
      [1, '2'],
    ]);
  });
});

describe('a change', () => {
  const made = [1, 2, 3, 4].map((id) => make(id, { noise: id * 7 }, { done: false, closed_at: null }));
  const patch = (id: number, body: object, answer: object): Line => ({
    ask: `PATCH /notes/${id}`,
    body,
    answer: { id, title: TITLES[id], done: false, closed_at: null, ...answer },
  });

  it('sets what was sent and keeps the rest', () => {
    const lines = [
      ...made,
      patch(1, { title: 'ink', noise: 5 }, { title: 'ink' }),
      patch(2, { done: true }, { done: true }),
      patch(3, { title: 'tea', done: true }, { title: 'tea', done: true }),
      patch(2, { title: 'sun' }, { title: 'sun', done: true }),
    ];
    const { set, replace } = change(lines);
    expect(replace).toBe(false);
    expect(Object.fromEntries(set)).toEqual({
      title: 'coalesce(body.title, note.title)',
      done: 'coalesce(body.done, note.done)',
    });
  });

  it('explains a value by another one that the same request sets', () => {
    const at = (index: number): string => iso(1_772_355_600_000 + index * 1000);
    const closing = [1, 2, 3].map((id, i) => patch(id, { done: true }, { done: true, closed_at: at(made.length + i) }));
    const opening = [1, 2].map((id) => patch(id, { done: false }, {}));
    expect(change([...made, ...closing, ...opening]).set.get('closed_at')).toBe(
      '(body.done == true ? now("iso-ms") : null)',
    );
  });

  it('is none where nothing was ever different afterwards', () => {
    const lines = [
      ...made,
      ...[1, 2, 3].map((id): Line => ({ ask: `POST /notes/${id}/ping`, body: {}, status: 204 })),
      ...[1, 2, 3].map((id) => read(id, { done: false, closed_at: null })),
    ];
    expect(effectsOf(lines, 'POST /notes/{note}/ping').effects).toEqual([]);
  });

  it('is seen in the next read where the answer shows nothing', () => {
    const lines = [
      ...made,
      ...[1, 2, 3].flatMap((id): Line[] => [
        { ask: `POST /notes/${id}/finish`, body: {}, status: 204 },
        read(id, { done: true, closed_at: null }),
      ]),
    ];
    expect(Object.fromEntries(change(lines, 'POST /notes/{note}/finish').set)).toEqual({ done: 'true' });
  });

  it('adds to a list and takes from it', () => {
    const tagged = (id: number, tags: string[]): Line => read(id, { tags });
    const add = (id: number, tag: string): Line => ({ ask: `POST /notes/${id}/tags`, body: { tag }, status: 204 });
    const take = (id: number, tag: string): Line => ({ ask: `DELETE /notes/${id}/tags?tag=${tag}`, status: 204 });
    const lines: Line[] = [
      ...[1, 2].map((id) => make(id, { x: 1 }, { tags: [] })),
      ...[
        add(1, 'red'),
        tagged(1, ['red']),
        add(2, 'dry'),
        tagged(2, ['dry']),
        add(1, 'big'),
        tagged(1, ['red', 'big']),
      ],
      ...[
        take(1, 'red'),
        tagged(1, ['big']),
        add(2, 'old'),
        tagged(2, ['dry', 'old']),
        take(2, 'old'),
        tagged(2, ['dry']),
      ],
    ];
    expect(change(lines, 'POST /notes/{note}/tags').set.get('tags')).toBe('union(note.tags, [body.tag])');
    expect(change(lines, 'DELETE /notes/{note}/tags').set.get('tags')).toBe('remove(note.tags, query.tag)');
  });
});

describe('a deletion', () => {
  it('is the effect of a DELETE after which its subject never shows again', () => {
    const lines: Line[] = [
      make(1, {}, {}),
      make(2, {}, {}),
      { ask: 'DELETE /notes/1', status: 204 },
      { ask: 'GET /notes/1', status: 404 },
    ];
    expect(effectsOf(lines, 'DELETE /notes/{note}').effects.map(({ kind }) => kind)).toEqual(['delete']);
  });

  it('is none where the subject is seen again, changed', () => {
    const lines: Line[] = [1, 2, 3].flatMap((id): Line[] => [
      make(id, { x: 1 }, { archived: false }),
      { ask: `DELETE /notes/${id}`, status: 204 },
      read(id, { archived: true }),
    ]);
    const { effects } = effectsOf(lines, 'DELETE /notes/{note}');
    expect(effects.map(({ kind }) => kind)).toEqual(['change']);
    expect(Object.fromEntries((effects[0] as ChangeDraft).set)).toEqual({ archived: 'true' });
  });
});

describe('what is believed of an entity right after a call', () => {
  const lines: Line[] = [
    make(1, {}, { n: 1 }),
    make(2, {}, { n: 1 }),
    { ask: 'POST /notes/1/bump', body: {}, status: 204 },
    { ask: 'GET /other', answer: {} },
    read(1, { n: 2 }),
    { ask: 'POST /notes/1/bump', body: {}, status: 204 },
    { ask: 'POST /notes/1/bump', body: {}, status: 204 },
    read(1, { n: 4 }),
  ];
  const { evidence } = contextOf(lines);
  const [call, later] = [evidence.calls[2]!, evidence.calls[5]!];
  const life = evidence.timeline.lives[0]!;

  it('is what the next read shows when nothing came between', () => {
    expect(stateAfter(evidence, call, life)?.['n']).toBe(2);
  });

  it('is unknown when another write came between', () => {
    expect(stateAfter(evidence, later, life)).toBeUndefined();
  });

  it('is fresh before a call when no write came since it was seen', () => {
    expect([2, 5, 6].map((index) => isFresh(evidence, evidence.calls[index]!, life))).toEqual([true, true, false]);
  });
});

describe('parts of a search', () => {
  it('are the tuples by which a type is known, and the entities behind refs', () => {
    const context = contextOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      ...[1, 2].map((number): Line => ({
        ask: `GET /repos/red/issues/${number}`,
        answer: { id: 500 + number, number, title: TITLES[number] },
      })),
      ...[1, 2].map((number): Line => ({
        ask: `GET /repos/blue/issues/${number}`,
        answer: { id: 600 + number, number, title: TITLES[number] },
      })),
    ]);
    const search = searchFor(context, 'title');
    const sample = sampleFor(context.evidence.calls[5]!, new Map(), 'x');
    expect(search.tuplesOf?.('Issue')).toEqual([['$repo', 'number']]);
    expect(search.tuplesOf?.('Nothing')).toEqual([]);
    expect(search.entityOf?.({ $ref: 'Issue', key: '501' }, sample)?.['title']).toBe('tax');
    expect(sample).toMatchObject({ index: 5, target: 'x' });
    expect([refText({ $ref: 'Issue', key: '501' }), refText('x')]).toEqual(['Issue/501', undefined]);
  });
});

describe('a clone', () => {
  const stamp = (item: Item, now: number): Item => Object.assign(item, { updated_at: iso(now) });
  const closing = (item: Item, now: number): Item =>
    Object.assign(item, { closed_at: item['state'] === 'closed' ? (item['closed_at'] ?? iso(now)) : null });
  const state = (dice: Dice): object => (dice.chance(0.5) ? { state: dice.pick(['open', 'closed']) } : {});
  const plan: Walk = {
    path: '/notes',
    create: (dice) => ({ title: dice.word(), ...(dice.chance(0.3) ? { size: Math.floor(dice.throw() * 50) } : {}) }),
    change: (dice) => ({ ...(dice.chance(0.6) ? { title: dice.word() } : {}), ...state(dice) }),
  };
  const defaults = (body: Item, now: number): Item => ({
    size: 1,
    ...body,
    state: 'open',
    closed_at: null,
    created_at: iso(now),
    updated_at: iso(now),
  });

  it('merges what is sent, fills in defaults, and closes things when the original does', () => {
    const makeToy: MakeToy = () =>
      toy(
        collection('/notes', {
          make: (body, { now }) => defaults(body, now),
          change: (item, body, { now }) => closing(stamp(Object.assign(item, body), now), now),
        }).handlers,
      );
    expect(mistakes(makeToy, walk(plan, 41, 140), walk(plan, 42, 50))).toEqual([]);
  });

  it('replaces what was there where the original does', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'PUT /notes/{key}': ({ params, body }) => {
          const id = Number(params['key']);
          if (!items.has(params['key']!)) return notFound;
          items.set(params['key']!, { id, ...body });
          return ok(items.get(params['key']!));
        },
      });
    };
    const body = (dice: Dice): object => ({ title: dice.word(), ...(dice.chance(0.5) ? { due: dice.word() } : {}) });
    const puts: Walk = { path: '/notes', create: body, changeMethod: 'PUT' };
    expect(mistakes(makeToy, walk(puts, 43, 80), walk(puts, 44, 50))).toEqual([]);
  });

  it('adds to and takes from lists of refs', () => {
    const makeToy: MakeToy = () => {
      const users = collection('/users', {
        seed: [1, 2, 3, 4].map((id) => ({ id: 40 + id, login: TITLES[id], site: `${TITLES[id]}.example` })),
      });
      const next = counter(1);
      const teams = new Map<string, { id: number; name: string; members: Item[] }>();
      const find = (id: string | undefined): { team: NonNullable<ReturnType<typeof teams.get>> } | undefined => {
        const team = teams.get(id ?? '');
        return team === undefined ? undefined : { team };
      };
      return toy({
        ...users.handlers,
        'POST /teams': ({ body }) => {
          const team = { id: next(), name: body.name, members: [] };
          teams.set(String(team.id), team);
          return created(team);
        },
        'GET /teams/{id}': ({ params }) => {
          const found = find(params['id']);
          return found === undefined ? notFound : ok(found.team);
        },
        'PUT /teams/{id}/members/{user}': ({ params }) => {
          const found = find(params['id']);
          const user = users.items.get(params['user']!);
          if (found === undefined || user === undefined) return notFound;
          if (!found.team.members.includes(user)) found.team.members.push(user);
          return ok(found.team);
        },
        'DELETE /teams/{id}/members/{user}': ({ params }) => {
          const found = find(params['id']);
          const user = users.items.get(params['user']!);
          if (found === undefined || user === undefined) return notFound;
          found.team.members = found.team.members.filter((member) => member !== user);
          return ok(found.team);
        },
      });
    };
    const lesson = (client: ToyClient): void => {
      client.get('/users');
      client.get('/users/41');
      client.get('/users/43');
      for (const name of ['red', 'blue', 'grey']) client.post('/teams', { name });
      for (const [team, user] of [
        [1, 41],
        [2, 42],
        [1, 43],
        [3, 44],
        [2, 41],
        [1, 42],
        [3, 42],
      ] as const)
        client.put(`/teams/${team}/members/${user}`);
      for (const [team, user] of [
        [1, 41],
        [2, 41],
        [1, 42],
        [3, 44],
      ] as const)
        client.delete(`/teams/${team}/members/${user}`);
      client.put('/teams/9/members/41');
      client.put('/teams/1/members/99');
      client.delete('/teams/9/members/41');
      client.get('/teams/1');
      client.get('/teams/9');
    };
    const exam = (client: ToyClient): void => {
      for (const name of ['p', 'q']) client.post('/teams', { name });
      for (const user of [44, 41, 43]) client.put(`/teams/2/members/${user}`);
      client.put('/teams/2/members/41');
      client.delete('/teams/2/members/44');
      client.get('/teams/2');
      client.put('/teams/1/members/42');
      client.get('/teams/1');
      client.put('/teams/7/members/42');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});
