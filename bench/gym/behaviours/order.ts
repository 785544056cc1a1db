import type { Entity } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

type Manner = 'sort and direction' | 'minus' | 'fixed';

export const order: Behaviour = {
  name: 'order',
  priority: 0,
  description: 'A list stands in order of a member, fixed or as a parameter says; equal ones as they were made.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const manner = service.dice.pick<Manner>(['sort and direction', 'minus', 'fixed']);
    const sortable = collection.fields.filter(
      ({ kind }) => kind === 'title' || kind === 'integer' || kind === 'amount',
    );
    const names = sortable.map(({ name }) => name);
    const [sort, direction] = [service.dice.pick(['sort', 'order_by']), service.dice.pick(['direction', 'order'])];
    collection.selections.push((rows, turn) => {
      const { query } = turn.request;
      const asked = manner === 'fixed' ? names[0] : query[sort];
      const name = asked?.replace(/^-/, '');
      if (name === undefined || !names.includes(name)) return rows;
      turn.exercise('order', 'rows', manner);
      const isDown = manner === 'minus' ? asked?.startsWith('-') : query[direction] === 'desc';
      return [...rows].sort((a, b) => (isDown ? compare(b, a, name) : compare(a, b, name)));
    });
    if (manner !== 'fixed')
      service.moves.push({
        weight: 4,
        run: (user) => {
          const name = user.dice.pick(names);
          const isDown = user.dice.chance(0.5);
          if (manner === 'minus') user.list(collection, { [sort]: isDown ? `-${name}` : name });
          else user.list(collection, { [sort]: name, ...(isDown ? { [direction]: 'desc' } : {}) });
        },
      });
  },
};

function compare(a: Entity, b: Entity, name: string): number {
  const [x, y] = [a.values[name] ?? null, b.values[name] ?? null];
  if (x === y) return 0;
  if (x === null || y === null) return x === null ? -1 : 1;
  return (x as string | number) < (y as string | number) ? -1 : 1;
}
