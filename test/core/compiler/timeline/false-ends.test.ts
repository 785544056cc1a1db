import { describe, expect, it } from 'vitest';
import { mistakes, noContent, ok, toy, type MakeToy, type Script } from '../../../support/toy-recording.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const note = (id: number, more: object = {}): object => ({ id, text: `note ${id}`, archived: false, ...more });
const made = (id: number): Line => ({
  ask: 'POST /notes',
  body: { text: `note ${id}` },
  status: 201,
  answer: note(id),
});
const livesOf = (lines: readonly Line[], key: string): (readonly [string, boolean])[] =>
  analysed(lines)
    .timeline.lives.filter((life) => life.key === key)
    .map(({ origin, diedAt }) => [origin, diedAt !== undefined] as const);

describe('what a deletion seems to end', () => {
  const marked = [1, 2, 3].flatMap((id): Line[] => [
    made(id),
    { ask: `DELETE /notes/${id}`, status: 204 },
    { ask: `GET /notes/${id}`, answer: note(id, { archived: true }) },
  ]);

  it('lives on when reading shows it again, and nothing was written about it between', () => {
    expect(livesOf(marked, '2')).toEqual([['created', false]]);
  });

  it('lives on when the things that others looked at after such deletions did', () => {
    const unseen: Line[] = [made(4), { ask: 'DELETE /notes/4', status: 204 }];
    expect(livesOf([...marked, ...unseen], '4')).toEqual([['created', false]]);
  });

  it('has ended when it is made anew before it is seen again', () => {
    const again = [1, 2, 3].flatMap((id): Line[] => [
      made(id),
      { ask: `GET /notes/${id}`, answer: note(id) },
      { ask: `DELETE /notes/${id}`, status: 204 },
      { ask: `PUT /notes/${id}`, body: { text: 'again' }, status: 204 },
      { ask: `GET /notes/${id}`, answer: note(id, { text: 'again' }) },
    ]);
    expect(livesOf(again, '2')[0]).toEqual(['created', true]);
  });

  it('has ended when it is never seen again', () => {
    const gone = [1, 2, 3].flatMap((id): Line[] => [
      made(id),
      { ask: `DELETE /notes/${id}`, status: 204 },
      { ask: `GET /notes/${id}`, status: 404, answer: { error: 'not found' } },
    ]);
    expect(livesOf(gone, '2')).toEqual([['created', true]]);
  });
});

describe('what a refusal seems to tell is gone', () => {
  it('is there when a later read shows it: it was hidden, or something else was missing', () => {
    const refused = [1, 2, 3].flatMap((id): Line[] => [
      made(id),
      { ask: `PATCH /notes/${id}`, body: { owner: 99 }, status: 404, answer: { error: 'no such owner' } },
      { ask: `GET /notes/${id}`, answer: note(id) },
    ]);
    expect(livesOf(refused, '3')).toEqual([['created', false]]);
  });
});

describe('what a refusal seems to end', () => {
  const hidden = (id: number): Line[] => [made(id), { ask: `GET /notes/${id}`, status: 404, answer: { error: 'no' } }];

  it('lives on when somebody acts on it later', () => {
    const sent: Line[] = [
      { ask: 'POST /notes/9/send', status: 404, answer: { error: 'no' } },
      ...hidden(1),
      { ask: 'POST /notes/1/send', answer: note(1, { sent: true }) },
    ];
    expect(livesOf([...sent, made(2), { ask: 'GET /notes/2', answer: note(2) }], '1')).toEqual([['created', false]]);
  });
});

describe('a thing without a key that is deleted', () => {
  it('is there again as it was at first', () => {
    const standard = { theme: 'light', size: 25 };
    const settings: MakeToy = () => {
      let values: object = standard;
      return toy({
        'GET /settings': () => ok(values),
        'PATCH /settings': ({ body }) => ok((values = { ...values, ...(body as object) })),
        'POST /pings': () => noContent,
        'DELETE /settings': () => {
          values = standard;
          return noContent;
        },
      });
    };
    const lesson: Script = (client) => {
      for (let at = 0; at < 5; at++) {
        client.get('/settings');
        client.patch('/settings', at % 2 === 0 ? { theme: `t${at}` } : { size: at });
        client.patch('/settings', { theme: `u${at}`, size: 40 + at });
        client.delete('/settings');
        client.post('/pings', { at });
      }
      client.get('/settings');
    };
    const exam: Script = (client) => {
      client.patch('/settings', { theme: 'dark', size: 7 });
      client.delete('/settings');
      client.get('/settings');
      client.patch('/settings', { size: 8 });
      client.get('/settings');
    };
    expect(mistakes(settings, lesson, exam)).toEqual([]);
  });
});
