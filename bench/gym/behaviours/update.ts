import { isProblem, type Collection, type Entity } from '../service/collection.ts';
import { put, type Members } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

type Manner = 'PATCH merges' | 'PUT replaces' | 'PUT merges' | 'POST merges';

export const update: Behaviour = {
  name: 'update',
  priority: 0,
  description: 'PATCH (or POST, or PUT) merges, or PUT replaces: absent members are kept, or fall back.',
  isBasic: true,
  install(service) {
    const manner = service.dice.pick<Manner>([
      'PATCH merges',
      'PATCH merges',
      'PUT replaces',
      'PUT merges',
      'POST merges',
    ]);
    const method = manner.split(' ')[0] as string;
    for (const collection of service.collections) {
      service.route(method, collection.itemPath, (turn) => {
        const entity = collection.find(turn);
        if (isProblem(entity)) {
          turn.exercise('update', 'outcome', 'unknown');
          return service.refuse(entity);
        }
        const members = collection.take(turn);
        const problem = collection.objection('update', turn, members, entity);
        if (problem !== undefined) return service.refuse(problem);
        if (manner === 'PUT replaces') replace(collection, entity, members);
        else merge(collection, entity, members);
        collection.touch(entity, turn.now);
        for (const listen of collection.listeners.update) listen(entity, turn, members);
        turn.exercise('update', 'outcome', manner);
        return collection.answer(200, entity, turn, 'update');
      });
    }
    service.changing = method;
    service.moves.push({
      weight: 6,
      run: (user) => {
        const collection = user.any();
        const members = manner === 'PUT replaces' ? user.draft(collection) : user.patch(collection);
        const body = service.style.envelope.send(collection.noun, members);
        user.send(method, user.path(collection), { body });
      },
    });
  },
};

/** What the client says is set, null included; the rest stays. */
export function merge({ fields }: Collection, { values }: Entity, members: Members): void {
  for (const { name } of fields) if (members[name] !== undefined) put(values, name, members[name]);
}

/** What the client does not say falls back. */
export function replace({ fields }: Collection, { values }: Entity, members: Members): void {
  for (const { name, fallback } of fields) put(values, name, members[name] === undefined ? fallback : members[name]);
}
