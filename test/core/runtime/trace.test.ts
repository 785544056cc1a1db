import { describe, expect, it } from 'vitest';
import type { CloneClient } from '../../support/clone-client.ts';
import { clientOfRule } from '../../support/small-clone.ts';

/** Answers with the only shelf, and makes a book where the body names one. */
function library(): CloneClient {
  return clientOfRule(
    {
      entities: [
        {
          name: 'Shelf',
          key: ['id'],
          derived: { books: "size(rows('Book'))", label: "it.id + ': ' + string(it.books)", at: 'now()' },
          views: { full: 'it' },
        },
        { name: 'Book', key: ['title'], views: { full: 'it' } },
      ],
      seed: { Shelf: [{ id: 'a' }] },
    },
    {
      effects: [
        { kind: 'create', type: 'Book', as: 'made', when: 'body.title != missing', set: { title: 'body.title' } },
      ],
      reply: { status: 200, body: { $view: 'full', of: "entity('Shelf', 'a')" } },
    },
  );
}

describe('what is remembered of an entity', () => {
  it('follows the entities that it was computed from', () => {
    const client = library();
    const labels = [{}, {}, { title: 'x' }, {}, { title: 'y' }].map((body) => client.post('/', body).body.label);
    expect(labels).toEqual(['a: 0', 'a: 0', 'a: 1', 'a: 1', 'a: 2']);
  });

  it('is that of each fork', () => {
    const client = library();
    const fork = client.fork();
    client.post('/', { title: 'x' });
    expect([fork.post('/').body.books, client.post('/').body.books]).toEqual([0, 1]);
  });

  it('is not used where time passes', () => {
    const client = library();
    const [before, after] = [client.post('/').body.at, client.post('/').body.at];
    expect([before, after]).toEqual(['2024-01-02T03:04:05.678Z', '2024-01-02T03:04:06.678Z']);
  });
});
