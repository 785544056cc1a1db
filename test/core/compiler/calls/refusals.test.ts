import { describe, expect, it } from 'vitest';
import { refusalFlag } from '../../../../src/core/compiler/calls/refusals.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { Dice, mistakes, ok, toy, type MakeToy, type Script } from '../../../support/toy-recording.ts';

const answers = (...list: Json[]): { status: number; answer: Json }[] =>
  list.map((answer) => ({ status: 200, answer }));
const fine = Array.from({ length: 9 }, (_, id): Json => ({ ok: true, id }));

describe('the flag of refusals that look like successes', () => {
  it('is a boolean of all answers that is false beside a member of its own', () => {
    const refuses = refusalFlag(answers(...fine, { ok: false, error: 'none' }));
    expect(answers({ ok: true }, { ok: false }, 'x').map((call) => refuses?.(call))).toEqual([false, true, false]);
  });

  it('is no attribute of things', () => {
    const things = fine.map((_, id): Json => ({ id, done: id % 3 === 0 }));
    expect(refusalFlag(answers(...things, { id: 10, done: true }))).toBeUndefined();
  });

  it('is not looked for in few answers', () => {
    expect(refusalFlag(answers({ ok: true }, { ok: false, error: 'none' }))).toBeUndefined();
  });
});

describe('a clone of a service that refuses with 200', () => {
  const makeDesk: MakeToy = () => {
    const rooms = new Map<string, { id: string; code: string; name: string }>();
    const no = (error: string) => ok({ ok: false, error });
    let next = 0;
    return toy({
      'POST /rpc/rooms.create': ({ body }) => {
        const { name } = body as { name: string };
        if (!/^[a-z]+$/.test(name) || name.length > 20) return no('bad_name');
        if ([...rooms.values()].some((room) => room.name === name)) return no('name_taken');
        const id = `R${String((next += 7919)).padStart(8, '0')}`;
        rooms.set(id, { id, code: `code-${name}`, name });
        return ok({ ok: true, room: rooms.get(id) });
      },
      'POST /rpc/rooms.info': ({ body }) => {
        const room = rooms.get((body as { room: string }).room);
        return room === undefined ? no('no_such_room') : ok({ ok: true, room });
      },
      'POST /rpc/rooms.find': ({ body }) => {
        const room = [...rooms.values()].find(({ code }) => code === (body as { code: string }).code);
        return room === undefined ? no('no_such_code') : ok({ ok: true, room });
      },
    });
  };

  const visit =
    (seed: number, steps: number): Script =>
    (client) => {
      const dice = new Dice(seed);
      const rooms: { id: string; code: string; name: string }[] = [];
      const create = (name: string): void => {
        const { room } = client.post('/rpc/rooms.create', { name }).body as { room?: (typeof rooms)[number] };
        if (room !== undefined) rooms.push(room);
      };
      create(dice.word());
      for (let at = 0; at < steps; at++) {
        const room = dice.pick(rooms);
        const choice = dice.throw();
        if (choice < 0.3) create(dice.word());
        else if (choice < 0.4) create(room.name);
        else if (choice < 0.5) create(dice.pick(['', 'Not this', 'x'.repeat(40)]));
        else if (choice < 0.65) client.post('/rpc/rooms.info', { room: room.id });
        else if (choice < 0.75) client.post('/rpc/rooms.info', { room: 'R0' });
        else if (choice < 0.9) client.post('/rpc/rooms.find', { code: room.code });
        else client.post('/rpc/rooms.find', { code: 'nothing' });
      }
    };

  it('refuses what the original refuses, with its words', () => {
    expect(mistakes(makeDesk, visit(1, 150), visit(2, 60), /R\d{8}/)).toEqual([]);
  });
});
