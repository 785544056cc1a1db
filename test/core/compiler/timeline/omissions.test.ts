import { describe, expect, it } from 'vitest';
import { inferOmissions } from '../../../../src/core/compiler/timeline/omissions.ts';
import { mistakes, notFound, ok, toy, Dice, type Toy, type ToyClient } from '../../../support/toy-recording.ts';
import { counter, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const omissionsOf = (lines: readonly Line[]): [string, string[]][] => {
  const { sites, entities } = analysed(lines);
  return [...inferOmissions(sites, entities)].map(([site, names]) => [site, [...names]]);
};

const items = (...tags: (string[] | undefined)[]): Line[] =>
  tags.map((own, at) => ({
    ask: `GET /notes/${at + 1}`,
    answer: { id: at + 1, text: `t${at}`, ...(own === undefined ? {} : { tags: own }) },
  }));
const list: Line = {
  ask: 'GET /notes',
  answer: [
    { id: 1, text: 't0' },
    { id: 2, text: 't1', tags: ['a'] },
    { id: 3, text: 't2' },
    { id: 4, text: 't3', tags: ['b'] },
  ],
};

describe('lists left out when they are empty', () => {
  it('are those that others show empty', () => {
    expect(omissionsOf([...items([], ['a'], [], ['b']), list])).toEqual([['GET /notes 200 $[]', ['tags']]]);
  });

  it('are none where no answer shows them empty, or none has to show them', () => {
    expect(omissionsOf([...items(['c'], ['a'], ['c'], ['b']), list])).toEqual([]);
    expect(omissionsOf([...items([], ['a'], undefined, ['b']), list])).toEqual([]);
  });
});

describe('a clone of a service that leaves out empty lists in some answers', () => {
  const board = (): Toy => {
    const notes = new Map<string, Item>();
    const next = counter();
    const find = (id: string | undefined): Item | undefined => notes.get(id ?? '');
    const brief = ({ tags, ...note }: Item): Item => ((tags as string[]).length > 0 ? { ...note, tags } : note);
    return toy({
      'POST /notes': ({ body }) => {
        const note = { id: next(), text: (body as Item)['text'] as string, tags: [] };
        notes.set(String(note.id), note);
        return ok(note);
      },
      'GET /notes': () => ok([...notes.values()].map(brief)),
      'GET /notes/{id}': ({ params }) => (find(params['id']) === undefined ? notFound : ok(find(params['id']))),
      'PUT /notes/{id}/tags': ({ params, body }) => {
        const note = find(params['id']);
        if (note === undefined) return notFound;
        note['tags'] = (body as Item)['tags'];
        return ok(note);
      },
    });
  };
  const visit =
    (seed: number) =>
    (client: ToyClient): void => {
      const dice = new Dice(seed);
      let made = 0;
      for (let at = 0; at < 80; at++) {
        const choice = dice.throw();
        const id = 1 + Math.floor(dice.throw() * made);
        if (made === 0 || choice < 0.2) {
          client.post('/notes', { text: dice.word() });
          made++;
        } else if (choice < 0.5) client.put(`/notes/${id}/tags`, { tags: dice.chance(0.4) ? [] : [dice.word()] });
        else if (choice < 0.75) client.get('/notes');
        else client.get(`/notes/${id}`);
      }
    };

  it('leaves them out there too, and nowhere else', () => {
    expect(mistakes(board, visit(1), visit(2))).toEqual([]);
  });
});
