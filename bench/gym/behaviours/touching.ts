import type { Behaviour } from './behaviour.ts';

export const touching: Behaviour = {
  name: 'touching the parent',
  priority: 2,
  description: 'Making or changing a child renews a time of its parent.',
  install(service) {
    const child = service.collections.find(({ parent }) => parent !== undefined);
    const parent = child?.parent;
    if (child === undefined || parent === undefined) return false;
    const name = service.spell(service.dice.pick(['last activity at', 'changed at']));
    parent.makers.push(({ values }) => void (values[name] = null));
    for (const operation of ['create', 'update'] as const)
      child.listeners[operation].push(({ parent: owner }, turn) => {
        if (owner !== undefined) owner.values[name] = service.style.time.print(turn.now);
      });
    parent.decorators.push((_view, _entity, turn) => turn.exercise('touching the parent', { members: [name] }));
    service.moves.push({ weight: 3, run: (user) => void user.send('GET', user.path(parent)) });
    return true;
  },
};
