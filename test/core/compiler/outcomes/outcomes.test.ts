import { describe, expect, it } from 'vitest';
import { groupOutcomes } from '../../../../src/core/compiler/outcomes/outcome-groups.ts';
import { decideOutcomes } from '../../../../src/core/compiler/outcomes/outcomes.ts';
import {
  created,
  mistakes,
  notFound,
  ok,
  toy,
  type Dice,
  type MakeToy,
  type ToyAnswer,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, walk, type Item, type Walk } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

/** The decision list of a route: status and condition of each rule. */
function rulesOf(lines: readonly Line[], route: string): [number, string | undefined][] {
  const evidence = analysed(lines);
  return decideOutcomes(evidence, groupOutcomes(evidence.byRoute.get(route)!)).map(({ outcome, when }) => [
    outcome.status,
    when,
  ]);
}

const TITLES = ['milk', 'tax', 'bike', 'rent', 'roof', 'glue'];
const make = (id: number, body: object = {}): Line => ({
  ask: 'POST /notes',
  body: { title: TITLES[id], ...body },
  status: 201,
  answer: { id, title: TITLES[id] },
});
const refuse = (status: number, body: object, error: string): Line => ({
  ask: 'POST /notes',
  body,
  status,
  answer: { error },
});

describe('the decision between outcomes', () => {
  const read = (id: number): Line => ({ ask: `GET /notes/${id}`, answer: { id, title: TITLES[id] } });
  const missing = (id: number): Line => ({ ask: `GET /notes/${id}`, status: 404, answer: { error: 'not found' } });

  it('needs none where there is one', () => {
    expect(rulesOf([make(1), make(2)], 'POST /notes')).toEqual([[201, undefined]]);
    expect(decideOutcomes(analysed([]), [])).toEqual([]);
  });

  it('tells what was never seen from what lives, and that from what was deleted', () => {
    const lines = [make(1), make(2), read(1), missing(9), { ask: 'DELETE /notes/1', status: 204 }, missing(1), read(2)];
    expect(rulesOf(lines, 'GET /notes/{note}')).toEqual([
      [404, 'note == missing'],
      [200, undefined],
    ]);
  });

  it('sees that something was not sent', () => {
    const lines = [make(1), make(2), refuse(422, { text: 'x' }, 'title?'), make(3), refuse(422, {}, 'title?'), read(1)];
    expect(rulesOf(lines, 'POST /notes')).toEqual([
      [422, 'body.title == missing'],
      [201, undefined],
    ]);
  });

  it('sees that a name is taken', () => {
    const taken = refuse(409, { title: TITLES[1] }, 'taken');
    const [[status, when]] = rulesOf([make(1), taken, make(2), make(3), taken, read(1)], 'POST /notes') as [
      [number, string],
    ];
    expect(status).toBe(409);
    expect(when).toBe('body.title != missing && rows("Note").exists(x, string(x.title) == string(body.title))');
  });

  it('sees that a value is of another type', () => {
    const sized = (size: unknown, id: number): Line => make(id, { size });
    const bad = refuse(422, { title: 'x', size: 'big' }, 'size?');
    const [[status, when]] = rulesOf(
      [
        sized(3, 1),
        bad,
        sized(9, 2),
        sized(4, 3),
        refuse(422, { title: 'y', size: 'huge' }, 'size?'),
        sized(7, 4),
        read(1),
      ],
      'POST /notes',
    ) as [[number, string]];
    expect([status, when]).toEqual([422, 'typeOf(body.size) == "string"']);
  });

  it('asks who it is before it looks for what it is about', () => {
    const as = (line: Line, token?: string): Line =>
      token === undefined ? line : { ...line, headers: { authorization: token } };
    const unknown = (id: number): Line => ({ ask: `GET /notes/${id}`, status: 401, answer: { error: 'who?' } });
    const lines = [make(1), make(2)].map((line) => as(line, 'ada'));
    const rules = rulesOf(
      [
        ...lines,
        as(read(1), 'ada'),
        unknown(1),
        unknown(7),
        as(missing(7), 'ada'),
        as(missing(8), 'ada'),
        as(read(2), 'ada'),
        unknown(2),
      ],
      'GET /notes/{note}',
    );
    expect(rules).toEqual([
      [401, 'principal.id == "anonymous"'],
      [404, 'note == missing'],
      [200, undefined],
    ]);
  });

  it('never rests on what is explained: the answer is no source', () => {
    const lines = [make(1), refuse(422, { title: 'a' }, 'odd'), make(2), refuse(422, { title: 'b' }, 'odd'), read(1)];
    for (const [, when] of rulesOf(lines, 'POST /notes')) expect(when ?? '').not.toMatch(/answer|error|made/);
  });

  it('ends with what happens otherwise', () => {
    const coin = [201, 409, 201, 409, 201].map((status, at): Line => ({
      ask: 'POST /toss',
      body: {},
      status,
      answer: { at },
    }));
    expect(rulesOf(coin, 'POST /toss').at(-1)?.[1]).toBeUndefined();
  });
});

