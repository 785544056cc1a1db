import { pathOf } from '../service/collection.ts';
import { GYM_ORIGIN } from '../user.ts';
import type { Behaviour } from './behaviour.ts';

export const location: Behaviour = {
  name: 'location',
  priority: 0,
  description: 'The answer to a creation names the new thing in the header Location.',
  install(service) {
    const prefix = service.dice.pick(['', GYM_ORIGIN]);
    for (const collection of service.collections)
      collection.finishers.push((reply, entity, turn, operation) => {
        if (operation !== 'create' || entity === undefined) return reply;
        turn.exercise('location', { headers: ['location'] }, prefix === '' ? 'path' : 'URL');
        return { ...reply, headers: { ...reply.headers, location: prefix + pathOf(entity) } };
      });
  },
};
