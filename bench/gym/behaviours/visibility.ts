import type { Entity } from '../service/collection.ts';
import type { Turn } from '../service/turn.ts';
import type { Behaviour } from './behaviour.ts';
import { addPrincipals } from './sign-in.ts';

export const visibility: Behaviour = {
  name: 'visibility',
  priority: 1,
  description: 'Things show who made them; lists hold only what the asker made, and reading another’s is 404.',
  install(service) {
    addPrincipals(service);
    const collection = service.dice.pick(service.collections.filter(({ parent }) => parent === undefined));
    const name = service.spell(service.dice.pick(['owner', 'created by']));
    const first = service.principals[0]?.name;
    collection.makers.push(({ values }) => void (values[name] = first));
    collection.listeners.create.push(({ values }, turn) => {
      values[name] = turn.principal?.name;
      turn.exercise('visibility', { members: [name] }, 'shown');
    });
    const isOwn = ({ values }: Entity, { principal }: Turn): boolean => values[name] === principal?.name;
    collection.selections.push((rows, turn) => {
      const own = rows.filter((row) => isOwn(row, turn));
      if (own.length < rows.length) turn.exercise('visibility', 'rows', 'list');
      return own;
    });
    for (const operation of ['read', 'update', 'remove'] as const)
      collection.checks[operation].push((turn, _members, entity) => {
        if (entity === undefined || isOwn(entity, turn)) return undefined;
        turn.exercise('visibility', 'outcome', 'hidden');
        return collection.missing(String(entity.id));
      });
    service.moves.push({
      weight: 3,
      run: (user) => {
        const path = user.path(collection);
        user.principal = user.dice.pick(service.principals);
        user.send('GET', path);
      },
    });
    service.moves.push({ weight: 2, run: (user) => void user.list(collection) });
  },
};
