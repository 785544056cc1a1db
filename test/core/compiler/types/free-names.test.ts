import { describe, expect, it } from 'vitest';
import { mistakes, created, ok, notFound, toy, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { effectsOf } from '../../../support/effect-context.ts';
import type { Line } from '../../../support/written-recording.ts';

const page = (id: string, title: string | undefined): Line => ({
  ask: 'POST /pages',
  body: title === undefined ? {} : { title },
  status: 201,
  answer: { id, title: title ?? 'Untitled' },
});
const read = (id: string, title: string): Line => ({ ask: `GET /pages/${id}`, answer: { id, title } });

const keyOf = (lines: readonly Line[]): unknown => {
  const [create] = effectsOf(lines, 'POST /pages').effects;
  return create?.kind === 'create' ? create.set.get('id') : undefined;
};

describe('a key that is made of what a thing is called', () => {
  it('is the name in small letters and dashes', () => {
    const lines = [
      page('red-house', 'Red house'),
      page('old-mill-7', 'Old mill 7'),
      page('tea', 'Tea!'),
      page('a-b', 'A B'),
    ];
    expect(keyOf([...lines, read('tea', 'Tea!')])).toBe('free("Page", "id", slug(string(body.title)), "-")');
  });

  it('has a default where nothing was sent', () => {
    const lines = [
      page('red-house', 'Red house'),
      page('untitled', undefined),
      page('old-mill-7', 'Old mill 7'),
      page('untitled-2', undefined),
      page('a-b', 'A B'),
      page('untitled-3', undefined),
      read('a-b', 'A B'),
    ];
    expect(keyOf(lines)).toBe(
      'free("Page", "id", (body.title != missing ? slug(string(body.title)) : "untitled"), "-")',
    );
  });
});

describe('a clone', () => {
  it('puts a number behind a name that is taken, and gives the name again when it is free', () => {
    const makeToy: MakeToy = () => {
      const pages = new Map<string, { id: string; title: string }>();
      return toy({
        'POST /pages': ({ body }) => {
          const base = String(body.title).toLowerCase().replaceAll(' ', '-');
          let id = base;
          for (let n = 2; pages.has(id); n++) id = `${base}-${n}`;
          pages.set(id, { id, title: body.title });
          return created(pages.get(id));
        },
        'GET /pages/{page}': ({ params }) =>
          pages.has(params['page'] ?? '') ? ok(pages.get(params['page'] ?? '')) : notFound,
        'DELETE /pages/{page}': ({ params }) => (pages.delete(params['page'] ?? '') ? { status: 204 } : notFound),
      });
    };
    const script =
      (titles: readonly string[]) =>
      (client: ToyClient): void => {
        for (const title of titles) {
          const slug = title.toLowerCase().replaceAll(' ', '-');
          client.post('/pages', { title });
          client.get(`/pages/${slug}`);
          client.post('/pages', { title });
          client.get(`/pages/${slug}-2`);
          client.delete(`/pages/${slug}`);
          client.post('/pages', { title });
        }
      };
    expect(mistakes(makeToy, script(['Red house', 'Old mill', 'Tea', 'Blue door']), script(['Green hill']))).toEqual(
      [],
    );
  });
});
