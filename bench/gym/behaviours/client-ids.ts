import { isProblem } from '../service/collection.ts';
import { phrase, slug } from '../words.ts';
import type { Behaviour } from './behaviour.ts';
import { replace } from './update.ts';

export const clientIds: Behaviour = {
  name: 'client ids',
  priority: 0,
  description: 'PUT under an id that the client chose makes a thing, or replaces the one that is there.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    if (service.methodsOf(collection.itemPath).includes('PUT')) return false;
    service.route('PUT', collection.itemPath, (turn) => {
      const parent = collection.scope(turn);
      if (isProblem(parent)) return service.refuse(parent);
      const members = collection.take(turn);
      const found = collection.find(turn);
      const problem = collection.objection(
        isProblem(found) ? 'create' : 'update',
        turn,
        members,
        isProblem(found) ? undefined : found,
      );
      if (problem !== undefined) return service.refuse(problem);
      turn.exercise('client ids', 'outcome', isProblem(found) ? 'makes' : 'replaces');
      if (isProblem(found)) {
        const entity = collection.add(members, parent, turn.now, turn.params[collection.noun.one]);
        for (const listen of collection.listeners.create) listen(entity, turn, members);
        return collection.answer(201, entity, turn, 'create');
      }
      replace(collection, found, members);
      collection.touch(found, turn.now);
      for (const listen of collection.listeners.update) listen(found, turn, members);
      return collection.answer(200, found, turn, 'update');
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const body = service.style.envelope.send(collection.noun, user.draft(collection));
        const path = user.dice.chance(0.4)
          ? user.path(collection)
          : `${user.home(collection)}/${slug(phrase(user.dice))}`;
        user.send('PUT', path, { body });
      },
    });
    return true;
  },
};
