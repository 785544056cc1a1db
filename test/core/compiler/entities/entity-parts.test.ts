import { describe, expect, it } from 'vitest';
import type { EntityDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const room = (name: string, heated: boolean): object => ({ name, heated });
const house = (id: number, heated: boolean): object => ({
  id,
  owner: 'ada',
  rooms: [room('hall', heated), room('attic', false)],
});
const read = (id: number, heated: boolean): Line => ({ ask: `GET /houses/${id}`, answer: house(id, heated) });
const heat = (id: number): Line => ({ ask: `POST /houses/${id}/rooms/hall/heat`, status: 204 });
const partOf = (lines: readonly Line[]): EntityDraft | undefined =>
  analysed(lines).entities.types.find(({ owner }) => owner !== undefined);

describe('a part', () => {
  const lines = [read(1, false), heat(1), read(1, true), read(2, false), heat(2), read(2, true)];

  it('stands in a list of its owner and is named by a path below it', () => {
    const part = partOf(lines)!;
    expect([part.name, part.owner?.name, part.key]).toEqual(['Room', 'House', ['$house', 'name']]);
    expect(part.lookups).toEqual([
      { prefix: '/houses/{house}/rooms/{room}', params: ['house', 'room'], attributes: ['$house', 'name'], lead: '' },
    ]);
  });

  it('is another in each owner', () => {
    const { timeline } = analysed(lines);
    const keys = timeline.lives.filter(({ type }) => type.name === 'Room').map(({ key }) => key);
    expect(keys).toEqual(['1/hall', '1/attic', '2/hall', '2/attic']);
  });

  it('takes the place of a type made of nothing but reads of its path', () => {
    const look = (id: number): Line => ({
      ask: `GET /houses/${id}/rooms/hall`,
      answer: { house: id, room: 'hall', warm: true },
    });
    const types = analysed([...lines, look(1), look(2)]).entities.types.map(({ name }) => name);
    expect(types).toEqual(['House', 'Room']);
  });

  it('is none where no path names it', () => {
    expect(partOf([read(1, false), read(2, true), read(1, true)])).toBeUndefined();
  });
});

describe('a type that only reads of its path show', () => {
  const names = ['vega', 'rigel', 'mira', 'deneb', 'altair'];
  const make = (name: string): Line => ({ ask: 'POST /stars', body: { name }, status: 201, answer: { name, size: 1 } });
  const look = (name: string): Line => ({ ask: `GET /history/${name}`, answer: { name, told: `of ${name}` } });
  const see = (name: string): Line => ({ ask: `GET /stars/${name}`, answer: { name, size: 1 } });
  const typesOf = (lines: readonly Line[]): string[] =>
    analysed(lines)
      .entities.types.map(({ name }) => name)
      .sort();

  it('is none where its names are those of things of another type', () => {
    expect(typesOf(names.flatMap((name) => [make(name), see(name), look(name)]))).toEqual(['Star']);
  });

  it('stays where its names are its own', () => {
    const others = names.map((name) => look(`${name}-2`));
    expect(typesOf([...names.flatMap((name) => [make(name), see(name)]), ...others])).toEqual(['History', 'Star']);
  });
});
