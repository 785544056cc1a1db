import type { Behaviour } from './behaviour.ts';

export const expansion: Behaviour = {
  name: 'expansion',
  priority: 1,
  description: 'A thing shows the id of its parent, or the parent itself when a parameter asks for it.',
  install(service) {
    const child = service.collections.find(({ parent }) => parent !== undefined);
    const parent = child?.parent;
    if (child === undefined || parent === undefined) return false;
    const parameter = service.dice.pick(['expand', 'include', 'embed']);
    const name = parent.noun.one;
    child.decorators.push((view, entity, turn) => {
      const owner = entity.parent;
      if (owner === undefined) return;
      const isAsked = turn.request.query[parameter] === name;
      turn.exercise('expansion', { members: [name] }, isAsked ? 'asked' : 'not asked');
      view[name] = isAsked ? { id: owner.id, [parent.title.name]: owner.values[parent.title.name] } : owner.id;
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        if (user.dice.chance(0.4)) user.list(child, { [parameter]: name });
        else user.send('GET', user.path(child), { query: { [parameter]: name } });
      },
    });
    return true;
  },
};
