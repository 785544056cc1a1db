import type { Behaviour } from './behaviour.ts';

export const uniqueness: Behaviour = {
  name: 'uniqueness',
  priority: 1,
  description:
    'No two things (of one parent) have the same title: a creation or change that would make it so is refused.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const { name } = collection.title;
    const status = service.dice.pick([409, 422, 400]);
    const words = service.dice.pick([
      (title: string): string => `${collection.noun.one} '${title}' already exists`,
      (): string => `${name} has already been taken`,
    ]);
    for (const operation of ['create', 'update'] as const)
      collection.checks[operation].push((turn, members, entity) => {
        const wanted = members[name];
        if (typeof wanted !== 'string') return undefined;
        const scope = entity?.parent ?? collection.scope(turn);
        const isTaken = collection.rows.some(
          (row) => row !== entity && row.parent === scope && row.values[name] === wanted,
        );
        if (!isTaken) return undefined;
        turn.exercise('uniqueness', 'outcome', operation);
        const message = words(wanted);
        return { status, code: 'already_exists', message, members: [{ name, message: 'has already been taken' }] };
      });
    service.moves.push({
      weight: 3,
      run: (user) => {
        const one = user.one(collection);
        const taken = one === undefined ? 'nothing' : one.values[name];
        const path = collection.pathIn(one?.parent ?? undefined);
        const members = { ...user.draft(collection), [name]: taken };
        if (one === undefined) user.list(collection);
        else if (user.dice.chance(0.3)) user.change(user.path(collection), collection, { [name]: taken });
        else user.send('POST', path, { body: service.style.envelope.send(collection.noun, members) });
      },
    });
  },
};
