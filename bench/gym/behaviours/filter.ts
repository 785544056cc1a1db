import type { Behaviour } from './behaviour.ts';

export const filter: Behaviour = {
  name: 'filter',
  priority: 0,
  description: 'A parameter of the list keeps what has that value; some lists keep one value unless asked for `all`.',
  install(service) {
    const collection = service.collections.find(({ fields }) =>
      fields.some(({ kind }) => kind === 'choice' || kind === 'flag'),
    );
    const field = collection?.fields.find(({ kind }) => kind === 'choice' || kind === 'flag');
    if (collection === undefined || field === undefined) return false;
    const standard = field.options !== undefined && service.dice.chance(0.4) ? field.options[0] : undefined;
    const parameter = service.dice.pick([field.name, `filter[${field.name}]`, field.name]);
    collection.selections.push((rows, turn) => {
      const asked = turn.request.query[parameter] ?? standard;
      if (asked === undefined) return rows;
      turn.exercise('filter', 'rows', turn.request.query[parameter] === undefined ? 'by default' : 'asked');
      return asked === 'all' ? rows : rows.filter(({ values }) => String(values[field.name]) === asked);
    });
    const values = [...(field.options ?? ['true', 'false']), ...(standard === undefined ? [] : ['all'])];
    service.moves.push({
      weight: 4,
      run: (user) => void user.list(collection, { [parameter]: user.dice.pick(values) }),
    });
    return true;
  },
};
