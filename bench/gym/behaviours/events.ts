import { isProblem, type Entity } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

interface Event {
  readonly number: number;
  readonly kind: string;
  readonly of: Entity;
  readonly at: string | number;
}

export const events: Behaviour = {
  name: 'events',
  priority: 2,
  description: 'Every write leaves a row in the history of its thing.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const rows: Event[] = [];
    const name = service.dice.pick(['events', 'history', 'activity']);
    for (const operation of ['create', 'update'] as const)
      collection.listeners[operation].push((of, turn) => {
        rows.push({ number: rows.length + 1, kind: `${operation}d`, of, at: service.style.time.print(turn.now) });
      });
    service.route('GET', `${collection.itemPath}/${name}`, (turn) => {
      const entity = collection.find(turn);
      turn.exercise('events', 'outcome', isProblem(entity) ? 'nothing there' : 'list');
      if (isProblem(entity)) return service.refuse(entity);
      const own = rows.filter(({ of }) => of === entity).map(({ number, kind, at }) => ({ id: number, kind, at }));
      return { status: 200, body: service.style.list.wrap({ one: 'event', many: 'events' }, own, {}) };
    });
    service.moves.push({ weight: 5, run: (user) => void user.send('GET', `${user.path(collection)}/${name}`) });
  },
};
