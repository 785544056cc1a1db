import { describe, expect, it } from 'vitest';
import { analysed, type Line } from '../../../support/written-recording.ts';

const lines: readonly Line[] = [
  { ask: 'POST /notes', body: { title: 'milk' }, status: 201, answer: { id: 1, title: 'milk' } },
  { ask: 'GET /notes/1', answer: { id: 1, title: 'milk', state: 'new', pinned: false } },
  { ask: 'POST /notes', body: { title: 'tax' }, status: 201, answer: { id: 2, title: 'tax' } },
  { ask: 'PUT /notes/2/pin', body: {}, status: 204 },
  { ask: 'GET /notes/2', answer: { id: 2, title: 'tax', state: 'new', pinned: true } },
];

describe('the first state of what was made', () => {
  const { timeline } = analysed(lines);
  const firstOf = (key: string): object => timeline.lives.find((life) => life.key === key)!.versions[0]!.attributes;

  it('has what the next read showed, with no write in between', () => {
    expect(firstOf('1')).toEqual({ id: 1, title: 'milk', state: 'new', pinned: false });
  });

  it('has nothing that a write may have made', () => {
    expect(firstOf('2')).toEqual({ id: 2, title: 'tax' });
  });

  it('is like that of others that were made alike, where those were read in time', () => {
    const read = [1, 2, 3, 4].flatMap((id): Line[] => [
      { ask: 'POST /notes', body: { title: `t${id}` }, status: 201, answer: { id } },
      { ask: `GET /notes/${id}`, answer: { id, title: `t${id}`, state: 'new', rank: id } },
    ]);
    const late: readonly Line[] = [
      { ask: 'POST /notes', body: { title: 'late' }, status: 201, answer: { id: 5 } },
      { ask: 'PUT /notes/5/state', body: { state: 'done' }, status: 204 },
      { ask: 'GET /notes/5', answer: { id: 5, title: 'late', state: 'done', rank: 5 } },
    ];
    const made = analysed([...read, ...late]).timeline.lives.find(({ key }) => key === '5');
    expect(made?.versions[0]?.attributes).toEqual({ id: 5, title: 'late', state: 'new' });
  });
});
