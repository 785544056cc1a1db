import type { Behaviour } from './behaviour.ts';

export const projection: Behaviour = {
  name: 'projection',
  priority: 1,
  description: 'A parameter names the members that an answer shall show; the id is always shown.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const parameter = service.dice.pick(['fields', 'select', 'opt_fields']);
    collection.decorators.push((view, _entity, turn) => {
      const asked = turn.request.query[parameter]?.split(',');
      if (asked === undefined) return;
      turn.exercise('projection', 'outcome');
      for (const name of Object.keys(view)) if (!asked.includes(name)) Reflect.deleteProperty(view, name);
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const names = collection.fields.map(({ name }) => name);
        const query = { [parameter]: user.dice.some(names, 1 + user.dice.below(2)).join(',') };
        if (user.dice.chance(0.5)) user.list(collection, query);
        else user.send('GET', user.path(collection), { query });
      },
    });
  },
};
