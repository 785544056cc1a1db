import { isProblem } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

export const create: Behaviour = {
  name: 'create',
  priority: 0,
  description: 'POST to a list makes a thing: members of the request, defaults for the others, an id, times.',
  isBasic: true,
  install(service) {
    const status = service.dice.pick([201, 201, 200]);
    const { created, updated, name } = service.style.time;
    for (const collection of service.collections) {
      service.route('POST', collection.path, (turn) => {
        const parent = collection.scope(turn);
        if (isProblem(parent)) return service.refuse(parent);
        const members = collection.take(turn);
        const problem = collection.objection('create', turn, members);
        if (problem !== undefined) return service.refuse(problem);
        const entity = collection.add(members, parent, turn.now);
        for (const listen of collection.listeners.create) listen(entity, turn, members);
        turn.exercise('create', 'outcome', String(status));
        const names = collection.fields.map((field) => field.name);
        turn.exercise('echo', { members: names.filter((each) => members[each] !== undefined) });
        turn.exercise('defaults', { members: names.filter((each) => members[each] === undefined) });
        turn.exercise('ids', { members: ['id'] }, collection.ids.name);
        turn.exercise('times', { members: [created, ...(updated === undefined ? [] : [updated])] }, name);
        return collection.answer(status, entity, turn, 'create');
      });
      service.moves.push({ weight: 8 / service.collections.length, run: (user) => void user.create(collection) });
    }
  },
};
