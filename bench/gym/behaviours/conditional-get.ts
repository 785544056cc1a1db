import { sha1Hex } from '../../../src/core/std/hashing.ts';
import { pathOf } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

export const conditionalGet: Behaviour = {
  name: 'conditional GET',
  priority: 2,
  description: 'Reading one thing gives an ETag; asking again with it gives 304 while nothing has changed.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    collection.finishers.push((reply, entity, turn, operation) => {
      if (operation !== 'read' || entity === undefined) return reply;
      const etag = `"${sha1Hex(JSON.stringify(reply.body)).slice(0, 20)}"`;
      const isKnown = turn.header('if-none-match') === etag;
      if (turn.header('if-none-match') !== undefined)
        turn.exercise('conditional GET', 'outcome', isKnown ? 'unchanged' : 'changed');
      turn.exercise('conditional GET', { headers: ['etag'] }, 'etag');
      const headers = { ...reply.headers, etag };
      return isKnown ? { status: 304, headers } : { ...reply, headers };
    });
    service.moves.push({
      weight: 5,
      run: (user) => {
        const one = user.one(collection);
        if (one === undefined) return void user.list(collection);
        const { headers = {} } = user.send('GET', pathOf(one));
        if (user.dice.chance(0.4)) user.change(pathOf(one), collection);
        if (headers['etag'] !== undefined)
          user.send('GET', pathOf(one), { headers: { 'if-none-match': headers['etag'] } });
      },
    });
  },
};
