import { isProblem, pathOf, type Entity } from '../service/collection.ts';
import type { Members } from '../service/style.ts';
import type { Behaviour } from './behaviour.ts';

export const revisions: Behaviour = {
  name: 'revisions',
  priority: 2,
  description: 'What a thing was before each change can be read by number.',
  install(service) {
    const collection = service.dice.pick(service.collections);
    const versions = ({ hidden }: Entity): Members[] => (hidden['versions'] ??= []) as Members[];
    const snapshot = (entity: Entity): void =>
      void versions(entity).push(
        Object.fromEntries(collection.fields.map(({ name }) => [name, entity.values[name] ?? null])),
      );
    collection.makers.push(snapshot);
    collection.listeners.update.push(snapshot);
    service.route('GET', `${collection.itemPath}/versions/{version}`, (turn) => {
      const entity = collection.find(turn);
      const number = Number(turn.params['version']);
      const found = isProblem(entity) ? undefined : versions(entity)[number - 1];
      turn.exercise('revisions', 'outcome', found === undefined ? 'nothing there' : 'known');
      if (isProblem(entity)) return service.refuse(entity);
      if (found === undefined) return service.refuse({ status: 404, code: 'not_found', message: 'No such version' });
      return { status: 200, body: { version: number, ...found } };
    });
    service.moves.push({
      weight: 4,
      run: (user) => {
        const one = user.one(collection);
        if (one === undefined) return void user.list(collection);
        const number = user.dice.chance(0.1) ? 99 : 1 + user.dice.below(versions(one).length);
        return void user.send('GET', `${pathOf(one)}/versions/${number}`);
      },
    });
  },
};
