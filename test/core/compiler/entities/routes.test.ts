import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import { ok, mistakes, toy, TOY_ORIGIN, type Toy } from '../../../support/toy-recording.ts';
import { collection } from '../../../support/toy-services.ts';
import { recordingOf, routesOf, type Line } from '../../../support/written-recording.ts';

const distinct = (lines: readonly Line[]): string[] => [...new Set(routesOf(lines))];

describe('a path segment', () => {
  it('that was seen as a value in a body is a parameter', () => {
    expect(
      distinct([
        { ask: 'POST /teams', status: 201, answer: { slug: 'red-ants', size: 1 } },
        { ask: 'GET /teams/red-ants', answer: { slug: 'red-ants', size: 1 } },
      ]),
    ).toEqual(['POST /teams', 'GET /teams/{team}']);
  });

  it('that a client sent as a name in a request is a parameter too', () => {
    expect(
      distinct([
        { ask: 'PUT /rooms', body: { name: 'attic' }, status: 204 },
        { ask: 'GET /rooms/attic', answer: { seats: 4 } },
      ]),
    ).toEqual(['PUT /rooms', 'GET /rooms/{room}']);
  });

  it('that equals the type of a JSON:API resource stays literal', () => {
    const team = { data: { type: 'team', id: 'AB-1', attributes: { handle: 'ants' } } };
    expect(
      distinct([
        { ask: 'POST /api/v2/team', body: team, status: 201, answer: team },
        { ask: 'GET /api/v2/team', answer: { data: [team.data] } },
        { ask: 'GET /api/v2/team/AB-1', answer: team },
      ]),
    ).toEqual(['POST /api/v2/team', 'GET /api/v2/team', 'GET /api/v2/team/{team}']);
  });

  it('that reads like an id is a parameter although no body holds it', () => {
    expect(distinct([{ ask: 'GET /users/123e4567-e89b-12d3-a456-426614174000', status: 404 }])).toEqual([
      'GET /users/{user}',
    ]);
    expect(distinct([{ ask: 'GET /users/17', status: 404 }])).toEqual(['GET /users/{user}']);
  });

  it('that is a plain word nobody ever spoke of stays literal', () => {
    expect(distinct([{ ask: 'GET /git/refs', answer: { count: 1 } }])).toEqual(['GET /git/refs']);
  });

  it('that was refused beside values is a value that did not exist', () => {
    expect(
      distinct([
        { ask: 'GET /teams', answer: [{ slug: 'red' }] },
        { ask: 'GET /teams/red', answer: { slug: 'red' } },
        { ask: 'GET /teams/nobody', status: 404 },
      ]),
    ).toEqual(['GET /teams', 'GET /teams/{team}']);
  });

  it('that was refused beside values, with ways below that no value has, stays literal', () => {
    const lines: Line[] = [
      { ask: 'GET /teams', answer: [{ slug: 'red' }] },
      { ask: 'GET /teams/red', answer: { slug: 'red' } },
      { ask: 'GET /teams/search/advanced', status: 403 },
    ];
    expect(routesOf(lines).at(-1)).toBe('GET /teams/search/advanced');
  });

  it('of which each session has its own is a name that the sessions chose', () => {
    const lines = ['one', 'two', 'three', 'four', 'five'].map((session, i): Line => ({
      ask: `PUT /boxes/${['apple', 'pear', 'plum', 'fig', 'lime'][i]!}`,
      session,
      status: 204,
    }));
    expect(distinct(lines)).toEqual(['PUT /boxes/{box}']);
  });

  it('below which the same words stand as below many others is a value, however plain', () => {
    const shops = ['oak', 'elm', 'ash', 'fir', 'yew', 'bay'];
    const lines = shops.flatMap((shop): Line[] => [
      { ask: `GET /shops/${shop}/orders`, answer: [] },
      { ask: `GET /shops/${shop}/staff`, answer: [] },
      { ask: `GET /shops/${shop}/prices/today`, answer: { price: 1 } },
    ]);
    const rest: Line[] = [
      { ask: 'GET /shops/stats', answer: { count: 6 } },
      { ask: 'GET /shops/gum/staff', answer: [] },
    ];
    expect(distinct([...lines, ...rest])).toEqual([
      'GET /shops/{shop}/orders',
      'GET /shops/{shop}/staff',
      'GET /shops/{shop}/prices/today',
      'GET /shops/stats',
    ]);
  });

  it('of a collection stays literal although other collections are searched and counted too', () => {
    const lines = ['cats', 'dogs', 'cows', 'hens', 'pigs', 'rats'].flatMap((noun): Line[] => [
      { ask: `GET /${noun}/search?q=x`, answer: [] },
      { ask: `GET /${noun}/count`, answer: { count: 0 } },
    ]);
    expect(distinct(lines)).toContain('GET /cats/search');
  });

  it('that clients put there themselves, beside values, is a value', () => {
    const file = (name: string): Line[] => [
      { ask: `PUT /files/${name}`, body: { size: 1 }, status: 201 },
      { ask: `GET /files/${name}`, answer: { size: 1 } },
    ];
    expect(distinct([...file('123e4567-e89b-12d3-a456-426614174000'), ...['a', 'b', 'c'].flatMap(file)])).toEqual([
      'PUT /files/{file}',
      'GET /files/{file}',
    ]);
    const setting = (name: string): Line[] => [
      { ask: `PUT /files/${name}`, body: { on: true }, status: 201 },
      { ask: `GET /files/${name}`, answer: { on: true } },
    ];
    expect(distinct([...file('17'), ...['colours', 'sounds', 'hints'].flatMap(setting)])).toContain(
      'PUT /files/sounds',
    );
  });

  it('keeps a suffix of the last segment out of its value', () => {
    const lines: Line[] = [{ ask: 'GET /issues/1.json', answer: { id: 1 } }];
    const [route] = inferRoutes(normaliseCalls([recordingOf(lines)], TOY_ORIGIN));
    expect(route).toMatchObject({ id: 'GET /issues/{issue}.json', params: { issue: '1' } });
  });

  it('is decoded in parameters and escaped in literals', () => {
    const lines: Line[] = [
      { ask: 'GET /tags', answer: [{ name: 'a/b c' }] },
      { ask: 'GET /tags/a%2Fb%20c', answer: { name: 'a/b c' } },
      { ask: 'GET /odd%7Bpath', answer: {} },
    ];
    const routes = inferRoutes(normaliseCalls([recordingOf(lines)], TOY_ORIGIN));
    expect(routes[1]).toMatchObject({ path: '/tags/{tag}', params: { tag: 'a/b c' } });
    expect(routes[2]?.path).toBe('/odd%7Bpath');
  });
});

