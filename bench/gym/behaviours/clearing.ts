import type { Behaviour } from './behaviour.ts';

export const clearing: Behaviour = {
  name: 'clearing',
  priority: 0,
  description: 'A member that is null in a change becomes null; one that is absent does not.',
  install(service) {
    const clearable = service.collections.flatMap((collection) =>
      collection.fields
        .filter(({ kind }) => kind === 'text' || kind === 'amount')
        .map((field) => ({ collection, field })),
    );
    if (clearable.length === 0) return false;
    for (const { collection, field } of clearable)
      collection.listeners.update.push((_entity, turn, members) => {
        if (members[field.name] === null) turn.exercise('clearing', { members: [field.name] });
      });
    service.moves.push({
      weight: 2,
      run: (user) => {
        const { collection, field } = user.dice.pick(clearable);
        user.change(user.path(collection), collection, { ...user.patch(collection), [field.name]: null });
      },
    });
    return true;
  },
};
