import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { tagText } from '../../../../src/core/compiler/types/entity-tags.ts';
import {
  created,
  noContent,
  notFound,
  ok,
  recordToy,
  sitExam,
  toy,
  TOY_ORIGIN,
} from '../../../support/toy-recording.ts';
import type { MakeToy, Script, ToyAnswer, ToyClient } from '../../../support/toy-recording.ts';

/** Maps with tags that are made anew by each change; asked for with their tag they are not sent again. */
const atlas: MakeToy = () => {
  const maps = new Map<string, { id: number; title: string; tag: string }>();
  let [next, changes] = [1, 7];
  const tag = (): string => `"${((changes = (changes * 48_271) % 2_147_483_647) + 2 ** 31).toString(16)}"`;
  const show = ({ tag: etag, ...map }: { id: number; title: string; tag: string }, status = 200): ToyAnswer => ({
    status,
    body: map,
    headers: { etag },
  });
  return toy({
    'POST /maps': ({ body }) => {
      const map = { id: next++, title: (body as { title: string }).title, tag: tag() };
      maps.set(String(map.id), map);
      return created({ id: map.id, title: map.title });
    },
    'GET /maps/{id}': ({ params, header }) => {
      const map = maps.get(params['id'] ?? '');
      if (map === undefined) return notFound;
      return header['if-none-match'] === map.tag ? { status: 304, headers: { etag: map.tag } } : show(map);
    },
    'PUT /maps/{id}': ({ params, body }) => {
      const map = maps.get(params['id'] ?? '');
      if (map === undefined) return notFound;
      map.title = (body as { title: string }).title;
      map.tag = tag();
      return ok({ id: map.id, title: map.title });
    },
    'DELETE /maps/{id}': ({ params }) => (maps.delete(params['id'] ?? '') ? noContent : notFound),
  });
};

/** Asks again with the tag of the last answer, sometimes after a change. */
function askAgain(client: ToyClient, id: number, title?: string): number[] {
  const first = client.get(`/maps/${id}`);
  if (title !== undefined) client.put(`/maps/${id}`, { title });
  const again = client.get(`/maps/${id}`, { 'if-none-match': first.headers['etag'] ?? '' });
  return [first.status, again.status];
}

const lesson: Script = (client) => {
  for (let at = 1; at <= 8; at++) {
    client.post('/maps', { title: `t${at}` });
    askAgain(client, at, at % 2 === 0 ? `u${at}` : undefined);
    if (at % 3 === 0) client.get(`/maps/${at + 70}`);
  }
};

describe('a tag that follows from nothing', () => {
  it('is a digest of the thing: asked for with it, what has not changed is not sent again', () => {
    const seen: number[][] = [];
    const exam: Script = (client) => {
      for (const title of ['a', 'b']) client.post('/maps', { title });
      seen.push([askAgain(client, 1), askAgain(client, 1, 'c'), askAgain(client, 2), askAgain(client, 9)].flat());
    };
    sitExam(atlas, lesson, exam);
    const [original, clone] = seen;
    expect(original).toEqual([200, 304, 200, 200, 200, 304, 404, 404]);
    expect(clone).toEqual(original);
  });

  it('is none where answers to one state carry several', () => {
    let count = 0;
    const restless: MakeToy = () =>
      toy({
        'POST /maps': () => created({ id: 1, title: 'a' }),
        'GET /maps/{id}': ({ params }) => ({
          status: 200,
          body: { id: Number(params['id']), title: 'a' },
          headers: { etag: `"${count++}a7"` },
        }),
      });
    const tagOf = (make: MakeToy, script: Script): string | undefined => {
      const evidence = analyse([recordToy(make, script)], TOY_ORIGIN);
      return tagText(evidence, evidence.calls);
    };
    const looking: Script = (client) => {
      client.post('/maps', {});
      for (let at = 0; at < 6; at++) client.get('/maps/1');
    };
    expect(tagOf(restless, looking)).toBeUndefined();
    expect(tagOf(atlas, lesson)).toContain('sha1(text(view("full", map');
  });
});

describe('a request that names what it believes to be there', () => {
  it('is refused when the version in its header is stale', () => {
    const shelves: MakeToy = () => {
      const rows = new Map<string, { id: number; version: number; label: string }>();
      let next = 1;
      return toy({
        'POST /shelves': ({ body }) => {
          const row = { id: next++, version: 1, label: (body as { label: string }).label };
          rows.set(String(row.id), row);
          return created({ ...row });
        },
        'PATCH /shelves/{id}': ({ params, body, header }) => {
          const row = rows.get(params['id'] ?? '');
          if (row === undefined) return notFound;
          if (header['if-match'] !== `"${row.version}"`) return { status: 412, body: { error: 'stale' } };
          Object.assign(row, body, { version: row.version + 1 });
          return ok({ ...row });
        },
      });
    };
    const change = (client: ToyClient, id: number, version: number, label: string): number =>
      client.send('PATCH', `/shelves/${id}`, { label }, { 'if-match': `"${version}"` }).status;
    const seen: number[][] = [];
    sitExam(
      shelves,
      (client) => {
        for (let at = 1; at <= 6; at++) {
          client.post('/shelves', { label: `a${at}` });
          change(client, at, 1, `b${at}`);
          change(client, at, 1, `c${at}`);
          change(client, at, at % 2 === 0 ? 2 : 7, `d${at}`);
        }
      },
      (client) => {
        client.post('/shelves', { label: 'x' });
        client.post('/shelves', { label: 'y' });
        seen.push([
          change(client, 1, 1, 'p'),
          change(client, 1, 1, 'q'),
          change(client, 1, 2, 'r'),
          change(client, 1, 3, 's'),
          change(client, 2, 4, 't'),
        ]);
      },
    );
    expect(seen[0]).toEqual([200, 412, 200, 200, 412]);
    expect(seen[1]).toEqual(seen[0]);
  });
});
