import type { Reply } from '../service/turn.ts';
import type { Behaviour } from './behaviour.ts';

export const idempotency: Behaviour = {
  name: 'idempotency keys',
  priority: 2,
  description:
    'A creation sent again with the same key gives the same answer and makes nothing; another body is refused.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const header = service.dice.pick(['idempotency-key', 'x-request-token']);
    const kept = new Map<string, { readonly reply: Reply; readonly body: string }>();
    service.gates.push((turn) => {
      const key = turn.header(header);
      if (key === undefined || turn.request.method !== 'POST') return undefined;
      const body = `${turn.request.path} ${JSON.stringify(turn.request.body)}`;
      const earlier = kept.get(key);
      if (earlier === undefined) {
        const reply = service.dispatch(turn);
        kept.set(key, { reply, body });
        return reply;
      }
      turn.exercise('idempotency keys', 'outcome', earlier.body === body ? 'again' : 'another body');
      if (earlier.body === body) return earlier.reply;
      return service.refuse({ status: 422, code: 'key_reused', message: 'The key was used with another request' });
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const headers = { [header]: `key-${user.dice.text(12)}` };
        const path = user.home(collection);
        const send = (): unknown =>
          user.send('POST', path, { headers, body: service.style.envelope.send(collection.noun, members) });
        let members = user.draft(collection);
        send();
        if (user.dice.chance(0.7)) {
          if (user.dice.chance(0.3)) members = user.draft(collection);
          send();
        }
      },
    });
  },
};
