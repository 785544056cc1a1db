import type { Behaviour } from './behaviour.ts';

export const counter: Behaviour = {
  name: 'counter',
  priority: 1,
  description: 'A parent shows how many children it has.',
  install(service) {
    const child = service.collections.find(({ parent }) => parent !== undefined);
    const parent = child?.parent;
    if (child === undefined || parent === undefined) return false;
    const name = service.spell(service.dice.pick([`${child.noun.many} count`, `total ${child.noun.many}`]));
    parent.decorators.push((view, entity, turn) => {
      view[name] = child.rows.filter((row) => row.parent === entity).length;
      turn.exercise('counter', { members: [name] });
    });
    service.moves.push({ weight: 2, run: (user) => void user.send('GET', user.path(parent)) });
    return true;
  },
};
