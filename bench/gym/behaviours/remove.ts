import { isProblem, type Collection } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

type Answer = '204' | 'shows it' | 'says so' | '204 always';

export const remove: Behaviour = {
  name: 'delete',
  priority: 0,
  description: 'DELETE answers 204, the thing, or that it is done; the second time 404, or the same again.',
  isBasic: true,
  install(service) {
    const answer = service.dice.pick<Answer>(['204', '204', 'shows it', 'says so', '204 always']);
    for (const collection of service.collections) {
      service.route('DELETE', collection.itemPath, (turn) => {
        const entity = collection.find(turn);
        if (isProblem(entity)) {
          turn.exercise('delete', 'outcome', answer === '204 always' ? 'nothing there, idempotent' : 'nothing there');
          return answer === '204 always' ? { status: 204 } : service.refuse(entity);
        }
        const problem = collection.objection('remove', turn, {}, entity);
        if (problem !== undefined) return service.refuse(problem);
        collection.drop(entity);
        for (const listen of collection.listeners.remove) listen(entity, turn, {});
        dropChildren(service.collections, collection);
        turn.exercise('delete', 'outcome', answer);
        if (answer === 'shows it') return collection.answer(200, entity, turn, 'remove');
        const reply = answer === 'says so' ? { status: 200, body: { id: entity.id, deleted: true } } : { status: 204 };
        return collection.finish(reply, entity, turn, 'remove');
      });
    }
    service.moves.push({ weight: 3, run: (user) => void user.send('DELETE', user.path(user.any())) });
  },
};

/** What hangs below a path that is gone is gone with it. */
function dropChildren(collections: readonly Collection[], { rows, noun }: Collection): void {
  for (const child of collections)
    if (child.parent?.noun === noun)
      for (const row of [...child.rows]) if (row.parent !== undefined && !rows.includes(row.parent)) child.drop(row);
}
