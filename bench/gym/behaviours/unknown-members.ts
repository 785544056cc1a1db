import type { Behaviour } from './behaviour.ts';

export const unknownMembers: Behaviour = {
  name: 'unknown members',
  priority: 1,
  description: 'A member that the service does not know is passed over, or refused.',
  install(service) {
    const isRefused = service.dice.chance(0.4);
    for (const collection of service.collections)
      for (const operation of ['create', 'update'] as const)
        collection.checks[operation].push((turn, members) => {
          if (members['comment'] === undefined) return undefined;
          turn.exercise('unknown members', 'outcome', isRefused ? 'refused' : 'passed over');
          return isRefused ? { status: 400, code: 'unknown_member', message: 'Unknown member: comment' } : undefined;
        });
    service.moves.push({
      weight: 3,
      run: (user) => {
        const collection = user.any();
        const comment = `Comment ${user.dice.below(1000)}`;
        if (user.dice.chance(0.6)) user.create(collection, { ...user.draft(collection), comment });
        else user.change(user.path(collection), collection, { ...user.patch(collection), comment });
      },
    });
  },
};
