import type { Members } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

export const jsonRpc: Behaviour = {
  name: 'JSON-RPC',
  priority: 2,
  description: 'One path takes calls by method name and answers with their id; errors have codes and status 200.',
  install(service) {
    const notes = new Map<number, Members>();
    let last = 0;
    const methods: Readonly<Record<string, (params: Members) => unknown>> = {
      'note.add': ({ text }) => {
        notes.set((last += 1), { id: last, text, done: false });
        return notes.get(last);
      },
      'note.get': ({ id }) => notes.get(Number(id)),
      'note.finish': ({ id }) => {
        const note = notes.get(Number(id));
        if (note !== undefined) note['done'] = true;
        return note;
      },
      'note.list': () => [...notes.values()],
    };
    service.route('POST', '/rpc', (turn) => {
      const { id, method, params } = turn.members as { id: number; method: string; params: Members };
      const run = methods[method];
      const result = run?.(params ?? {});
      turn.exercise(
        'JSON-RPC',
        'outcome',
        run === undefined ? 'unknown method' : result === undefined ? 'nothing there' : method,
      );
      const answer =
        run === undefined
          ? { error: { code: -32601, message: 'Method not found' } }
          : result === undefined
            ? { error: { code: -32001, message: 'Note not found' } }
            : { result };
      return { status: 200, body: { jsonrpc: '2.0', id, ...answer } };
    });
    service.moves.push({
      weight: 6,
      run: (user) => {
        const id = user.dice.chance(0.1) ? 999 : 1 + user.dice.below(Math.max(1, last));
        const [method, params] = user.dice.pick<readonly [string, Members]>([
          ['note.add', { text: `Note ${user.dice.below(1000)}` }],
          ['note.add', { text: `Note ${user.dice.below(1000)}` }],
          ['note.get', { id }],
          ['note.get', { id }],
          ['note.finish', { id }],
          ['note.list', {}],
          ['note.burn', {}],
        ]);
        user.send('POST', '/rpc', { body: { jsonrpc: '2.0', id: user.lived.length + 1, method, params } });
      },
    });
  },
};