describe('a clone', () => {
  const plan: Walk = {
    path: '/notes',
    create: (dice) =>
      dice.chance(0.15) ? {} : { title: dice.pick(['milk', 'tax', 'bike', 'rent', 'roof', 'glue', 'tea', 'ink']) },
    change: (dice: Dice) => ({ title: dice.word() }),
    deletions: 0.2,
  };
  const guarded =
    (check: (body: Item, items: ReadonlyMap<string, Item>) => ToyAnswer | undefined): MakeToy =>
    () => {
      const { items, handlers } = collection('/notes');
      return toy({
        ...handlers,
        'POST /notes': (request) => check(request.body, items) ?? handlers['POST /notes']!(request),
      });
    };
  const incomplete = (title: unknown): ToyAnswer | undefined =>
    title === undefined ? { status: 422, body: { errors: [{ field: 'title', code: 'missing' }] } } : undefined;
  const taken = (title: unknown, items: ReadonlyMap<string, Item>): boolean =>
    [...items.values()].some((item) => item['title'] === title);

  it('refuses what the original refuses: incomplete, and taken until it is deleted', () => {
    const makeToy = guarded(
      ({ title }, items) =>
        incomplete(title) ??
        (taken(title, items) ? { status: 409, body: { error: `${String(title)} is taken` } } : undefined),
    );
    expect(mistakes(makeToy, walk(plan, 51, 140), walk(plan, 52, 60))).toEqual([]);
  });

  it('tells two reasons of one status apart', () => {
    const makeToy = guarded(
      ({ title }, items) =>
        incomplete(title) ??
        (taken(title, items)
          ? { status: 422, body: { errors: [{ field: 'title', code: 'already_exists' }] } }
          : undefined),
    );
    expect(mistakes(makeToy, walk(plan, 53, 160), walk(plan, 54, 60))).toEqual([]);
  });

  /** Documents with a version that each change must name. */
  const versioned =
    (versionOf: (request: { body: Item; query: Item }) => unknown): MakeToy =>
    () => {
      const docs = new Map<string, Item>();
      return toy({
        'POST /docs': ({ body }) => {
          const doc = { id: docs.size + 1, version: 1, text: body.text };
          docs.set(String(doc.id), doc);
          return created(doc);
        },
        'GET /docs/{id}': ({ params }) => (docs.has(params['id']!) ? ok(docs.get(params['id']!)) : notFound),
        'PUT /docs/{id}': (request) => {
          const doc = docs.get(request.params['id']!);
          if (doc === undefined) return notFound;
          if (String(versionOf(request)) !== String(doc['version']))
            return { status: 409, body: { error: 'conflict' } };
          return ok(Object.assign(doc, { version: Number(doc['version']) + 1, text: request.body.text }));
        },
      });
    };

  const revise =
    (put: (client: ToyClient, id: string, version: number, text: string) => void, salt: string) =>
    (client: ToyClient): void => {
      const ids = ['a', 'b', 'c', 'd'].map((text) => String(client.post('/docs', { text: salt + text }).body.id));
      for (const [at, version] of [
        [0, 1],
        [0, 1],
        [0, 2],
        [1, 1],
        [1, 3],
        [1, 2],
        [0, 3],
        [2, 2],
        [2, 1],
        [3, 1],
        [3, 1],
        [3, 2],
      ] as const) {
        put(client, ids[at]!, version, `${salt}${at}${version}`);
        if (version > 1) client.get(`/docs/${ids[at]!}`);
      }
      put(client, '9999', 1, 'x');
      client.get('/docs/9999');
    };

  it('refuses a stale version in the query as the original does', () => {
    const makeToy = versioned(({ query }) => query['version']);
    const put = (client: ToyClient, id: string, version: number, text: string): void =>
      void client.put(`/docs/${id}?version=${version}`, { text });
    const exam = (client: ToyClient): void => {
      const ids = ['p', 'q', 'r', 's', 't'].map((text) => String(client.post('/docs', { text }).body.id));
      for (const [at, version] of [
        [4, 1],
        [4, 2],
        [4, 2],
        [4, 1],
        [3, 4],
        [4, 3],
        [2, 1],
      ] as const)
        put(client, ids[at]!, version, `n${version}`);
      client.get(`/docs/${ids[4]!}`);
    };
    expect(mistakes(makeToy, revise(put, 'x'), exam)).toEqual([]);
  });

  it('refuses a stale version in the body as the original does', () => {
    const makeToy = versioned(({ body }) => body['version']);
    const put = (client: ToyClient, id: string, version: number, text: string): void =>
      void client.put(`/docs/${id}`, { version, text });
    const exam = (client: ToyClient): void => {
      const ids = ['p', 'q', 'r'].map((text) => String(client.post('/docs', { text }).body.id));
      for (const [at, version] of [
        [2, 1],
        [2, 1],
        [2, 2],
        [1, 7],
        [1, 1],
      ] as const)
        put(client, ids[at]!, version, `m${version}`);
      client.get(`/docs/${ids[2]!}`);
    };
    expect(mistakes(makeToy, revise(put, 'y'), exam)).toEqual([]);
  });

  it('answers a list of bodies as a list, and one as one', () => {
    const makeToy: MakeToy = () =>
      toy({ 'POST /checks': ({ body }) => ok(Array.isArray(body) ? ['seen'] : { seen: true }) });
    const lesson = (client: ToyClient): void => {
      for (const size of [1, 2, 3]) {
        client.post('/checks', { size });
        client.post('/checks', [{ size }, { size: 9 }]);
      }
    };
    const exam = (client: ToyClient): void => {
      client.post('/checks', [{ other: 4 }]);
      client.post('/checks', { other: 4, size: 5, more: 'x' });
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });

  it('refuses a name that is taken, where names stand in an object', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/teams', {
        make: (body) => ({ size: 0, profile: body.profile as Item }),
      });
      return toy({
        ...handlers,
        'POST /teams': (request) => {
          const { name } = request.body.profile as Item;
          if (name === undefined) return { status: 400, body: { code: 1, text: 'a team has a name' } };
          const taken = [...items.values()].some(({ profile }) => (profile as Item)['name'] === name);
          return taken
            ? { status: 400, body: { code: 1, text: 'there is such a team' } }
            : handlers['POST /teams']!(request);
        },
      });
    };
    const plan =
      (names: readonly string[]) =>
      (client: ToyClient): void => {
        for (const name of names) {
          client.post('/teams', { profile: { name, motto: `we are ${name}` } });
          client.post('/teams', { profile: { motto: 'none' } });
          client.post('/teams', { profile: { name, motto: 'once more' } });
          client.get('/teams/1');
        }
      };
    expect(mistakes(makeToy, plan(['red', 'blue', 'green', 'grey']), plan(['pink', 'teal', 'gold']))).toEqual([]);
  });
});
