import { isProblem } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

export const read: Behaviour = {
  name: 'read',
  priority: 0,
  description: 'GET of one thing shows what the writes before left; 404 for what is not, or no longer, there.',
  isBasic: true,
  install(service) {
    for (const collection of service.collections) {
      service.route('GET', collection.itemPath, (turn) => {
        const entity = collection.find(turn);
        if (isProblem(entity)) {
          turn.exercise('read', 'outcome', 'unknown');
          return service.refuse(entity);
        }
        const problem = collection.objection('read', turn, {}, entity);
        if (problem !== undefined) return service.refuse(problem);
        turn.exercise('read', 'outcome', 'known');
        return collection.answer(200, entity, turn, 'read');
      });
    }
    service.moves.push({ weight: 6, run: (user) => void user.send('GET', user.path(user.any())) });
  },
};
