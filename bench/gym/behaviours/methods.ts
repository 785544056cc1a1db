import type { Behaviour } from './behaviour.ts';

export const methods: Behaviour = {
  name: 'methods',
  priority: 2,
  description:
    'HEAD answers as GET without a body; OPTIONS and a method that a path does not take name those it takes.',
  install(service) {
    service.gates.push((turn) => {
      const { method, path } = turn.request;
      const taken = service.methodsOf(path);
      if (taken.length === 0 || taken.includes(method)) return undefined;
      const allow = [...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
      turn.exercise('methods', 'outcome', method);
      turn.exercise('methods', { headers: ['allow'] }, method);
      if (method === 'OPTIONS') return { status: 204, headers: { allow } };
      if (method === 'HEAD') {
        const { reply } = service.handle({ ...turn.request, method: 'GET' }, turn.now);
        return { status: reply.status, headers: reply.headers ?? {} };
      }
      const refusal = service.refuse({ status: 405, code: 'method_not_allowed', message: 'Method not allowed' });
      return { ...refusal, headers: { allow } };
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const collection = user.any();
        const method = user.dice.pick(['HEAD', 'OPTIONS', 'TRACE']);
        user.send(method, user.dice.chance(0.5) ? user.home(collection) : user.path(collection));
      },
    });
  },
};
