import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { deskVisit, makeDesk } from '../../../support/toy-desk.ts';
import { mistakes, recordToy, TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

describe('what things belong to', () => {
  it('is what the requests named that made and listed them', () => {
    const evidence = analyse([recordToy(makeDesk, deskVisit(1, 200))], TOY_ORIGIN);
    const [scope] = evidence.relations.filter(({ by }) => by === 'scope');
    expect([scope?.child.name, scope?.parent.name, scope?.pairs]).toEqual([
      'Note',
      'Room',
      [{ child: '$of_Room', parent: '$key' }],
    ]);
  });

  it('is nothing where lists show what was made elsewhere too', () => {
    const lines = [1, 2, 3, 4].flatMap((n): Line[] => [
      { ask: 'POST /rooms.create', body: { name: `n${n}` }, answer: { room: { id: `room-0${n}`, name: `n${n}` } } },
      {
        ask: 'POST /notes.post',
        body: { room: `room-0${n}`, text: `t${n}` },
        answer: { note: { ts: `note-0${n}`, text: `t${n}` } },
      },
    ]);
    const all = [1, 2, 3, 4].map((n) => ({ ts: `note-0${n}`, text: `t${n}` }));
    const lists = [1, 2, 3].map((n): Line => ({
      ask: 'POST /notes.list',
      body: { room: `room-0${n}` },
      answer: { notes: all },
    }));
    expect(analysed([...lines, ...lists]).relations.filter(({ by }) => by === 'scope')).toEqual([]);
  });
});

describe('a clone of a service of calls by POST', () => {
  it('lists, threads, pages and deletes as the original does, and leaves the notes that it leaves', () => {
    expect(mistakes(makeDesk, deskVisit(1, 400), deskVisit(2, 80), /R\d{8}|\d{10}\.\d{6}/)).toEqual([]);
  });
});
