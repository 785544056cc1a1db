import type { Behaviour } from './behaviour.ts';
import { merge } from './update.ts';

export const upsert: Behaviour = {
  name: 'upsert',
  priority: 1,
  description: 'A write by a key that the client owns changes the thing with that key, or makes it.',
  install(service) {
    const collection = service.collections.find(({ parent }) => parent === undefined);
    if (collection === undefined) return false;
    const key = service.spell(service.dice.pick(['external id', 'reference', 'sku']));
    collection.makers.push(({ values }) => void (values[key] = null));
    service.route('POST', `${collection.path}/upsert`, (turn) => {
      const members = collection.take(turn);
      const wanted = members[key];
      const found = collection.rows.find(({ values }) => values[key] === wanted);
      const problem = collection.objection(found === undefined ? 'create' : 'update', turn, members, found);
      if (problem !== undefined) return service.refuse(problem);
      turn.exercise('upsert', 'outcome', found === undefined ? 'makes' : 'changes');
      if (found !== undefined) {
        merge(collection, found, members);
        collection.touch(found, turn.now);
        for (const listen of collection.listeners.update) listen(found, turn, members);
        return collection.answer(200, found, turn, 'update');
      }
      const entity = collection.add(members, undefined, turn.now);
      entity.values[key] = wanted;
      for (const listen of collection.listeners.create) listen(entity, turn, members);
      return collection.answer(201, entity, turn, 'create');
    });
    service.moves.push({
      weight: 5,
      run: (user) => {
        const members = { [key]: `EXT-${user.dice.below(12)}`, ...user.draft(collection) };
        user.send('POST', `${collection.path}/upsert`, { body: service.style.envelope.send(collection.noun, members) });
      },
    });
    return true;
  },
};