describe('parameters', () => {
  it('are named after the literal before them, apart from each other', () => {
    expect(routesOf([{ ask: 'GET /repos/1/2/issues/3', answer: {} }])).toEqual([
      'GET /repos/{repo}/{repo_2}/issues/{issue}',
    ]);
  });

  it('know the prefix of the path that they end, which identifies what they name', () => {
    const [route] = inferRoutes(normaliseCalls([recordingOf([{ ask: 'GET /a/1/b/2', answer: {} }])], TOY_ORIGIN));
    expect(route?.prefixes).toEqual([
      { name: 'a', prefix: '/a/{a}' },
      { name: 'b', prefix: '/a/{a}/b/{b}' },
    ]);
  });

  it('that sessions chose is a parameter also where two chose it alike', () => {
    const names = ['ash1', 'box2', 'cod3', 'den4', 'elm5', 'fir6'];
    const lines = names.flatMap((name, at): Line[] => [
      { ask: `PUT /${name}`, status: 201, session: `s${at}` },
      { ask: `PUT /gum7`, status: 201, session: `s${at % 2}` },
      { ask: `GET /health`, session: `s${at % 2}` },
    ]);
    expect(distinct(lines)).toEqual(['PUT /{value}', 'GET /health']);
  });

  it('take the whole rest of the path where answers repeat it whole', () => {
    const keys = ['a', 'a/b', 'c/d/e', 'f', 'g/h'];
    const lines = keys.map((key): Line => ({
      ask: `PUT /keys/${key}`,
      body: { value: 1 },
      answer: { key: `/${key}` },
    }));
    expect(distinct(lines)).toEqual(['PUT /keys/{path*}']);
  });
});

describe('routes of a clone', () => {
  it('answer for values that were never recorded', () => {
    const make = (): Toy => {
      const { handlers } = collection('/shelves/7/books', { seed: [{ id: 1, title: 'Emma' }] });
      return toy({ ...handlers, 'GET /books/{name}/pages': ({ params }) => ok({ book: params['name'], pages: 3 }) });
    };
    expect(
      mistakes(
        make,
        (client) => {
          client.get('/shelves/7/books/1');
          for (const title of ['Ulysses', 'Dune', 'Momo']) client.post('/shelves/7/books', { title });
          client.get('/shelves/7/books/99');
          for (const book of [31, 32, 33]) client.get(`/books/${book}/pages`);
        },
        (client) => {
          client.get('/shelves/7/books/1234');
          client.get('/books/987/pages');
        },
      ),
    ).toEqual([]);
  });
});
