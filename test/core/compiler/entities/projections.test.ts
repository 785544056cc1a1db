import { describe, expect, it } from 'vitest';
import {
  created,
  Dice,
  mistakes,
  notFound,
  ok,
  toy,
  type Toy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const stored = (key: string, revision: number): object => ({
  _key: key,
  _version: `${revision}-aabbccdd${key}`,
  title: key,
});
const acknowledged = (key: string, revision: number): object => ({
  stored: true,
  key,
  version: `${revision}-aabbccdd${key}`,
});
const keys = ['milk', 'taxes', 'bikes'];
const lines: Line[] = keys.flatMap((key) => [
  { ask: `PUT /notes/${key}`, body: { title: key }, status: 201, answer: acknowledged(key, 1) },
  { ask: `GET /notes/${key}`, answer: stored(key, 1) },
]);

const projectionsOf = (more: readonly Line[]): Record<string, unknown> =>
  Object.fromEntries(
    [...analysed([...lines, ...more]).entities.projections].map(([site, { type, members }]) => [
      site,
      [type.name, Object.fromEntries(members)],
    ]),
  );

describe('a projection', () => {
  it('is what a write acknowledges an entity with, under other names', () => {
    expect(projectionsOf([])).toEqual({
      'PUT /notes/{note} 201 $': ['Note', { _key: 'key', _version: 'version' }],
    });
  });

  it('is a row that stands for an entity in a list', () => {
    const rows = keys.map((key) => ({ id: key, value: { version: `1-aabbccdd${key}` } }));
    expect(
      projectionsOf([
        { ask: 'GET /index', answer: { rows } },
        { ask: 'GET /index', answer: { rows } },
      ]),
    ).toMatchObject({
      'GET /index 200 $.rows[]': ['Note', { _key: 'id', _version: 'value.version' }],
    });
  });

  it('is no row of a log that still tells of what is gone', () => {
    const rows = keys.map((key) => ({ id: key, value: { version: `1-aabbccdd${key}` } }));
    const gone = { ask: 'DELETE /notes/milk', status: 204 };
    expect(
      Object.keys(projectionsOf([gone, { ask: 'GET /log', answer: { rows } }, { ask: 'GET /log', answer: { rows } }])),
    ).toEqual(['PUT /notes/{note} 201 $']);
  });
});

/** Documents under names that clients choose: writes are acknowledged, must name the version they change, and count it up. */
function documentStore(): Toy {
  const documents = new Map<string, { body: object; version: string }>();
  const dice = new Dice(7);
  const next = (before: string | undefined): string => `${Number(before?.split('-')[0] ?? 0) + 1}-${dice.text(12)}`;
  const conflict = { status: 409, body: { error: 'conflict' } };
  return toy({
    'PUT /docs/{key}': ({ params, body }) => {
      const key = params['key'] as string;
      const { _version: found, ...rest } = body as { _version?: string };
      const before = documents.get(key)?.version;
      if (before !== found) return conflict;
      const version = next(before);
      documents.set(key, { body: rest, version });
      return created({ stored: true, key, version });
    },
    'GET /docs/{key}': ({ params }) => {
      const key = params['key'] as string;
      const document = documents.get(key);
      return document === undefined ? notFound : ok({ ...document.body, _key: key, _version: document.version });
    },
    'DELETE /docs/{key}': ({ params, query }) => {
      const key = params['key'] as string;
      const document = documents.get(key);
      if (document === undefined) return notFound;
      if (document.version !== query['version']) return conflict;
      documents.delete(key);
      return ok({ stored: true, key, version: next(document.version) });
    },
  });
}

const usage =
  (seed: number, steps: number) =>
  (client: ToyClient): void => {
    const dice = new Dice(seed);
    const versions = new Map<string, string>();
    const body = (): object => ({ title: dice.word(), count: Math.floor(dice.throw() * 50) });
    for (let at = 0; at < steps; at++) {
      const known = [...versions.keys()];
      const choice = dice.throw();
      const key = known.length === 0 || choice < 0.25 ? dice.word() : dice.pick(known);
      const stale = dice.chance(0.15);
      const version = stale ? '1-000000000000' : versions.get(key);
      if (choice < 0.5) {
        const sent = version === undefined ? body() : { ...body(), _version: version };
        const answer = client.send('PUT', `/docs/${key}`, sent);
        if (answer.status === 201) versions.set(key, (answer.body as { version: string }).version);
      } else if (choice < 0.85) client.get(`/docs/${key}`);
      else if (client.delete(`/docs/${key}?version=${version ?? 'none'}`).status === 200) versions.delete(key);
    }
  };

describe('a clone of a store that acknowledges', () => {
  it('stores what was sent, and refuses writes that name another version', () => {
    expect(mistakes(documentStore, usage(1, 160), usage(2, 60), /\d+-[0-9a-f]{12}/g)).toEqual([]);
  });
});
