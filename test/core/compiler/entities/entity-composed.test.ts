import { describe, expect, it } from 'vitest';
import { analysed, type Line } from '../../../support/written-recording.ts';

const people = [
  { id: 5, first: 'Ada', last: 'Byron' },
  { id: 6, first: 'Alan', last: 'Turing' },
  { id: 7, first: 'Grace', last: 'Hopper' },
];
const directory: Line[] = [
  ...people.map((person) => ({ ask: `GET /people/${person.id}`, answer: person })),
  { ask: 'GET /people', answer: people },
];
const parcel = (id: number, member: object): Line => ({
  ask: `GET /parcels/${id}`,
  answer: { id, weight: 3 * id, ...member },
});

describe('an object that names an entity by a text', () => {
  it('is that entity where the text is put together from its members', () => {
    const { entities } = analysed([
      ...directory,
      ...people.map(({ id, first, last }, at) => parcel(40 + at, { sender: { id, name: `${first} ${last}` } })),
    ]);
    expect(entities.bySite.get('GET /parcels/{parcel} 200 $.sender')?.name).toBe('People');
  });

  it('is another thing where its text has nothing to do with the one of that id', () => {
    const { entities } = analysed([
      ...directory,
      ...people.map(({ id }, at) => parcel(40 + at, { depot: { id, name: `Depot ${at}` } })),
    ]);
    expect(entities.bySite.get('GET /parcels/{parcel} 200 $.depot')?.name).not.toBe('People');
  });

  it('is believed of few objects once others have shown how the text is composed', () => {
    const { entities } = analysed([
      ...directory,
      ...people.map(({ id, first, last }, at) => parcel(40 + at, { sender: { id, name: `${first} ${last}` } })),
      { ask: 'GET /depots/1', answer: { id: 1, town: 'Oslo', keeper: { id: 7, name: 'Grace Hopper' } } },
    ]);
    expect(entities.bySite.get('GET /depots/{depot} 200 $.keeper')?.name).toBe('People');
  });
});

describe('an object that holds an id alone', () => {
  const parcels = [50, 51, 52, 53, 54].map((id) => parcel(id, { part_of: { id: id - 10 } }));
  const wholes = [40, 41, 42, 43, 44].map((id) => parcel(id, {}));

  it('refers to the one type that has all those ids', () => {
    const { entities } = analysed([...directory, ...wholes, ...parcels]);
    expect(entities.bySite.get('GET /parcels/{parcel} 200 $.part_of')?.name).toBe('Parcel');
  });

  it('refers to nothing where an id is of no known thing', () => {
    const { entities } = analysed([...directory, ...wholes.slice(1), ...parcels]);
    expect(entities.bySite.get('GET /parcels/{parcel} 200 $.part_of')).toBeUndefined();
  });
});
