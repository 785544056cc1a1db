import type { Behaviour } from './behaviour.ts';
import { addPrincipals } from './sign-in.ts';

export const roles: Behaviour = {
  name: 'roles',
  priority: 1,
  description: 'Only an administrator may remove things; others are refused with 403.',
  install(service) {
    addPrincipals(service);
    const collection = service.dice.pick(service.collections);
    collection.checks.remove.push((turn) => {
      turn.exercise('roles', 'outcome', turn.principal?.role === 'admin' ? 'allowed' : 'refused');
      if (turn.principal?.role === 'admin') return undefined;
      return { status: 403, code: 'forbidden', message: 'Administrators only' };
    });
    service.moves.push({ weight: 3, run: (user) => void user.send('DELETE', user.path(collection)) });
  },
};
