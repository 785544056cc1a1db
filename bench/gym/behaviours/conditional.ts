import type { Behaviour } from './behaviour.ts';

export const conditional: Behaviour = {
  name: 'conditional values',
  priority: 1,
  description: 'A time that is set when a member takes a certain value, kept while it has it, and null otherwise.',
  install(service) {
    const collection = service.collections.find(({ fields }) => fields.some(({ kind }) => kind === 'choice'));
    const field = collection?.fields.find(({ kind }) => kind === 'choice');
    if (collection === undefined || field === undefined) return false;
    const value = field.options?.at(-1);
    const name = service.spell(`${String(value)} at`);
    const isKept = service.dice.chance(0.5);
    collection.makers.push((entity, now) => {
      entity.values[name] = entity.values[field.name] === value ? service.style.time.print(now) : null;
    });
    collection.listeners.update.push(({ values }, turn) => {
      const isSet = values[field.name] === value;
      const isNew = values[name] === null || (!isKept && turn.request.method !== 'GET');
      values[name] = isSet ? (isNew ? service.style.time.print(turn.now) : values[name]) : null;
      turn.exercise('conditional values', { members: [name] }, isKept ? 'kept' : 'renewed');
    });
    collection.listeners.create.push((_entity, turn) =>
      turn.exercise('conditional values', { members: [name] }, 'at first'),
    );
    service.moves.push({
      weight: 4,
      run: (user) => {
        user.change(user.path(collection), collection, {
          ...user.patch(collection),
          [field.name]: field.draw(user.dice),
        });
      },
    });
    return true;
  },
};
