import { describe, expect, it } from 'vitest';
import { modelTypes, type TypeModel } from '../../../../src/core/compiler/types/type-models.ts';
import { mistakes, ok, toy, type MakeToy } from '../../../support/toy-recording.ts';
import { collection, walk, type Walk } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

function modelOf(lines: readonly Line[], name = 'Note'): TypeModel {
  const models = modelTypes(analysed(lines));
  return [...models.values()].find(({ draft }) => draft.name === name)!;
}

const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof'];
const note = (id: number, more: object = {}): object => ({ id, title: TITLES[id], state: 'open', ...more });
const echo = (id: number, body: object): Line => ({ ask: 'POST /notes', body, status: 201, answer: { id, ...body } });

describe('a type', () => {
  it('is open where whatever a client writes comes back', () => {
    const lines = [
      echo(1, { title: 'a' }),
      echo(2, { size: 3 }),
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a' } },
    ];
    expect(modelOf(lines)).toMatchObject({ open: true, echoed: new Set() });
    expect(modelOf(lines).views.get('full')).toBe('it');
  });

  it('is closed where members of the body are left out of the answer', () => {
    const lines: Line[] = [
      echo(1, { title: 'a' }),
      { ask: 'POST /notes', body: { title: 'b', secret: 'x' }, status: 201, answer: { id: 2, title: 'b' } },
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a' } },
    ];
    expect(modelOf(lines).open).toBe(false);
    expect(modelOf(lines).views.get('full')).toEqual({ id: 'it.id', title: 'it.title' });
  });

  it('knows which attributes came back as a client wrote them', () => {
    const lines: Line[] = [
      { ask: 'POST /notes', body: { title: 'a', size: 2 }, status: 201, answer: { id: 1, title: 'a', size: 'two' } },
      { ask: 'POST /notes', body: { title: 'b', size: 3 }, status: 201, answer: { id: 2, title: 'b', size: 'three' } },
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a', size: 'two' } },
    ];
    expect([...modelOf(lines).echoed]).toEqual(['title']);
  });

  it('stores what is not derived', () => {
    const url = (id: number): object => ({ url: `https://toy.example/notes/${id}` });
    const lines = [1, 2, 3, 4].map((id): Line => ({ ask: `GET /notes/${id}`, answer: note(id, url(id)) }));
    expect(modelOf(lines).stored).toEqual(['id', 'title']);
    expect([...modelOf(lines).derived.keys()].sort()).toEqual(['state', 'url']);
  });
});

