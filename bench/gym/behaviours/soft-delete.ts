import { isProblem, pathOf } from '../service/collection.ts';
import type { Behaviour } from './behaviour.ts';

type Mark = 'flag' | 'time';

export const softDelete: Behaviour = {
  name: 'soft delete',
  priority: 1,
  description:
    'DELETE marks a thing: lists leave it out unless asked, reading shows the mark, an action brings it back.',
  install(service) {
    const collection = service.dice.pick(service.collections.filter(({ parent }) => parent === undefined));
    const mark = service.dice.pick<Mark>(['flag', 'time']);
    const name = service.spell(mark === 'flag' ? service.dice.pick(['archived', 'is deleted']) : 'deleted at');
    const parameter = service.spell(service.dice.pick(['include deleted', 'with archived']));
    const verb = service.dice.pick(['restore', 'unarchive']);
    const status = service.dice.pick([200, 204]);
    const none = mark === 'flag' ? false : null;
    collection.makers.push(({ values }) => void (values[name] = none));
    collection.selections.push((rows, turn) => {
      if (turn.request.query[parameter] === 'true') {
        turn.exercise('soft delete', 'rows', 'list with');
        return rows;
      }
      const kept = rows.filter(({ values }) => values[name] === none);
      if (kept.length < rows.length) turn.exercise('soft delete', 'rows', 'list without');
      return kept;
    });
    collection.decorators.push((_view, { values }, turn, site) => {
      if (site === 'item' && values[name] !== none) turn.exercise('soft delete', { members: [name] }, 'read');
    });
    service.route('DELETE', collection.itemPath, (turn) => {
      const entity = collection.find(turn);
      if (isProblem(entity)) return service.refuse(entity);
      const problem = collection.objection('remove', turn, {}, entity);
      if (problem !== undefined) return service.refuse(problem);
      entity.values[name] = mark === 'flag' ? true : service.style.time.print(turn.now);
      collection.touch(entity, turn.now);
      for (const listen of collection.listeners.remove) listen(entity, turn, {});
      turn.exercise('soft delete', 'outcome', 'delete');
      return status === 204 ? { status } : collection.answer(status, entity, turn, 'remove');
    });
    service.route('POST', `${collection.itemPath}/${verb}`, (turn) => {
      const entity = collection.find(turn);
      if (isProblem(entity)) return service.refuse(entity);
      entity.values[name] = none;
      collection.touch(entity, turn.now);
      turn.exercise('soft delete', 'outcome', 'restore');
      return collection.answer(200, entity, turn, 'update');
    });
    const isMarked = (value: unknown): boolean => value !== none;
    service.moves.push({
      weight: 4,
      run: (user) => {
        const marked = user.known(collection).filter(({ values }) => isMarked(values[name]));
        const one = marked.length === 0 || user.dice.chance(0.4) ? user.one(collection) : user.dice.pick(marked);
        if (one === undefined) return void user.list(collection);
        if (!isMarked(one.values[name])) return void user.send('DELETE', pathOf(one));
        if (user.dice.chance(0.5)) return void user.send('POST', `${pathOf(one)}/${verb}`);
        return void user.send('GET', pathOf(one));
      },
    });
    service.moves.push({ weight: 2, run: (user) => void user.list(collection, { [parameter]: 'true' }) });
  },
};
