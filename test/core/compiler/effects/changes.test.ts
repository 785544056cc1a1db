import { describe, expect, it } from 'vitest';
import type { ChangeDraft } from '../../../../src/core/compiler/effects/effect-draft.ts';
import { effectsOf, makeNote, readNote, TITLES } from '../../../support/effect-context.ts';
import {
  type Dice,
  created,
  iso,
  mistakes,
  notFound,
  ok,
  toy,
  TOY_START,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, counter, walk, type Item, type Walk } from '../../../support/toy-services.ts';
import type { Line } from '../../../support/written-recording.ts';

const change = (lines: readonly Line[], route = 'PATCH /notes/{note}'): ChangeDraft =>
  effectsOf(lines, route).effects.find(({ kind }) => kind === 'change') as ChangeDraft;

describe('a change', () => {
  const made = [1, 2, 3, 4].map((id) => makeNote(id, { noise: id * 7 }, { done: false, closed_at: null }));
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
      patch(4, { done: true }, { done: true }),
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

  it('counts no reads for members whose names only contain the word', () => {
    const threads = (id: number, n: number): Line => patch(id, { threads: n }, { threads: n });
    const { lets, set } = change([...made, threads(1, 5), threads(2, 8), threads(3, 6), threads(1, 9)]);
    expect(set.get('threads')).toContain('body.threads');
    expect(set.has('$reads')).toBe(false);
    expect([...lets.keys()]).not.toContain('reads');
  });

  it('explains a value by another one that the same request sets', () => {
    const at = (index: number): string => iso(TOY_START + index * 1000);
    const closing = [1, 2, 3].map((id, i) => patch(id, { done: true }, { done: true, closed_at: at(made.length + i) }));
    const opening = [1, 2].map((id) => patch(id, { done: false }, {}));
    expect(change([...made, ...closing, ...opening]).set.get('closed_at')).toBe(
      '(body.done == true ? now("iso-ms") : null)',
    );
  });

  it('of what the path names is believed, though writes below it always came between', () => {
    const page = (id: number): Line => ({ ask: `POST /notes/${id}/pages`, body: { text: 'x' }, status: 204 });
    const lines = [1, 2, 3].flatMap((id) => [
      made[id - 1]!,
      page(id),
      patch(id, { title: `t${id}` }, { title: `t${id}` }),
    ]);
    expect(change(lines).set.get('title')).toBe('body.title');
  });

  it('is none of what is copied, though the copy is called what the request says', () => {
    const recipe = (name: string): object => ({ name, serves: 4, notes: [] });
    const lines = ['pie', 'soup', 'stew'].flatMap((name): Line[] => [
      { ask: 'POST /recipes', body: { name, serves: 4 }, status: 201, answer: recipe(name) },
      { ask: 'POST /recipes', body: { name: `${name}s` }, status: 201, answer: recipe(`${name}s`) },
      { ask: `GET /recipes/${name}`, answer: recipe(name) },
      {
        ask: `POST /recipes/${name}/copies`,
        body: { name: `new-${name}` },
        status: 201,
        answer: recipe(`new-${name}`),
      },
      { ask: `GET /recipes/new-${name}`, answer: recipe(`new-${name}`) },
      { ask: `GET /recipes/${name}`, answer: recipe(name) },
    ]);
    expect(effectsOf(lines, 'POST /recipes/{recipe}/copies').effects.map(({ kind }) => kind)).toEqual(['create']);
  });

  it('is seen in the next read where the answer shows nothing', () => {
    const lines = [
      ...made,
      ...[1, 2, 3].flatMap((id): Line[] => [
        { ask: `POST /notes/${id}/finish`, body: {}, status: 204 },
        readNote(id, { done: true, closed_at: null }),
      ]),
    ];
    expect(Object.fromEntries(change(lines, 'POST /notes/{note}/finish').set)).toEqual({ done: 'true' });
  });

  it('adds to a list and takes from it', () => {
    const tagged = (id: number, tags: string[]): Line => readNote(id, { tags });
    const add = (id: number, tag: string): Line => ({ ask: `POST /notes/${id}/tags`, body: { tag }, status: 204 });
    const take = (id: number, tag: string): Line => ({ ask: `DELETE /notes/${id}/tags?tag=${tag}`, status: 204 });
    const lines: Line[] = [
      ...[1, 2].map((id) => makeNote(id, { x: 1 }, { tags: [] })),
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

  it('takes in a change what it takes in a creation, although the recording never shows it to matter', () => {
    const makeToy: MakeToy = () =>
      toy(
        collection('/notes', {
          make: ({ title, done }) => ({ title, done: done ?? false }),
          change: (note, { title, done }) => Object.assign(note, { title }, done === undefined ? {} : { done }),
        }).handlers,
      );
    const titled = (noise: string): Walk => ({
      path: '/notes',
      create: (dice) => ({ title: dice.word(), ...(dice.chance(0.5) ? { done: true } : {}), [noise]: dice.word() }),
    });
    expect(mistakes(makeToy, walk(titled('noise'), 33, 60), walk(titled('other'), 34, 50))).toEqual([]);
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

  it('knows the new state of what it changes, and lets a moment stay what it was', () => {
    const phases = [
      { id: 1, name: 'waiting', over: false },
      { id: 2, name: 'going', over: false },
      { id: 3, name: 'done', over: true },
      { id: 4, name: 'dropped', over: true },
    ];
    const makeToy: MakeToy = () => {
      const jobs = new Map<string, Item>();
      const next = counter(1);
      return toy({
        'GET /phases': () => ok(phases),
        'POST /jobs': ({ body, now }) => {
          const job = { id: next(), title: body.title, phase: phases[0], ended_at: null, made_at: now };
          jobs.set(String(job.id), job as never);
          return created(job);
        },
        'GET /jobs/{id}': ({ params }) => (jobs.has(params['id']!) ? ok(jobs.get(params['id']!)) : notFound),
        'PUT /jobs/{id}': ({ params, body, now }) => {
          const job = jobs.get(params['id']!);
          if (job === undefined) return notFound;
          const phase = phases.find(({ id }) => id === body.phase_id);
          Object.assign(job, body.title === undefined ? {} : { title: body.title });
          if (phase !== undefined) Object.assign(job, { phase, ended_at: phase.over ? now : job['ended_at'] });
          return { status: 204 };
        },
      });
    };
    const turns = (client: ToyClient, ids: readonly number[]): void => {
      client.get('/phases');
      for (const id of ids) {
        client.post('/jobs', { title: TITLES[id % TITLES.length] });
        client.get(`/jobs/${id}`);
      }
      for (const [i, phase] of [3, 2, 4, 1, 3, 2, 4, 3].entries()) {
        const id = ids[i % ids.length]!;
        client.put(`/jobs/${id}`, { phase_id: phase });
        client.get(`/jobs/${id}`);
        client.put(`/jobs/${id}`, { title: `job ${i}` });
        client.get(`/jobs/${id}`);
      }
      client.get('/jobs/99');
    };
    const told = mistakes(
      makeToy,
      (client) => turns(client, [1, 2, 3, 4, 5, 6, 7, 8]),
      (client) => {
        for (const phase of [2, 3, 4]) {
          client.put('/jobs/99', { phase_id: phase });
          client.post('/jobs', { title: 'ink' });
        }
        client.put('/jobs/1', { phase_id: 4 });
        client.get('/jobs/1');
        client.put('/jobs/2', { phase_id: 2 });
        client.get('/jobs/2');
        client.put('/jobs/3', { phase_id: 3 });
        client.get('/jobs/3');
      },
    );
    expect(told).toEqual([]);
  });
});

describe('what a client writes in place of a whole thing', () => {
  it('leaves what only the service writes', () => {
    const register: MakeToy = () => {
      const rows = new Map<string, object>();
      let next = 1;
      return toy({
        'POST /cards': ({ body, now }) => {
          const row = { id: next++, ...(body as object), made: iso(now) };
          rows.set(String(row.id), row);
          return created(row);
        },
        'PUT /cards/{id}': ({ params, body }) => {
          const row = rows.get(params['id'] ?? '') as { id: number; made: string } | undefined;
          if (row === undefined) return notFound;
          const next = { id: row.id, ...(body as object), made: row.made };
          rows.set(String(row.id), next);
          return ok(next);
        },
      });
    };
    const lesson = (client: ToyClient): void => {
      for (let at = 1; at <= 8; at++) {
        client.post('/cards', { title: `t${at}`, ...(at % 2 === 0 ? { note: `n${at}` } : {}) });
        client.put(`/cards/${at}`, at % 3 === 0 ? { title: `u${at}` } : { title: `u${at}`, note: `m${at}` });
      }
    };
    const exam = (client: ToyClient): void => {
      client.post('/cards', { title: 'a', note: 'b' });
      client.put('/cards/1', { title: 'c' });
    };
    expect(mistakes(register, lesson, exam)).toEqual([]);
  });
});
