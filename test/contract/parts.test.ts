// Things that stand in lists of others and are written by paths of their own, shown differently in each place: the clone of
// what one client recorded answers another client, which walks otherwise, as the toy does.
import { describe, expect, it } from 'vitest';
import {
  created,
  Dice,
  iso,
  mistakes,
  noContent,
  notFound,
  ok,
  toy,
  type MakeToy,
  type Script,
} from '../support/toy-recording.ts';

interface Room {
  readonly name: string;
  heated: boolean;
}

interface House {
  readonly name: string;
  colour: string;
  readonly built_at: string;
  readonly rooms: readonly Room[];
}

/** Houses that come with two rooms; lists show less of a room than the house itself does. */
const houses: MakeToy = () => {
  const known = new Map<string, House>();
  const short = ({ name, colour, rooms }: House): object => ({ name, colour, rooms });
  const long = ({ name, colour, built_at, rooms }: House): object => ({
    name,
    colour,
    built_at,
    storeys: 2,
    rooms: rooms.map((room) => ({ ...room, floor: 'oak', windows: 3 })),
  });
  const roomOf = (params: Readonly<Record<string, string>>): Room | undefined =>
    known.get(params['house']!)?.rooms.find(({ name }) => name === params['room']);
  return toy({
    'POST /houses': ({ body, now }) => {
      const name = String(body.name);
      const rooms = ['hall', 'attic'].map((room) => ({ name: room, heated: false }));
      known.set(name, { name, colour: body.colour, built_at: iso(now), rooms });
      return created({ name, colour: body.colour });
    },
    'GET /houses': () => ok([...known.values()].map(short)),
    'GET /houses/{house}': ({ params }) =>
      known.has(params['house']!) ? ok(long(known.get(params['house']!)!)) : notFound,
    'PATCH /houses/{house}': ({ params, body }) => {
      const house = known.get(params['house']!);
      if (house === undefined) return notFound;
      house.colour = body[0].value;
      return ok({ name: house.name, colour: house.colour });
    },
    'GET /houses/{house}/rooms/{room}': ({ params }) => {
      const room = roomOf(params);
      return room === undefined ? notFound : ok({ house: params['house'], room: room.name, warm: room.heated });
    },
    'POST /houses/{house}/rooms/{room}/heat': ({ params }) => {
      const room = roomOf(params);
      if (room === undefined) return notFound;
      room.heated = true;
      return noContent;
    },
  });
};

const stroll =
  (seed: number): Script =>
  (client) => {
    const dice = new Dice(seed);
    const names: string[] = [];
    const build = (): void => {
      names.push(`${dice.word()}-${seed}-${names.length}`);
      client.post('/houses', { name: names.at(-1), colour: dice.word() });
    };
    build();
    for (let step = 0; step < 90; step++) {
      const house = dice.pick(names);
      const room = dice.pick(['hall', 'attic']);
      const choice = dice.throw();
      if (choice < 0.1) build();
      else if (choice < 0.4) client.get(`/houses/${house}`);
      else if (choice < 0.5) client.get('/houses');
      else if (choice < 0.6) client.get(`/houses/${house}/rooms/${room}`);
      else if (choice < 0.8) {
        client.post(`/houses/${house}/rooms/${room}/heat`);
        client.get(`/houses/${house}`);
      } else if (choice < 0.9)
        client.patch(`/houses/${house}`, [{ op: 'replace', path: '/colour', value: dice.word() }]);
      else client.get(`/houses/${dice.word()}-none`);
    }
  };

describe('a clone behaves as its original', () => {
  it('that shows parts of things here so and there so, and takes JSON Patches', () => {
    expect(mistakes(houses, stroll(1), stroll(2))).toEqual([]);
  });
});
