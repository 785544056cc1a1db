import { isProblem } from '../service/collection.ts';
import type { Members } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

export const bulk: Behaviour = {
  name: 'bulk',
  priority: 2,
  description: 'One request makes several things, or removes several, and tells of each how it went.',
  install(service) {
    const collection = service.dice.pick(service.collections.filter(({ parent }) => parent === undefined));
    const [make, remove] = [`${collection.path}/batch`, `${collection.path}/batch-delete`];
    const status = service.dice.pick([200, 201, 207]);
    service.route('POST', make, (turn) => {
      const drafts = (turn.members['items'] ?? []) as readonly Members[];
      turn.exercise('bulk', 'outcome', 'create');
      const items = drafts.map((members) => {
        const entity = collection.add(members, undefined, turn.now);
        for (const listen of collection.listeners.create) listen(entity, turn, members);
        return collection.show(entity, turn, 'list');
      });
      return { status, body: { items } };
    });
    service.route('POST', remove, (turn) => {
      const ids = (turn.members['ids'] ?? []) as readonly unknown[];
      turn.exercise('bulk', 'outcome', 'delete');
      const results = ids.map((id) => {
        turn.params = { [collection.noun.one]: String(id) };
        const entity = collection.find(turn);
        if (!isProblem(entity)) collection.drop(entity);
        return { id, status: isProblem(entity) ? 'not_found' : 'deleted' };
      });
      return { status: 200, body: { results } };
    });
    service.moves.push({
      weight: 3,
      run: (user) => {
        const items = Array.from({ length: 1 + user.dice.below(3) }, () => user.draft(collection));
        user.send('POST', make, { body: { items } });
      },
    });
    service.moves.push({
      weight: 2,
      run: (user) => {
        const known = user.dice.some(user.known(collection), 1 + user.dice.below(2)).map(({ id }) => id);
        const ids = user.dice.chance(0.3) ? [...known, collection.ids.unknown] : known;
        if (known.length > 0) user.send('POST', remove, { body: { ids } });
        else user.list(collection);
      },
    });
  },
};
