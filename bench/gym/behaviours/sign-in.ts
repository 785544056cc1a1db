import type { Service } from '../service/service.ts';
import type { Turn } from '../service/turn.ts';
import type { Behaviour } from './behaviour.ts';

export const signIn: Behaviour = {
  name: 'authentication',
  priority: 1,
  description:
    'Requests carry a credential; without one, or with a wrong one, they are refused. `/me` tells whose it is.',
  install(service) {
    addPrincipals(service);
    const me = `${service.style.base}/me`;
    service.route('GET', me, (turn) => {
      const { principal } = turn;
      turn.exercise('authentication', 'outcome', 'me');
      return {
        status: 200,
        body: { id: principal?.name, email: `${principal?.name ?? ''}@gym.example`, role: principal?.role },
      };
    });
    service.moves.push({ weight: 1, run: (user) => void user.send('GET', me) });
    service.moves.push({
      weight: 1,
      run: (user) => void user.send('GET', user.home(user.any()), { isUnsigned: true }),
    });
    service.moves.push({
      weight: 1,
      run: (user) => {
        const wrong = service.sign({ name: 'nobody', role: 'member', token: 'tok_0000000000000000' });
        user.send('GET', user.path(user.any()), { isUnsigned: true, headers: wrong });
      },
    });
  },
};

/** Two or three people with credentials, and the gate that asks for them; once per service. */
export function addPrincipals(service: Service): void {
  if (service.principals.length > 0) return;
  const { dice } = service;
  const names = dice.some(['ada', 'bob', 'cyd', 'dan'], 2 + dice.below(2));
  for (const [at, name] of names.entries())
    service.principals.push({ name, role: at === 0 ? 'admin' : 'member', token: `tok_${dice.text(16)}` });
  const header = dice.pick(['authorization', 'x-api-key']);
  const prefix = header === 'authorization' ? 'Bearer ' : '';
  service.sign = ({ token }) => ({ [header]: prefix + token });
  service.gates.push((turn: Turn) => {
    const sent = turn.header(header);
    turn.principal = service.principals.find(({ token }) => sent === prefix + token);
    if (turn.principal !== undefined) return undefined;
    turn.exercise('authentication', 'outcome', sent === undefined ? 'missing' : 'wrong');
    const message = sent === undefined ? 'Authentication required' : 'Invalid credentials';
    return service.refuse({ status: 401, code: 'unauthorized', message });
  });
}