describe('views', () => {
  const lines: Line[] = [
    { ask: 'GET /notes', answer: [1, 2, 3].map((id) => ({ id, title: TITLES[id] })) },
    ...[1, 2, 3].map((id): Line => ({ ask: `GET /notes/${id}`, answer: note(id, { body: TITLES[4 - id] }) })),
    { ask: 'PATCH /notes/1', body: { title: 'ink' }, answer: { ...note(1, { body: 'rent' }), title: 'ink' } },
  ];

  it('are one for all sites that show the same members', () => {
    const { viewOf } = modelOf(lines);
    expect(viewOf.get('GET /notes/{note} 200 $')).toBe(viewOf.get('PATCH /notes/{note} 200 $'));
    expect(viewOf.get('GET /notes 200 $[]')).not.toBe(viewOf.get('GET /notes/{note} 200 $'));
  });

  it('show exactly the members of their sites', () => {
    const { views, viewOf } = modelOf(lines);
    expect(views.get(viewOf.get('GET /notes 200 $[]')!)).toEqual({ id: 'it.id', title: 'it.title' });
    expect(Object.keys(views.get(viewOf.get('GET /notes/{note} 200 $')!) as object)).toEqual([
      'id',
      'title',
      'state',
      'body',
    ]);
  });

  it('leave out what their sites withhold of nearly all that have it, though a few are shown with it', () => {
    const told = (id: number, members: object): object => ({ id, title: `t${id}`, price: id * 3, ...members });
    const lots: Line[] = [1, 2, 3, 4, 5, 6, 7].flatMap((id): Line[] => [
      { ask: `GET /lots/${id}`, answer: told(id, { floor: id * 5 }) },
      { ask: `GET /catalogue/lots/${id}`, answer: told(id, id === 7 ? { floor: 35 } : {}) },
      { ask: `GET /lots/${id}`, answer: told(id, { floor: id * 5 }) },
    ]);
    const { views, viewOf } = modelOf(lots, 'Lot');
    const membersAt = (site: string): string[] => Object.keys(views.get(viewOf.get(site)!) as object);
    expect(membersAt('GET /lots/{lot} 200 $')).toEqual(['id', 'title', 'price', 'floor']);
    expect(membersAt('GET /catalogue/lots/{lot} 200 $')).toEqual(['id', 'title', 'price']);
  });

  it('name how a type looks inside others', () => {
    const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example`, site: `${id}.example` });
    const short = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
    const embedding: Line[] = [
      { ask: 'GET /users/1', answer: user(1) },
      { ask: 'GET /users/2', answer: user(2) },
      { ask: 'GET /notes/1', answer: note(1, { owner: short(2) }) },
      { ask: 'GET /notes/2', answer: note(2, { owner: short(1) }) },
    ];
    const { views } = modelOf(embedding, 'User');
    expect([...views.keys()]).toEqual(['full', 'embedded']);
    expect(Object.keys(views.get('embedded') as object)).toEqual(['id', 'login', 'mail']);
    expect(modelOf(embedding).views.get('full')).toMatchObject({ owner: 'it.owner' });
  });
});

describe('a clone', () => {
  it('shows less in lists where the original does', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes', {
        make: ({ title, text }) => ({ title, text, words: 0 }),
        change: (item, { title, text }) => Object.assign(item, { title, text }),
      });
      return toy({ ...handlers, 'GET /notes': () => ok([...items.values()].map(({ id, title }) => ({ id, title }))) });
    };
    const plan: Walk = { path: '/notes', create: (dice) => ({ title: dice.word(), text: dice.word() }) };
    expect(mistakes(makeToy, walk(plan, 31, 60), walk(plan, 32, 50))).toEqual([]);
  });

  it('stores members that it never heard of where the original takes whatever is written', () => {
    const makeToy: MakeToy = () => toy(collection('/notes').handlers);
    const plan = (more: string): Walk => ({
      path: '/notes',
      create: (dice) => ({ title: dice.word(), ...(dice.chance(0.4) ? { [more]: dice.word() } : {}) }),
    });
    expect(mistakes(makeToy, walk(plan('due'), 35, 60), walk(plan('never heard'), 36, 50))).toEqual([]);
  });

  it('keeps such members out of lists where the original does', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      return toy({ ...handlers, 'GET /notes': () => ok([...items.values()].map(({ id, title }) => ({ id, title }))) });
    };
    const plan = (more: string): Walk => ({
      path: '/notes',
      create: (dice) => ({
        title: dice.word(),
        text: dice.word(),
        ...(dice.chance(0.3) ? { [more]: dice.word() } : {}),
      }),
    });
    expect(mistakes(makeToy, walk(plan('due'), 37, 60), walk(plan('never heard'), 38, 50))).toEqual([]);
  });

  it('does not store members that the original ignores', () => {
    const makeToy: MakeToy = () =>
      toy(
        collection('/notes', {
          make: ({ title, done }) => ({ title, done: done ?? false }),
          change: (item, { title, done }) =>
            Object.assign(item, title === undefined ? {} : { title }, done === undefined ? {} : { done }),
        }).handlers,
      );
    const plan = (noise: string): Walk => ({
      path: '/notes',
      create: (dice) => ({
        title: dice.word(),
        ...(dice.chance(0.5) ? { done: dice.chance(0.5) } : {}),
        [noise]: dice.word(),
      }),
    });
    expect(mistakes(makeToy, walk(plan('noise'), 33, 100), walk(plan('other'), 34, 50))).toEqual([]);
  });
});
