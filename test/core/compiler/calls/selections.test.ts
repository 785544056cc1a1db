import { describe, expect, it } from 'vitest';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { inferSelection, selecting } from '../../../../src/core/compiler/calls/selections.ts';
import {
  created,
  mistakes,
  notFound,
  ok,
  toy,
  TOY_ORIGIN,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

const found = (lines: readonly Line[]): unknown => inferSelection(normaliseCalls([recordingOf(lines)], TOY_ORIGIN));

const book = (id: number, ...names: string[]): object => {
  const all: Record<string, unknown> = { title: `t${id}`, price: id * 3, shelf: `s${id % 2}` };
  return {
    id,
    ...Object.fromEntries((names.length === 0 ? Object.keys(all) : names).map((name) => [name, all[name]])),
  };
};

describe('a parameter that names the members of an answer', () => {
  const plain: Line[] = [
    { ask: 'GET /books', answer: { items: [book(1), book(2)] } },
    { ask: 'GET /books/1', answer: book(1) },
  ];
  const asking: Line[] = [
    { ask: 'GET /books?fields=title', answer: { items: [book(1, 'title'), book(2, 'title')] } },
    { ask: 'GET /books/1?fields=price,shelf', answer: book(1, 'price', 'shelf') },
    { ask: 'GET /books/1?fields=title', answer: book(1, 'title') },
  ];

  it('is found, with what is shown in any case', () => {
    expect(found([...plain, ...asking])).toEqual({ param: 'fields', container: undefined, always: ['id'] });
  });

  it('is none that only filters, or that nobody asked for less by', () => {
    const filtering = ['title', 'price'].map((word): Line => ({
      ask: `GET /books?sort=${word}`,
      answer: { items: [book(1), book(2)] },
    }));
    expect(found([...plain, ...filtering])).toBeUndefined();
    expect(found(asking)).toBeUndefined();
  });

  it('may choose among the members of one member', () => {
    const wrap = (attributes: object): object => ({ data: { id: '1', type: 'books', attributes } });
    const lines: Line[] = [
      { ask: 'GET /books/1', answer: wrap({ title: 'a', price: 1, shelf: 'b' }) },
      ...['title', 'price', 'shelf', 'title'].map((name): Line => ({
        ask: `GET /books/1?select=${name}`,
        answer: wrap({ [name]: 'a' }),
      })),
    ];
    expect(found(lines)).toEqual({ param: 'select', container: 'attributes', always: [] });
  });

  it('picks what rules show', () => {
    const body = { data: { $view: 'full', of: 'book' }, count: 1 };
    expect(selecting(body, { param: 'fields', container: undefined, always: ['id'] })).toEqual({
      data: '(query.fields == missing ? view("full", book) : pick(view("full", book), ["id"] + split(query.fields, ",")))',
      count: 1,
    });
  });
});

describe('a clone', () => {
  it('shows the members that are asked for, of things that were never asked for so', () => {
    const makeToy: MakeToy = () => {
      const books: Record<string, unknown>[] = [];
      const pick = (one: Record<string, unknown>, fields: string | undefined): unknown =>
        fields === undefined
          ? one
          : Object.fromEntries(
              Object.entries(one).filter(([name]) => name === 'id' || fields.split(',').includes(name)),
            );
      return toy({
        'POST /books': ({ body }) => {
          books.push({ id: books.length + 1, title: body.title, price: body.price ?? 0, shelf: null });
          return created(books.at(-1));
        },
        'GET /books': ({ query }) => ok(books.map((one) => pick(one, query['fields']))),
        'GET /books/{book}': ({ params, query }) => {
          const one = books[Number(params['book']) - 1];
          return one === undefined ? notFound : ok(pick(one, query['fields']));
        },
      });
    };
    const script =
      (titles: readonly string[]) =>
      (client: ToyClient): void => {
        titles.forEach((title, at) => {
          client.post('/books', at % 2 === 0 ? { title } : { title, price: at });
          client.get(`/books/${at + 1}`);
          client.get('/books');
          client.get(`/books?fields=${['title', 'price', 'title,shelf'][at % 3]}`);
          client.get(`/books/${at + 1}?fields=${['price', 'title,price', 'shelf'][at % 3]}`);
        });
        client.get('/books/99?fields=title');
      };
    expect(
      mistakes(makeToy, script(['milk', 'tax', 'bike', 'rent', 'roof']), script(['glue', 'seeds', 'tea'])),
    ).toEqual([]);
  });
});
