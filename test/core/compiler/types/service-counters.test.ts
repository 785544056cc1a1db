import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { serviceCounters } from '../../../../src/core/compiler/types/service-counters.ts';
import {
  cloneClient,
  Dice,
  recordToy,
  TOY_ORIGIN,
  toy,
  transcript,
  type MakeToy,
  type ToyAnswer,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { collection } from '../../../support/toy-services.ts';

/** Cards of a board: every write of any kind takes the next tick, and every answer tells the tick as it stands. */
const board: MakeToy = () => {
  let tick = 40;
  const cards = new Map<string, { text: string; born: number; changed: number }>();
  const answer = (status: number, body: object): ToyAnswer => ({ status, body, headers: { 'x-tick': String(tick) } });
  const missing = (name: string): ToyAnswer => answer(404, { error: `no card ${name}`, tick });
  return toy({
    'GET /cards/{name}': ({ params: { name = '' } }) => {
      const card = cards.get(name);
      return card === undefined ? missing(name) : answer(200, { name, ...card });
    },
    'PUT /cards/{name}': ({ params: { name = '' }, body }) => {
      const old = cards.get(name);
      if (typeof body.text !== 'string') return answer(422, { error: 'text', tick });
      const card = { text: body.text as string, born: old?.born ?? tick + 1, changed: tick + 1 };
      tick += 1;
      cards.set(name, card);
      return answer(old === undefined ? 201 : 200, { name, ...card });
    },
    'DELETE /cards/{name}': ({ params: { name = '' } }) => {
      if (!cards.delete(name)) return missing(name);
      tick += 1;
      return answer(200, { name, gone: tick });
    },
  });
};

const play = (seed: number, steps: number) => (client: ToyClient) => {
  const dice = new Dice(seed);
  const names = ['never'];
  for (let at = 0; at < steps; at++) {
    const name = dice.pick(names);
    if (dice.chance(0.3)) {
      names.push(`${dice.word()}${at}`);
      client.put(`/cards/${names.at(-1) as string}`, { text: dice.word() });
    } else if (dice.chance(0.3)) client.put(`/cards/${name}`, { text: dice.word() });
    else if (dice.chance(0.1)) client.put(`/cards/${name}`, { text: 7 });
    else if (dice.chance(0.2)) client.delete(`/cards/${name}`);
    else client.get(`/cards/${name}`);
  }
};

describe('a counter of the whole service', () => {
  it('is a number in answers that writes advance and reads show', () => {
    const [found, ...more] = serviceCounters(analyse([recordToy(board, play(1, 80))], TOY_ORIGIN));
    expect(found).toMatchObject({ name: 'counter header x-tick', generator: { start: 41, step: 1 } });
    expect(found?.drew.filter((drew) => drew === undefined)).toHaveLength(1);
    expect(more).toEqual([]);
  });

  it('is drawn by every write in the clone, in headers, bodies and attributes', () => {
    const { model } = compile([recordToy(board, play(1, 200))]);
    const exam = play(2, 60);
    const headers = (client: ToyClient): string[] => {
      const ticks: string[] = [];
      exam({ ...client, ...spy(client, ticks) });
      return ticks;
    };
    let original: string[] = [];
    let lines: unknown[] = [];
    recordToy(board, (client) => void (original = headers(client)));
    recordToy(board, (client) => void (lines = transcript(client, exam)));
    expect(headers(cloneClient(model))).toEqual(original);
    expect(transcript(cloneClient(model), exam)).toEqual(lines);
  });

  it('goes on behind its last value where a clone starts later', () => {
    const recording = recordToy(board, play(1, 80));
    const later = cloneClient(compile([recording]).startingBefore(undefined));
    const last = Number(recording.exchanges.at(-1)?.response?.headers.find(([name]) => name === 'x-tick')?.[1]);
    expect(later.put('/cards/fresh', { text: 'a' }).body).toMatchObject({ born: last + 1, changed: last + 1 });
  });

  it('is not what one kind of thing is numbered by', () => {
    const things: MakeToy = () => toy(collection('/things', { make: (body) => ({ title: body.title }) }).handlers);
    const recording = recordToy(things, (client) => {
      for (let at = 0; at < 40; at++) {
        client.post('/things', { title: `t${at}` });
        client.get('/things/1');
      }
    });
    expect(serviceCounters(analyse([recording], TOY_ORIGIN))).toEqual([]);
  });
});

/** The client's calls, noting the tick that each answer tells. */
function spy(client: ToyClient, ticks: string[]): Partial<ToyClient> {
  const noted =
    <T extends unknown[]>(call: (...args: T) => { headers: Readonly<Record<string, string>> }) =>
    (...args: T) => {
      const answer = call(...args);
      ticks.push(answer.headers['x-tick'] ?? '');
      return answer as never;
    };
  return { get: noted(client.get), put: noted(client.put), delete: noted(client.delete) };
}
