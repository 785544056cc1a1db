import { describe, expect, it } from 'vitest';
import { inferQuery, type QueryDraft } from '../../../../src/core/compiler/replies/queries.ts';
import { mistakes, notFound, ok, toy, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { collection, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

/** The query behind the lists of a route. */
function queryOf(lines: readonly Line[], route: string, name: string): QueryDraft {
  const evidence = analysed(lines);
  const type = evidence.entities.types.find((each) => each.name === name)!;
  const lists = evidence.byRoute.get(route)!.map((call) => ({
    call,
    shown: (evidence.timeline.sightings[call.index] ?? []).map(({ life }) => life.key),
  }));
  return inferQuery(evidence, type, lists, (call) => call.query);
}

const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue', 'tea'];
const note = (id: number, more: object = {}): object => ({ id, title: TITLES[id], ...more });
const make = (id: number, more: object = {}): Line => ({
  ask: 'POST /notes',
  body: { title: TITLES[id], ...more },
  status: 201,
  answer: note(id, more),
});
const read = (id: number, more: object = {}): Line => ({ ask: `GET /notes/${id}`, answer: note(id, more) });
const list = (query: string, ...answer: object[]): Line => ({ ask: `GET /notes${query}`, answer });

describe('a query', () => {
  it('lists everything that lives, in order of insertion, where nothing else is seen', () => {
    const { query, exact, total } = queryOf(
      [
        make(1),
        make(2),
        list('', note(1), note(2)),
        { ask: 'DELETE /notes/1', status: 204 },
        make(3),
        list('', note(2), note(3)),
        read(2),
      ],
      'GET /notes',
      'Note',
    );
    expect(query).toEqual({ type: 'Note' });
    expect([exact, total]).toEqual([2, 2]);
  });

  it('puts filters, order and page together', () => {
    const all = [1, 2, 3, 4, 5, 6].map((id) => make(id, { state: id % 2 === 0 ? 'done' : 'open' }));
    const shown = (...ids: number[]): object[] => ids.map((id) => note(id, { state: id % 2 === 0 ? 'done' : 'open' }));
    const { query, exact, total } = queryOf(
      [
        ...all,
        list('?limit=2', ...shown(6, 5)),
        list('?state=done', ...shown(6, 4, 2)),
        list('?state=open&limit=1', ...shown(5)),
        list('', ...shown(6, 5, 4, 3, 2, 1)),
        read(1, { state: 'open' }),
      ],
      'GET /notes',
      'Note',
    );
    expect(query.filters).toEqual([{ param: 'state', operator: 'eq', attributes: ['state'] }]);
    expect(query.page).toMatchObject({ size: 'limit' });
    expect(query.order).toHaveLength(1);
    expect([exact, total]).toEqual([4, 4]);
  });

  it('keeps to a condition that holds for everything shown', () => {
    const archived = (id: number, yes: boolean): object => note(id, { archived: yes });
    const patch = (id: number): Line => ({
      ask: `PATCH /notes/${id}`,
      body: { archived: true },
      answer: archived(id, true),
    });
    const { query } = queryOf(
      [
        ...[1, 2, 3, 4].map((id) => make(id, { archived: false })),
        list('', ...[1, 2, 3, 4].map((id) => archived(id, false))),
        patch(2),
        list('', ...[1, 3, 4].map((id) => archived(id, false))),
        patch(4),
        list('', ...[1, 3].map((id) => archived(id, false))),
        read(2, { archived: true }),
      ],
      'GET /notes',
      'Note',
    );
    expect(query.where).toMatch(/x\.archived == false|x\.archived != true/);
  });

  it('keeps to the children of what the path names', () => {
    const evidenceLines: Line[] = [
      {
        ask: 'GET /lists',
        answer: [
          { id: 71, name: 'a' },
          { id: 72, name: 'b' },
        ],
      },
      { ask: 'GET /lists/71', answer: { id: 71, name: 'a' } },
      ...[
        [1, 71],
        [2, 72],
        [3, 71],
      ].map(([id, listId]): Line => make(id!, { listId })),
      { ask: 'GET /lists/71/notes', answer: [note(1, { listId: 71 }), note(3, { listId: 71 })] },
      { ask: 'GET /lists/72/notes', answer: [note(2, { listId: 72 })] },
      read(2, { listId: 72 }),
    ];
    const { query, exact } = queryOf(evidenceLines, 'GET /lists/{list}/notes', 'Note');
    expect(query.where).toMatch(/listId/);
    expect(exact).toBe(2);
  });

  it('tells of each list how many there are beyond the page', () => {
    const shown = (...ids: number[]): object[] => ids.map((id) => note(id));
    const lists = [list('?limit=3', ...shown(1, 2, 3)), list('', ...shown(1, 2, 3, 4)), list('?limit=1', ...shown(1))];
    const { facts } = queryOf([...[1, 2, 3, 4].map((id) => make(id)), ...lists, read(1)], 'GET /notes', 'Note');
    expect([...facts.values()].map(({ total, size, hasMore }) => ({ total, size, hasMore }))).toEqual([
      { total: 4, size: 3, hasMore: true },
      { total: 4, size: 4, hasMore: false },
      { total: 4, size: 1, hasMore: true },
    ]);
    expect([...facts.values()].map(({ last, following }) => [last?.['id'], following?.['id']])).toEqual([
      [3, 4],
      [4, undefined],
      [1, 2],
    ]);
  });
});

describe('a clone', () => {
  it('lists what belongs to the parent in the path, and only what is not archived', () => {
    const makeToy: MakeToy = () => {
      const teams = collection('/teams');
      const notes = collection('/notes', { make: (body) => ({ ...body, archived: false }) });
      return toy({
        ...teams.handlers,
        ...notes.handlers,
        'GET /teams/{team}/notes': ({ params }) =>
          teams.items.has(params['team']!)
            ? ok(
                [...notes.items.values()].filter(
                  (each: Item) => String(each['team_id']) === params['team'] && each['archived'] === false,
                ),
              )
            : notFound,
      });
    };
    const lesson = (client: ToyClient): void => {
      for (const name of ['red', 'blue', 'grey']) client.post('/teams', { name });
      for (const [team_id, title] of [
        [1, 'a'],
        [2, 'b'],
        [1, 'c'],
        [3, 'd'],
        [1, 'e'],
        [2, 'f'],
      ] as const)
        client.post('/notes', { team_id, title });
      for (const team of [1, 2, 3]) client.get(`/teams/${team}/notes`);
      for (const id of [3, 2]) {
        client.patch(`/notes/${id}`, { archived: true });
        for (const team of [1, 2]) client.get(`/teams/${team}/notes`);
      }
      client.patch('/notes/3', { archived: false });
      client.get('/teams/1/notes');
      client.get('/teams/9/notes');
      client.get('/teams/8/notes');
      client.get('/notes/3');
      client.get('/notes');
      client.delete('/notes/6');
      client.get('/teams/2/notes');
      client.delete('/notes/6');
    };
    const exam = (client: ToyClient): void => {
      for (const name of ['p', 'q']) client.post('/teams', { name });
      for (const [team_id, title] of [
        [2, 'v'],
        [2, 'w'],
        [1, 'x'],
        [2, 'y'],
      ] as const)
        client.post('/notes', { team_id, title });
      client.patch('/notes/2', { archived: true });
      client.get('/teams/2/notes');
      client.get('/teams/1/notes');
      client.delete('/notes/1');
      client.get('/teams/2/notes');
      client.get('/teams/4/notes');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});

describe('a condition that a parameter lifts', () => {
  it('holds in an envelope too, and not where the parameter asks for everything', () => {
    const makeToy: MakeToy = () => {
      const rows: { id: number; data: { title: string; gone: string | null } }[] = [];
      return toy({
        'POST /jars': ({ body }) => {
          const { title } = body as { title: string };
          const row = { id: rows.length + 1, data: { title, gone: null } };
          rows.push(row);
          return ok(row);
        },
        'DELETE /jars/{id}': ({ params, now }) => {
          const at = rows.findIndex(({ id }) => String(id) === params['id']);
          const row = rows[at];
          if (row === undefined) return notFound;
          rows[at] = { ...row, data: { ...row.data, gone: new Date(now).toISOString() } };
          return ok(rows[at]);
        },
        'GET /jars/{id}': ({ params }) => {
          const row = rows.find(({ id }) => String(id) === params['id']);
          return row === undefined ? notFound : ok(row);
        },
        'GET /jars': ({ query }) => ok(rows.filter(({ data }) => query['broken'] === 'shown' || data.gone === null)),
      });
    };
    const lesson = (client: ToyClient): void => {
      for (let at = 1; at <= 9; at++) {
        client.post('/jars', { title: `jar ${at}` });
        if (at % 2 === 0) client.delete(`/jars/${at - 1}`);
        client.get(`/jars/${at > 1 ? at - 1 : 1}`);
        client.get('/jars');
        client.get('/jars?broken=shown');
      }
      client.get('/jars/99');
    };
    const exam = (client: ToyClient): void => {
      for (const title of ['a', 'b', 'c']) client.post('/jars', { title });
      client.delete('/jars/2');
      client.get('/jars');
      client.get('/jars?broken=shown');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});
